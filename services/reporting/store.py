"""Rows and figures in the store, by generation; why every race converges: docs/adr/0009-projections.md.

Row: `{_id: "<kind>:<aggregate id>", kind, network_id, rev, cells: {name: [sequence, value]}, seen, facts,
companies, size, last_event_at}`. Figures: `{_id: network id, wanted, pending, rev, revision, summary,
computed_at}`. A generation is a pair of collections; `meta` says which one is live and which is being built.
"""

import contextlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from typing import Any

from services.reporting.figures import Summary, facts_of, size_of, summary_of
from services.reporting.projections import Cell, Kind, Row, evolve
from shared.clock import Clock, utc_now
from shared.errors import Busy
from shared.events.envelope import Event
from shared.mongo import Collection, Document, DuplicateKey

type Step = tuple[Event, int, datetime]
type Key = tuple[Kind, str]
type Grouped = Mapping[Key, Sequence[Step]]

META_ID = "generations"
MAX_TRIES = 10


@dataclass(frozen=True, slots=True)
class Stored:
    """The figures of a network as they stand in the store; `version` changes with every change of them."""

    network_id: str
    version: str
    revision: int
    computed_at: datetime
    summary: Summary


@dataclass(frozen=True, slots=True)
class Generations:
    """Which generation readers see, and which one a rebuild is filling."""

    live: int
    building: int | None = None

    @property
    def written(self) -> tuple[int, ...]:
        """The generations that events go into."""
        return (self.live,) if self.building is None else (self.live, self.building)


class ReadModel:
    """The rows and figures of all networks."""

    def __init__(self, collection: Callable[[str], Collection], clock: Clock = utc_now) -> None:
        self._collection = collection
        self._meta = collection("meta")
        self._clock = clock

    # --- generations --------------------------------------------------------------------------------------

    async def prepare(self) -> None:
        """Make the first generation if there is none; create the indexes of the live one."""
        with contextlib.suppress(DuplicateKey):
            await self._meta.insert({"_id": META_ID, "live": 1, "building": None, "last": 1})
        await self._ensure_indexes((await self.generations()).live)

    async def generations(self) -> Generations:
        """Return the generations in use; asked for every batch, because a rebuild may start at any time."""
        meta = await self._meta.find_one({"_id": META_ID})
        return Generations(1) if meta is None else Generations(meta["live"], meta["building"])

    async def begin(self) -> int:
        """Start a new generation beside the live one, drop those before the live one, return its number."""
        await self.prepare()
        meta = await self._meta.find_one_and_update({"_id": META_ID}, {"$inc": {"last": 1}})
        assert meta is not None  # noqa: S101  prepared above
        for old in range(1, meta["live"]):
            await self._rows(old).delete_many({})
            await self._figures(old).delete_many({})
        await self._ensure_indexes(meta["last"])
        # From this write on every worker that asks writes to both.
        await self._meta.update_one({"_id": META_ID}, {"$set": {"building": meta["last"]}})
        return int(meta["last"])

    async def swap(self, generation: int) -> bool:
        """Let readers see `generation`; False if another rebuild has begun since."""
        return await self._meta.update_one(
            {"_id": META_ID, "building": generation}, {"$set": {"live": generation, "building": None}}
        )

    # --- writing ------------------------------------------------------------------------------------------

    async def merge(self, generation: int, grouped: Grouped) -> None:
        """Bring events into their rows, then mark the networks they touch. Errors: `Busy` 503."""
        await self._merge_rows(self._rows(generation), grouped)
        await self._mark(generation, await self._touched(generation, grouped))

    async def _merge_rows(self, rows: Collection, grouped: Grouped) -> None:
        ids = {f"{kind}:{aggregate}": (kind, aggregate) for kind, aggregate in grouped}
        for _ in range(MAX_TRIES):
            found = {document["_id"]: document for document in await rows.find({"_id": {"$in": list(ids)}})}
            updates = []
            for row_id, key in ids.items():
                document = found.get(row_id)
                before = _row(document) if document else Row(key[0])
                after = reduce(lambda row, step: evolve(row, *step), grouped[key], before)
                if after != before:
                    rev = document["rev"] if document else 0
                    # Who lost the race tries to insert instead and is refused by the unique _id.
                    updates.append(({"_id": row_id, "rev": rev}, _update(before, after, rev + 1)))
            if not updates or (await rows.bulk_update(updates, upsert=True))[1] == 0:
                return
        raise Busy

    async def _touched(self, generation: int, grouped: Grouped) -> set[str]:
        networks = {
            network
            for steps in grouped.values()
            for event, *_ in steps
            if (network := getattr(event, "network_id", None)) is not None
        }
        organisations = [aggregate for kind, aggregate in grouped if kind is Kind.ORGANISATION]
        if organisations:
            # Asked from the rows, not from the figures: see the ADR for the race that this order decides.
            where = {"companies": {"$in": organisations}}
            networks |= {
                one["network_id"] for one in await self._rows(generation).find(where, {"network_id": 1})
            }
        return networks

    async def _mark(self, generation: int, networks: Iterable[str]) -> None:
        update = {"$inc": {"wanted": 1}, "$set": {"pending": True}, "$setOnInsert": {"rev": 0, "revision": 0}}
        marks = [({"_id": network}, update) for network in sorted(networks)]
        for _ in range(MAX_TRIES):
            # Two upserts of one new document can meet; the refused one has not counted and is repeated.
            if not marks or (await self._figures(generation).bulk_update(marks, upsert=True))[1] == 0:
                return
        raise Busy

    # --- counting -----------------------------------------------------------------------------------------

    async def pending(self, generation: int) -> list[str]:
        """Return the networks whose figures are older than their rows."""
        return [one["_id"] for one in await self._figures(generation).find({"pending": True}, {"_id": 1})]

    async def recount(self, generation: int, network_id: str) -> bool:
        """Compute a network's figures anew; False if somebody else wrote them meanwhile."""
        figures = self._figures(generation)
        before = await figures.find_one({"_id": network_id})
        if before is None:
            return False
        summary = await self._summary(generation, network_id)
        document = _document(summary)
        values = {
            "summary": document,
            "rev": before["rev"] + 1,
            "revision": before["revision"] + (document != before.get("summary")),
            "computed_at": self._clock(),
        }
        guard = {"_id": network_id, "rev": before["rev"]}
        done = {**guard, "wanted": before["wanted"]}
        if await figures.update_one(done, {"$set": {**values, "pending": False}}):
            return True
        # Events came while we counted: show what we have; the mark stays.
        return await figures.update_one(guard, {"$set": values})

    async def _summary(self, generation: int, network_id: str) -> Summary:
        rows = self._rows(generation)
        facts = [one["facts"] for one in await rows.find({"network_id": network_id}, {"facts": 1})]
        reached = {f"{Kind.ORGANISATION}:{one}" for fact in facts for one in fact["reached"]}
        sizes = {}
        if reached:
            for one in await rows.find({"_id": {"$in": sorted(reached)}}, {"size": 1}):
                if one.get("size"):
                    sizes[one["_id"].partition(":")[2]] = one["size"]
        return summary_of(facts, sizes)

    # --- reading ------------------------------------------------------------------------------------------

    async def figures(self, network_id: str) -> Stored | None:
        """Return a network's figures; None if nothing was ever counted for it."""
        live = (await self.generations()).live
        document = await self._figures(live).find_one({"_id": network_id})
        return _stored(live, document) if document and "summary" in document else None

    async def all_figures(self, network_ids: Sequence[str] | None = None) -> list[Stored]:
        """Return the figures of these networks, or of all."""
        live = (await self.generations()).live
        where = {} if network_ids is None else {"_id": {"$in": list(network_ids)}}
        found = await self._figures(live).find(where, sort=[("_id", 1)])
        return [_stored(live, document) for document in found if "summary" in document]

    def _rows(self, generation: int) -> Collection:
        return self._collection(f"rows_{generation}")

    def _figures(self, generation: int) -> Collection:
        return self._collection(f"figures_{generation}")

    async def _ensure_indexes(self, generation: int) -> None:
        await self._rows(generation).ensure_index([("network_id", 1)])
        await self._rows(generation).ensure_index([("companies", 1)])
        await self._figures(generation).ensure_index([("pending", 1)])


def _row(document: Document) -> Row:
    return Row(
        kind=Kind(document["kind"]),
        network_id=document["network_id"],
        cells={name: Cell(sequence, value) for name, (sequence, value) in document["cells"].items()},
        seen=tuple((first, last) for first, last in document["seen"]),
        last_event_at=document["last_event_at"],
    )


def _update(before: Row, after: Row, rev: int) -> Document:
    # A row of many bookings is not sent again for one: only the changed cells are.
    cells = {
        f"cells.{name}": [cell.sequence, cell.value]
        for name, cell in after.cells.items()
        if before.cells.get(name) != cell
    }
    facts = facts_of(after)
    values: dict[str, Any] = {
        **(cells if after.cells else {"cells": {}}),
        "kind": str(after.kind),
        "network_id": after.network_id,
        "seen": [list(span) for span in after.seen],
        "last_event_at": after.last_event_at,
        "facts": facts,
        "companies": sorted({*facts["active"], *facts["reached"]}),
        "size": size_of(after),
        "rev": rev,
    }
    return {"$set": values}


def _document(summary: Summary) -> Document:
    document = summary.model_dump()
    return {key: sorted(value) if isinstance(value, frozenset) else value for key, value in document.items()}


def _stored(generation: int, document: Document) -> Stored:
    return Stored(
        network_id=document["_id"],
        version=f"{generation}-{document['revision']}",
        revision=document["revision"],
        computed_at=document["computed_at"],
        summary=Summary.model_validate(document["summary"]),
    )
