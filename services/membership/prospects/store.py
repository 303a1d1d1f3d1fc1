"""Prospects in the store: one collection of their own, guarded by `v`, never an outbox."""

import hashlib
from collections.abc import Callable

from services.membership.people.domain import email_key
from services.membership.prospects.domain import KIND, Prospect, ProspectState
from shared.clock import Clock, epoch_ms, utc_now
from shared.errors import Busy, IdempotencyKeyReused, NotFound
from shared.mongo import Collection, Document, DuplicateKey
from shared.web import sort_key

COLLECTION = "prospects"
INDEXES = ((("network_id", 1), ("sort", -1)), (("changed_ms", 1),), (("contact_key", 1),))
# [P] domain notes 2.6: half a year without a word, and a year for the bare fact that somebody was won.
KEPT_MS, CONVERTED_KEPT_MS = 183 * 86_400_000, 366 * 86_400_000
_TRIES = 10


class Prospects:
    """The prospects of all networks; each is read and changed under its network's id only."""

    def __init__(self, collection: Collection, clock: Clock = utc_now) -> None:
        self.collection = collection
        self._clock = clock

    async def add(self, prospect: Prospect) -> Prospect:
        """Store a new prospect; the same id and values again give the first one. Errors: `IdempotencyKeyReused` 422."""
        fingerprint = _fingerprint(prospect)
        try:
            await self.collection.insert(
                {"_id": prospect.id, "v": 1, "f": fingerprint, **_document(prospect)}
            )
        except DuplicateKey:
            present = await self.collection.find_one({"_id": prospect.id})
            if present is None or present["f"] != fingerprint:
                raise IdempotencyKeyReused from None
            return prospect_of(present)
        return prospect

    async def get(self, network_id: str | None, prospect_id: str) -> Prospect:
        """Errors: `NotFound` 404, also for one of another network; None means of any."""
        return prospect_of(await self._found(network_id, prospect_id))

    async def change(
        self, network_id: str, prospect_id: str, decide: Callable[[Prospect], Prospect]
    ) -> Prospect:
        """Decide on the present state and write it under the version guard. Errors: `NotFound` 404, `Busy` 503."""
        for _ in range(_TRIES):
            found = await self._found(network_id, prospect_id)
            after = decide(prospect_of(found))
            update = {"$set": _document(after), "$inc": {"v": 1}}
            if await self.collection.update_one({"_id": prospect_id, "v": found["v"]}, update):
                return after
        raise Busy

    async def delete(self, network_id: str, prospect_id: str) -> bool:
        """Delete a prospect; True if there was one."""
        return await self.collection.delete_one({"_id": prospect_id, "network_id": network_id})

    async def forget(self, email: str) -> int:
        """Delete every prospect whose contact has this address, in any network; returns how many."""
        return await self.collection.delete_many({"contact_key": email_key(email)})

    async def purge(self) -> int:
        """Delete those that nobody worked on for half a year; returns how many."""
        now = epoch_ms(self._clock())
        converted = ProspectState.CONVERTED.value
        return await self.collection.delete_many(
            {"changed_ms": {"$lt": now - KEPT_MS}, "status": {"$ne": converted}}
        ) + await self.collection.delete_many({"changed_ms": {"$lt": now - CONVERTED_KEPT_MS}})

    async def _found(self, network_id: str | None, prospect_id: str) -> Document:
        where = {"_id": prospect_id} if network_id is None else {"_id": prospect_id, "network_id": network_id}
        found = await self.collection.find_one(where)
        if found is None:
            raise NotFound(kind=KIND)
        return found


def prospect_of(document: Document) -> Prospect:
    return Prospect.model_validate(document["state"])


def _document(prospect: Prospect) -> Document:
    return {
        "state": prospect.model_dump(mode="json"),
        "network_id": prospect.network_id,
        "status": prospect.status.value,
        "contact_key": email_key(prospect.contact.email) if prospect.contact.email else None,
        "changed_ms": prospect.changed_ms,
        "sort": sort_key(prospect.created_ms, prospect.id),
    }


def _fingerprint(prospect: Prospect) -> str:
    text = prospect.model_dump_json(exclude={"created_ms", "changed_ms"})
    return hashlib.sha256(text.encode()).hexdigest()
