"""What a collection holds about a person, shaped for the person: no secret, instants as text. Read-only.

Two kinds: documents that are the person's own, found by the field that names her, and documents of somebody else
that name her somewhere, found by reading all of them as the erasure does. Exports are rare and must miss nothing.
"""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter

from shared.ids import PersonId, Ref
from shared.mongo import Collection
from shared.web import Caller, Page, View

SCOPE = "people:read"
PAGE = 200
MOST = 5000  # [P] of one collection in one export, newest first where there are more
_MOMENTS = frozenset({"expires", "since", "due", "occurred", "at"})


class Trace(View):
    """What one document holds about a person; `held` are its fields, with instants as RFC 3339 text.

    `id` is the document's where it is somebody else's, e.g. a call's; the person's own are numbered.
    """

    collection: str
    id: str
    held: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Shown:
    """How a person's own documents are shown: found by `by`, and only these fields; a secret is never named here."""

    by: str
    fields: tuple[str, ...]
    newest: str = "_id"


def add_traces_route(
    routes: APIRouter, find: Callable[[str], Awaitable[list[Trace]]], *, summary: str, operation_id: str
) -> None:
    """Let the service that answers a person ask what `find` finds under the person's id."""

    @routes.get("/{person_id}/traces", summary=f"{summary} (scope {SCOPE})", operation_id=operation_id)
    async def list_traces(person_id: Ref[PersonId], principal: Caller) -> Page[Trace]:
        principal.require_scope(SCOPE)
        return Page(items=await find(person_id))


async def traces_of(collection: Collection, shown: Shown, value: str, name: str) -> list[Trace]:
    """Return what the documents with this value hold, by the fields that may be shown."""
    wanted = dict.fromkeys(shown.fields, 1)
    found = await collection.find({shown.by: value}, wanted, sort=[(shown.newest, -1)], limit=MOST)
    return [
        Trace(
            collection=name,
            # The key of a document may be the person's, or a hash: it says nothing and may be a handle.
            id=str(number),
            held=readable({key: one[key] for key in shown.fields if key in one}),
        )
        for number, one in enumerate(found, start=1)
    ]


async def traces_in(collections: Iterable[Collection], person_id: str) -> list[Trace]:
    """Return every place in the documents' state where the id stands; reads all of them, page by page."""
    traces = []
    for collection in collections:
        after = ""
        while True:
            page = await collection.find({"_id": {"$gt": after}}, {"state": 1}, sort=[("_id", 1)], limit=PAGE)
            for document in page:
                traces += [
                    Trace(collection=collection.name, id=document["_id"], held=readable(dict(place)))
                    for place in places_naming(document.get("state", {}), person_id)
                ]
            if len(page) < PAGE:
                break
            after = page[-1]["_id"]
    return traces


def places_naming(value: Any, person_id: str) -> Iterator[Mapping[str, Any]]:
    """Yield the closest mapping around each occurrence of the id: its plain fields, nothing that lies deeper.

    An id in a list is shown under the field that holds the list, one that is a key alone: its neighbours are others.
    """
    if isinstance(value, dict):
        if person_id in value:
            yield {person_id: _plain(value[person_id])}
        within = {key: person_id for key, part in value.items() if _lists(part, person_id)}
        if within or person_id in [part for part in value.values() if isinstance(part, str)]:
            plain = {key: part for key, part in value.items() if not isinstance(part, dict | list)}
            yield {**plain, **within}
        for part in value.values():
            yield from places_naming(part, person_id)
    elif isinstance(value, list):
        for part in value:
            yield from places_naming(part, person_id)


def readable(value: Any, key: str = "") -> Any:
    """Return a JSON value with milliseconds since 1970 as RFC 3339 text, by the names that hold instants."""
    if isinstance(value, dict):
        return {_named(name): readable(part, name) for name, part in value.items()}
    if isinstance(value, list):
        return [readable(part) for part in value]
    if (key.endswith("_ms") or key in _MOMENTS) and type(value) is int:
        return datetime.fromtimestamp(value / 1000, UTC).isoformat()
    return value


def _named(key: str) -> str:
    return f"{key.removesuffix('_ms')}_at" if key.endswith("_ms") else key


def _plain(part: Any) -> Any:
    return None if isinstance(part, dict | list) else part


def _lists(part: Any, person_id: str) -> bool:
    """Whether it is a list that holds the id, also one in another."""
    return isinstance(part, list) and any(one == person_id or _lists(one, person_id) for one in part)
