"""The sessions that a person's id stands in, found by reading all of them, and the marks of erased people.

There is no index by person on purpose: exports and erasures are rare and must miss nothing, bookings are many and
must not pay for it. Sessions are read page by page, so memory stays bounded.
"""

from collections.abc import AsyncIterator

from services.courses.privacy.domain import Unlinking, mark_of
from services.courses.sessions.domain import Session
from shared.mongo import Collection, Document
from shared.personal import mentions
from shared.process import Service
from shared.store import Aggregates

PAGE = 200
MARKS = "erased"
# What names people without being theirs: the journals of calls for offers.
MENTIONING = ("calls",)


def unlinking_store(service: Service) -> Aggregates[Unlinking]:
    """Return the proofs of what was unlinked."""
    return service.aggregates("unlinkings", Unlinking, kind="unlinking")


class Marks:
    """Marks of erased people: one-way, so that they lead back to nobody."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection

    async def add(self, person_id: str) -> None:
        """Keep the mark. Safe to repeat."""
        await self._collection.update_one(
            {"_id": mark_of(person_id)}, {"$set": {"erased": True}}, upsert=True
        )

    async def any(self) -> bool:
        """Whether anybody was ever erased."""
        return await self._collection.find_one({}, {"_id": 1}) is not None

    async def has(self, person_id: str) -> bool:
        """Whether this person was erased."""
        return await self._collection.find_one({"_id": mark_of(person_id)}, {"_id": 1}) is not None


async def sessions_with(sessions: Collection, person_id: str) -> AsyncIterator[Session]:
    """Yield the sessions whose state mentions the person."""
    after = ""
    while True:
        page: list[Document] = await sessions.find(
            {"_id": {"$gt": after}}, {"state": 1}, sort=[("_id", 1)], limit=PAGE
        )
        for document in page:
            if mentions(document["state"], person_id):
                yield Session.model_validate(document["state"])
        if len(page) < PAGE:
            return
        after = page[-1]["_id"]
