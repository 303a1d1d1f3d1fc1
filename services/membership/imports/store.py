"""Imports in the store: the job, its lines still to take in chunks, and what was found wrong.

The lines hold personal data, so a chunk is deleted as soon as it is taken; reports quote no cell.
"""

from collections.abc import Sequence
from typing import Literal

from pydantic import TypeAdapter

from services.membership.imports.columns import ImportKind
from services.membership.imports.domain import KIND, Line, OrganisationLine, PersonLine, Scope
from services.membership.imports.findings import Finding
from shared.clock import Clock, epoch_ms, new_id, utc_now
from shared.errors import IdempotencyKeyReused, NotFound
from shared.events.envelope import Value
from shared.mongo import Collection, Document, DuplicateKey
from shared.web import sort_key

COLLECTION = "imports"
CHUNKS, FINDINGS = "import_chunks", "import_findings"
INDEXES = ((("scope_key", 1), ("sort", -1)), (("status", 1), ("lease_until", 1)), (("sort", -1),))
CHUNK_INDEXES = ((("import_id", 1),), (("created_ms", 1),))
FINDING_INDEXES = ((("import_id", 1), ("place", 1)), (("created_ms", 1),))
CHUNK_LINES = 250
LEASE_MS = 60_000
# [P] A list that nobody finished is gone after two days, its report after 90.
CHUNKS_KEPT_MS, REPORTS_KEPT_MS = 2 * 86_400_000, 90 * 86_400_000

type ImportStatus = Literal["queued", "running", "finished"]
_ORGANISATIONS, _PEOPLE = TypeAdapter(list[OrganisationLine]), TypeAdapter(list[PersonLine])


class Import(Value):
    """State of an import. Counts are lines: created + updated + unchanged + refused = lines when finished."""

    id: str
    kind: ImportKind
    network_id: str | None
    organisation_id: str | None
    dry_run: bool
    by: str
    status: ImportStatus
    lines: int
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0
    ignored_columns: tuple[str, ...] = ()
    chunks: int
    next_chunk: int = 0
    created_ms: int
    finished_ms: int | None = None

    @property
    def scope(self) -> Scope:
        return Scope(self.network_id, self.organisation_id)


class Imports:
    """The jobs; any worker takes one over whose lease has run out, at the chunk where it stood."""

    def __init__(
        self, jobs: Collection, chunks: Collection, findings: Collection, clock: Clock = utc_now
    ) -> None:
        self.jobs = jobs
        self.findings = findings
        self._chunks = chunks
        self._clock = clock

    async def add(
        self, job: Import, lines: Sequence[Line], findings: Sequence[Finding], fingerprint: str
    ) -> Import:
        """Store a job with its lines. The same id and fingerprint again give the first one.

        Errors: `IdempotencyKeyReused` 422.
        """
        present = await self.jobs.find_one({"_id": job.id})
        if present is None:
            await self.note(job.id, findings)
            chunks = [
                (
                    {"_id": f"{job.id}:{number:05d}"},
                    {
                        "$set": {
                            "import_id": job.id,
                            "created_ms": job.created_ms,
                            "lines": [
                                line.model_dump(mode="json")
                                for line in lines[number * CHUNK_LINES : (number + 1) * CHUNK_LINES]
                            ],
                        }
                    },
                )
                for number in range(job.chunks)
            ]
            if chunks:
                await self._chunks.bulk_update(chunks, upsert=True)
            try:
                await self.jobs.insert(_document(job, fingerprint))
            except DuplicateKey:
                present = await self.jobs.find_one({"_id": job.id})
            else:
                return job
        if present is None or present["fingerprint"] != fingerprint:
            raise IdempotencyKeyReused
        return import_of(present)

    async def get(self, import_id: str) -> Import:
        """Errors: `NotFound` 404."""
        found = await self.jobs.find_one({"_id": import_id})
        if found is None:
            raise NotFound(kind=KIND)
        return import_of(found)

    async def claim(self, owner: str) -> Import | None:
        """Take the oldest job that nobody works on."""
        now = epoch_ms(self._clock())
        found = await self.jobs.find_one_and_update(
            {"status": {"$in": ["queued", "running"]}, "lease_until": {"$lt": now}},
            {
                "$set": {
                    "state.status": "running",
                    "status": "running",
                    "owner": owner,
                    "lease_until": now + LEASE_MS,
                }
            },
            sort=[("sort", 1)],
        )
        return None if found is None else import_of(found)

    async def release(self, job: Import, owner: str) -> None:
        """Let another worker, or this one, try again at once."""
        await self.jobs.update_one({"_id": job.id, "owner": owner}, {"$set": {"lease_until": 0}})

    async def chunk(self, job: Import) -> Sequence[Line]:
        found = await self._chunks.find_one({"_id": f"{job.id}:{job.next_chunk:05d}"})
        lines = [] if found is None else found["lines"]
        if job.kind is ImportKind.ORGANISATIONS:
            return _ORGANISATIONS.validate_python(lines)
        return _PEOPLE.validate_python(lines)

    async def taken(self, job: Import, owner: str, counts: dict[str, int]) -> Import | None:
        """Note that a chunk is done and forget its lines; None if another worker has the job meanwhile."""
        now = epoch_ms(self._clock())
        finished = job.next_chunk + 1 >= job.chunks
        after = job.model_copy(
            update={
                **{name: getattr(job, name) + count for name, count in counts.items()},
                "next_chunk": job.next_chunk + 1,
                "status": "finished" if finished else "running",
                "finished_ms": now if finished else None,
                "by": "" if finished else job.by,  # who it was is in the organisations; no report needs it
            }
        )
        kept = await self.jobs.update_one(
            {"_id": job.id, "owner": owner, "state.next_chunk": job.next_chunk},
            {
                "$set": {
                    "state": after.model_dump(mode="json"),
                    "status": after.status,
                    "lease_until": now + LEASE_MS,
                }
            },
        )
        if not kept:
            return None
        await self._chunks.delete_one({"_id": f"{job.id}:{job.next_chunk:05d}"})
        return after

    async def note(self, import_id: str, findings: Sequence[Finding]) -> None:
        """Store what is wrong; noting the same again changes nothing."""
        now = epoch_ms(self._clock())
        for start in range(0, len(findings), 500):
            updates = []
            for one in findings[start : start + 500]:
                place = f"{one.line:07d}:{one.column or ''}"
                update = {
                    "import_id": import_id,
                    "place": place,
                    "created_ms": now,
                    "finding": one.model_dump(mode="json"),
                }
                updates.append(({"_id": f"{import_id}:{place}"}, {"$set": update}))
            await self.findings.bulk_update(updates, upsert=True)

    async def purge(self) -> None:
        """Delete lines that nobody took, and old reports."""
        now = epoch_ms(self._clock())
        await self._chunks.delete_many({"created_ms": {"$lt": now - CHUNKS_KEPT_MS}})
        await self.findings.delete_many({"created_ms": {"$lt": now - REPORTS_KEPT_MS}})
        await self.jobs.delete_many({"sort": {"$lt": sort_key(now - REPORTS_KEPT_MS, "")}})


def new_owner() -> str:
    return new_id()


def import_of(document: Document) -> Import:
    return Import.model_validate(document["state"])


def _document(job: Import, fingerprint: str) -> Document:
    return {
        "_id": job.id,
        "fingerprint": fingerprint,
        "state": job.model_dump(mode="json"),
        "status": job.status,
        "scope_key": job.scope.key,
        "sort": sort_key(job.created_ms, job.id),
        "lease_until": 0,
        "owner": "",
    }
