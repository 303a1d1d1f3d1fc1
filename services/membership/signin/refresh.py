"""Refresh tokens: 256 random bits, kept as a hash, new with every use; an old one ends its whole family."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass

import structlog

from shared.clock import Clock, epoch_ms, utc_now
from shared.errors import Unauthenticated
from shared.mongo import Collection, Document

log = structlog.get_logger()

COLLECTION = "refresh_families"
INDEXES = ((("person_id", 1),), (("expires", 1),))
LIFE_MS = 14 * 24 * 3600 * 1000
FAMILY_LIFE_MS = 90 * 24 * 3600 * 1000  # [P] after this a person types the password again


@dataclass(frozen=True, slots=True)
class Rotated:
    """`methods`: how the person signed in when the session began."""

    person_id: str
    token: str
    methods: tuple[str, ...]


class RefreshTokens:
    """One document a sign-in: `{_id: family, person_id, hash, methods, expires, ends, revoked}`."""

    def __init__(self, collection: Collection, clock: Clock = utc_now) -> None:
        self._collection = collection
        self._clock = clock

    async def issue(self, person_id: str, methods: tuple[str, ...] = ()) -> str:
        now = epoch_ms(self._clock())
        family, secret = secrets.token_urlsafe(16), secrets.token_urlsafe(32)
        await self._collection.insert(
            {
                "_id": family,
                "person_id": person_id,
                "hash": _hash(secret),
                "methods": list(methods),
                "expires": now + LIFE_MS,
                "ends": now + FAMILY_LIFE_MS,
                "revoked": False,
            }
        )
        return f"{family}.{secret}"

    async def rotate(self, token: str) -> Rotated:
        """Exchange a token for the next one. Errors: `Unauthenticated` 401; a used one ends the family."""
        family, _, secret = token.partition(".")
        now = epoch_ms(self._clock())
        found = await self._collection.find_one({"_id": family})
        if found is None or found["revoked"] or found["expires"] < now:
            raise Unauthenticated
        following = secrets.token_urlsafe(32)
        # The write itself compares, so of two uses of one token exactly one wins; the other one is a reuse.
        current = hmac.compare_digest(found["hash"], _hash(secret))
        if not current or not await self._collection.update_one(
            {"_id": family, "hash": found["hash"], "revoked": False},
            {"$set": {"hash": _hash(following), "expires": min(now + LIFE_MS, found["ends"])}},
        ):
            await self._collection.update_one({"_id": family}, {"$set": {"revoked": True}})
            log.warning("signin.refresh_reused")
            raise Unauthenticated
        return Rotated(found["person_id"], f"{family}.{following}", tuple(found.get("methods", ())))

    async def revoke(self, token: str) -> None:
        """End the family of this token; silent when there is none."""
        family, _, secret = token.partition(".")
        found = await self._collection.find_one({"_id": family})
        if found is not None and hmac.compare_digest(found["hash"], _hash(secret)):
            await self._collection.update_one({"_id": family}, {"$set": {"revoked": True}})

    async def revoke_all(self, person_id: str) -> None:
        await self._collection.update_many({"person_id": person_id}, {"$set": {"revoked": True}})

    async def of_person(self, person_id: str) -> list[Document]:
        """Return the person's sessions without their secrets."""
        return await self._collection.find({"person_id": person_id}, {"expires": 1, "ends": 1, "revoked": 1})

    async def forget(self, person_id: str) -> int:
        """Delete the sessions of an erased person."""
        return await self._collection.delete_many({"person_id": person_id})

    async def purge(self) -> None:
        await self._collection.delete_many({"expires": {"$lt": epoch_ms(self._clock())}})


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
