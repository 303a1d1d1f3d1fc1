"""Erasures in the store, and the removal of a person's id from every other document of this service."""

from collections.abc import Iterable

from services.membership.erasures.domain import OPEN, Erasure
from shared.errors import Busy
from shared.ids import ErasureId, derived_id
from shared.mongo import Collection, Document
from shared.personal import alias_of, mentions, replaced
from shared.process import Service
from shared.store import Aggregates
from shared.web import sort_key

COLLECTION = "erasures"
INDEXES = (
    (("sort", -1),),
    (("open", 1), ("due_ms", 1)),
    (("organisation_ids", 1), ("sort", -1)),
)
PAGE = 200
# What the guarded write and the relay own; it holds ids of events and no person's.
_KEPT = frozenset({"_id", "v", "outbox", "pend", "by"})
_ROUNDS = 10


def erasure_id(person_id: str) -> ErasureId:
    """Return the id of the person's one erasure: asking twice meets the same document."""
    return ErasureId(derived_id("erasure", person_id))


def erasure_store(service: Service) -> Aggregates[Erasure]:
    """Return all erasures of the service."""
    return service.aggregates(COLLECTION, Erasure, kind="erasure", keys=keys, indexes=INDEXES, trail=True)


def keys(erasure: Erasure) -> Document:
    return {
        "sort": sort_key(erasure.requested_ms, erasure.id),
        "open": erasure.status in OPEN,
        "due_ms": erasure.due_ms,
        "organisation_ids": list(erasure.organisation_ids),
    }


async def scrub(collections: Iterable[Collection], person_id: str) -> int:
    """Put the person's alias wherever the id stands, state and remembered answers alike; return how many documents.

    A change that was decided before may write the old state once more, as this is no change of the aggregate; so
    it looks again until nothing is found. Errors: `Busy` 503 if that takes too long.
    """
    changed = 0
    for collection in collections:
        for _ in range(_ROUNDS):
            found = await _scrub_once(collection, person_id)
            changed += found
            if not found:
                break
        else:
            raise Busy
    return changed


async def _scrub_once(collection: Collection, person_id: str) -> int:
    changed, after = 0, ""
    alias = alias_of(person_id)
    while True:
        page = await collection.find({"_id": {"$gt": after}}, sort=[("_id", 1)], limit=PAGE)
        for document in page:
            values = {name: part for name, part in document.items() if name not in _KEPT}
            if mentions(values, person_id):
                changed += 1
                guard: Document = {name: document[name] for name in ("_id", "v") if name in document}
                await collection.update_one(guard, {"$set": replaced(values, person_id, alias)})
        if len(page) < PAGE:
            return changed
        after = page[-1]["_id"]
