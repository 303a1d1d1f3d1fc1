"""A person's id taken out of documents that are somebody else's, e.g. of who registered an organisation."""

from collections.abc import Iterable

from shared.errors import Busy
from shared.mongo import Collection, Document
from shared.personal import alias_of, mentions, replaced

PAGE = 200
# What the guarded write and the relay own; it holds ids of events and no person's.
_KEPT = frozenset({"_id", "v", "outbox", "pend", "by"})
_ROUNDS = 10


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
