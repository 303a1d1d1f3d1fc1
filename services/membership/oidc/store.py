"""Sign-ins under way, and who is who at the provider.

`oidc_flows`: `{_id: sha256(state), flow: sha256, nonce, verifier, expires, exchanged, person_id, vouched}`.
`oidc_identities`: `{_id: sha256(issuer, subject), issuer, person_id}`; a person has one at a provider.
"""

import hashlib
import secrets
from dataclasses import dataclass

from shared.clock import Clock, epoch_ms, utc_now
from shared.mongo import Collection, Document, DuplicateKey

FLOWS = "oidc_flows"
FLOW_INDEXES = ((("expires", 1),),)
IDENTITIES = "oidc_identities"
IDENTITY_UNIQUE = ((("issuer", 1), ("person_id", 1)),)
FLOW_LIFE_MS = 10 * 60 * 1000  # [P] time to type a password at the provider


@dataclass(frozen=True, slots=True)
class Begun:
    """`state` goes to the provider and back; `flow` stays with the browser that began."""

    state: str
    flow: str
    nonce: str
    verifier: str


class Flows:
    """Sign-ins that went to the provider."""

    def __init__(self, collection: Collection, clock: Clock = utc_now) -> None:
        self._collection = collection
        self._clock = clock

    async def begin(self) -> Begun:
        begun = Begun(*(secrets.token_urlsafe(48) for _ in range(4)))
        await self._collection.insert(
            {
                "_id": _hash(begun.state),
                "flow": _hash(begun.flow),
                "nonce": begun.nonce,
                "verifier": begun.verifier,
                "expires": epoch_ms(self._clock()) + FLOW_LIFE_MS,
                "exchanged": False,
                "person_id": None,
                "vouched": False,
            }
        )
        return begun

    async def find(self, state: str, flow: str) -> Document | None:
        where = {"_id": _hash(state), "flow": _hash(flow), "expires": {"$gt": epoch_ms(self._clock())}}
        return await self._collection.find_one(where)

    async def exchange(self, state: str) -> bool:
        """Mark that the code goes to the provider; of several uses at once, one wins."""
        used = {"_id": _hash(state), "exchanged": False}
        return await self._collection.update_one(used, {"$set": {"exchanged": True}})

    async def keep(self, state: str, person_id: str, *, vouched: bool) -> None:
        """Keep whom the provider has let in, so that the second factor can follow."""
        values = {"person_id": person_id, "vouched": vouched}
        await self._collection.update_one({"_id": _hash(state)}, {"$set": values})

    async def end(self, state: str) -> None:
        await self._collection.delete_one({"_id": _hash(state)})

    async def purge(self) -> None:
        await self._collection.delete_many({"expires": {"$lt": epoch_ms(self._clock())}})


class Identities:
    """Who is who at the provider."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection

    async def person_of(self, issuer: str, subject: str) -> str | None:
        found = await self._collection.find_one({"_id": _hash(issuer, subject)})
        return None if found is None else str(found["person_id"])

    async def connect(self, issuer: str, subject: str, person_id: str) -> bool:
        """Connect an account with a person; False where the person has another one at this provider."""
        document = {"_id": _hash(issuer, subject), "issuer": issuer, "person_id": person_id}
        try:
            await self._collection.insert(document)
        except DuplicateKey:
            return await self.person_of(issuer, subject) == person_id
        return True

    async def forget(self, person_id: str) -> None:
        await self._collection.delete_many({"person_id": person_id})


def _hash(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
