"""Second factors in the store: `{_id: person, secret, on, last_step, recovery: [hash], since}`.

`secret` is sealed. Each use of a code is one guarded write, so of two uses of one code, in whatever replica, one wins.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from services.membership.secondfactors.domain import SecondFactorUnavailable
from shared.clock import Clock, epoch_ms, utc_now
from shared.errors import Failed
from shared.mongo import Collection, DuplicateKey

COLLECTION = "second_factors"


@dataclass(frozen=True, slots=True)
class Factor:
    """A person's second factor; `secret` is opened."""

    secret: str
    on: bool
    recovery_left: int


class Seal:
    """Seals secrets at rest (Fernet): the first key seals, every key opens; no key, no second factors."""

    def __init__(self, keys: Sequence[str] = ()) -> None:
        self._fernet = MultiFernet([Fernet(key) for key in keys]) if keys else None

    @classmethod
    def load(cls, file: Path | None) -> "Seal":
        """Read one key a line. Errors: `OSError`, `ValueError`."""
        return cls() if file is None else cls(file.read_text(encoding="ascii").split())

    def close(self, text: str) -> str:
        """Errors: `SecondFactorUnavailable` 409."""
        if self._fernet is None:
            raise SecondFactorUnavailable
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """Errors: `Failed` 503 when the key is gone: nobody is let in without the second factor."""
        if self._fernet is None:
            raise Failed
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken:
            raise Failed from None


class SecondFactors:
    """One second factor a person."""

    def __init__(self, collection: Collection, seal: Seal, clock: Clock = utc_now) -> None:
        self._collection = collection
        self._seal = seal
        self._clock = clock

    async def of(self, person_id: str) -> Factor | None:
        found = await self._collection.find_one({"_id": person_id})
        if found is None:
            return None
        return Factor(self._seal.open(found["secret"]), found["on"], len(found["recovery"]))

    async def begin(self, person_id: str, secret: str) -> bool:
        """Keep a secret to be confirmed, in place of an unconfirmed one; False if the factor is on."""
        values = {"secret": self._seal.close(secret), "on": False, "last_step": 0, "recovery": []}
        values["since"] = epoch_ms(self._clock())
        try:
            await self._collection.insert({"_id": person_id, **values})
        except DuplicateKey:
            return await self._collection.update_one({"_id": person_id, "on": False}, {"$set": values})
        return True

    async def confirm(self, person_id: str, step: int, recovery: Sequence[str]) -> bool:
        """Switch it on; the confirming code is used up. False if it is on already."""
        hashes = [_hash(code) for code in recovery]
        return await self._collection.update_one(
            {"_id": person_id, "on": False},
            {"$set": {"on": True, "last_step": step, "recovery": hashes, "since": epoch_ms(self._clock())}},
        )

    async def use_step(self, person_id: str, step: int) -> bool:
        """Use a time step up; False if it or a later one was used before (RFC 6238, section 5.2)."""
        return await self._collection.update_one(
            {"_id": person_id, "on": True, "last_step": {"$lt": step}}, {"$set": {"last_step": step}}
        )

    async def use_recovery(self, person_id: str, code: str) -> bool:
        """Use a recovery code up; False if there is no such code left."""
        hashed = _hash(code)
        return await self._collection.update_one(
            {"_id": person_id, "on": True, "recovery": hashed}, {"$pull": {"recovery": hashed}}
        )

    async def renew_recovery(self, person_id: str, recovery: Sequence[str]) -> None:
        hashes = [_hash(code) for code in recovery]
        await self._collection.update_one({"_id": person_id, "on": True}, {"$set": {"recovery": hashes}})

    async def remove(self, person_id: str) -> None:
        await self._collection.delete_one({"_id": person_id})


def _hash(code: str) -> str:
    return hashlib.sha256(code.replace("-", "").encode()).hexdigest()
