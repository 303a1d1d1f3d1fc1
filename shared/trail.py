"""The audit trail: who changed what, when and why, noted in the SAME guarded write as the change.

An aggregate's document carries its newest entries in `trail` and the hash of the last one in `chain`; a collector
moves entries into one collection that can be read and filtered. Every entry holds the hash of the one before it, so
that none can be changed, left out or put in between unnoticed; nor the last ones, as the document knows the head.
Entries hold the names of fields and never their values, and aliases instead of people: docs/adr/0015.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from shared.events.envelope import Event
from shared.mongo import Collection, Document, Keys

INDEXES: tuple[tuple[tuple[str, Any], ...], ...] = (
    (("network_id", 1), ("sort", -1)),
    (("organisation_ids", 1), ("sort", -1)),
    (("aggregate", 1), ("n", 1)),
    (("at", 1),),
)
PENDING: Keys = (("traced", 1),)
PAGE = 200


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: an alias of a person, a service's name, or the system itself; `operation` is what was called."""

    name: str
    kind: str
    operation: str


SYSTEM = Actor("system", "system", "")
_acting: ContextVar[Actor] = ContextVar("acting", default=SYSTEM)


def act_as(actor: Actor) -> None:
    """Let what follows in this request be done by `actor`."""
    _acting.set(actor)


def acting() -> Actor:
    """Return who acts in this request, the system where nobody asked."""
    return _acting.get()


def changed_fields(before: BaseModel | None, after: BaseModel) -> list[str]:
    """Return the names of the fields that a change set; of a new thing all that are set."""
    names = type(after).model_fields
    if before is None:
        return sorted(name for name in names if getattr(after, name) not in (None, (), {}, ""))
    return sorted(name for name in names if getattr(before, name) != getattr(after, name))


def entry_of(
    changes: Sequence[str],
    fields: Sequence[str],
    *,
    last: int,
    at_ms: int,
    actor: Actor,
    cause: str | None = None,
    reason: str | None = None,
    previous: str,
) -> Document:
    """Return the entry of one change; `last` is the aggregate's version after it, one for each of `changes`. Pure."""
    entry: Document = {
        "n": last,
        "first": last - len(changes) + 1,
        "at": at_ms,
        "actor": actor.name,
        "actor_kind": actor.kind,
        "operation": actor.operation,
        "cause": cause,
        "changes": list(changes),
        "fields": list(fields),
        "reason": reason,
        "previous": previous,
    }
    return {**entry, "hash": hash_of(entry)}


def reason_of(events: Iterable[Event]) -> str | None:
    """Return the reason that the events give, which is a code. Pure."""
    reasons = (getattr(event, "reason_code", None) for event in events)
    return next((str(reason) for reason in reasons if reason is not None), None)


def hash_of(entry: Document) -> str:
    """Return the SHA-256 of an entry, which holds the one before it. Pure."""
    said = {name: part for name, part in entry.items() if name in SEALED}
    return hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


SEALED = frozenset(
    {
        "n",
        "first",
        "at",
        "actor",
        "actor_kind",
        "operation",
        "cause",
        "changes",
        "fields",
        "reason",
        "previous",
    }
)


def is_whole(entries: Iterable[Document], head: str | None) -> bool:
    """Whether these entries of one aggregate, in order, are all there and as they were written.

    `head` is the hash that the aggregate's document knows; None where the document is gone. Pure.
    """
    previous, expected = "", 1
    for entry in entries:
        if entry["previous"] != previous or entry["first"] != expected or hash_of(entry) != entry["hash"]:
            return False
        previous, expected = entry["hash"], entry["n"] + 1
    return head is None or head == previous


@dataclass(frozen=True, slots=True)
class Watched:
    """One kind of aggregate; `place` says from its document whose it is, `name` what it is called in entries."""

    collection: Collection
    kind: str
    place: Callable[[Document], Document]
    name: Callable[[str], str] = str


class Trails:
    """Moves entries from the documents into the collection that is read. Any number of replicas may do it."""

    def __init__(self, audit: Collection) -> None:
        self.audit = audit
        self.watched: list[Watched] = []

    def watch(
        self,
        collection: Collection,
        kind: str,
        place: Callable[[Document], Document],
        name: Callable[[str], str] = str,
    ) -> None:
        """Collect from `collection` too."""
        self.watched.append(Watched(collection, kind, place, name))

    async def collect(self) -> int:
        """Move what is there and return from how many documents; repeating it changes nothing."""
        moved = 0
        for one in self.watched:
            found = await one.collection.find({"traced": {"$gt": 0}}, sort=[("traced", 1)], limit=PAGE)
            for document in found:
                await self.drain(one, document)
            moved += len(found)
        return moved

    async def drain_last(self, collection: Collection, document_id: str) -> None:
        """Move what a document still holds before it is deleted."""
        document = await collection.find_one({"_id": document_id})
        for one in self.watched:
            if document is not None and one.collection.name == collection.name:
                await self.drain(one, document)

    async def drain(self, one: Watched, document: Document) -> None:
        """Move the entries of one document. First they are there twice, then once: never not at all."""
        entries = document.get("trail") or []
        name = one.name(document["_id"])
        place = one.place(document)
        updates = []
        for entry in entries:
            identity = f"{name}:{entry['n']}"
            kept = {
                **entry,
                **place,
                "kind": one.kind,
                "aggregate": name,
                "sort": f"{entry['at']:013d}-{name}:{entry['n']:08d}",
            }
            updates.append(({"_id": identity}, {"$setOnInsert": kept}))
        if updates:
            await self.audit.bulk_update(updates, upsert=True)
            await one.collection.update_one(
                {"_id": document["_id"]}, {"$pull": {"trail": {"n": {"$lte": entries[-1]["n"]}}}}
            )
        # Not if a change came meanwhile: its entries are still to be moved.
        await one.collection.update_one({"_id": document["_id"], "v": document["v"]}, {"$set": {"traced": 0}})
