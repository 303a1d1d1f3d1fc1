"""Commands on imports: begin one from a file, and work through its lines."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache

import structlog

from services.membership.imports.cells import Codes
from services.membership.imports.columns import ImportKind, mapped
from services.membership.imports.domain import Line, Read, Scope, read_lines
from services.membership.imports.findings import Finding, finding
from services.membership.imports.store import CHUNK_LINES, Import, Imports, new_owner
from services.membership.names import folded
from services.membership.reference import industry_codes
from shared.clock import Clock, epoch_ms
from shared.errors import Failed, Problem
from shared.reference import districts
from shared.tables import read_table

log = structlog.get_logger()

AT_ONCE = 16  # lines of a chunk under way; more gain nothing, as the store writes one after the other


class Result(StrEnum):
    """What became of a line."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


class LineRefused(Exception):  # noqa: N818  it names the condition
    """The line cannot be taken; nothing of it was stored."""

    def __init__(self, found: Finding) -> None:
        super().__init__(found.code)
        self.finding = found


type Take = Callable[[Line], Awaitable[Result]]
type Chunk = Callable[[Import, Sequence[Line]], Awaitable[Take]]


@dataclass(frozen=True, slots=True)
class Began:
    """Who asks for what; `id` and `fingerprint` recognise a repeat."""

    id: str
    kind: ImportKind
    scope: Scope
    dry_run: bool
    by: str
    fingerprint: str


async def begin_import(wanted: Began, content: bytes, *, imports: Imports, clock: Clock) -> Import:
    """Read a file and queue its lines; what is wrong in the file itself is known at once.

    Errors: `FileUnreadable`, `OldExcelFile`, `FileTooLarge`, `FileEmpty`, `ColumnMissing`, `ColumnTwice` 422.
    """
    read, ignored = await asyncio.to_thread(_read, wanted, content)
    now = epoch_ms(clock())
    chunks = -(-len(read.lines) // CHUNK_LINES)
    job = Import(
        id=wanted.id,
        kind=wanted.kind,
        network_id=wanted.scope.network_id,
        organisation_id=wanted.scope.organisation_id,
        dry_run=wanted.dry_run,
        by=wanted.by if chunks else "",
        status="queued" if chunks else "finished",
        lines=len(read.lines) + read.refused,
        refused=read.refused,
        ignored_columns=ignored,
        chunks=chunks,
        created_ms=now,
        finished_ms=None if chunks else now,
    )
    return await imports.add(job, read.lines, read.findings, wanted.fingerprint)


def _read(wanted: Began, content: bytes) -> tuple[Read, tuple[str, ...]]:
    table = read_table(content)
    columns = mapped(wanted.kind, table.headings)
    return read_lines(wanted.kind, table.lines, columns, codes(), wanted.scope), columns.ignored


@cache
def codes() -> Codes:
    """Return the reference data that lines are checked against; districts go by short and official names."""
    names: dict[str, set[str]] = {}
    for one in districts().values():
        for name in one.names:
            names.setdefault(folded(name), set()).add(one.ags)
    return Codes(
        ags=frozenset(districts()),
        districts={name: tuple(sorted(ags)) for name, ags in names.items()},
        industry=industry_codes(),
    )


@dataclass(slots=True)
class _Counts:
    counts: dict[str, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def add(self, name: str) -> None:
        self.counts[name] = self.counts.get(name, 0) + 1


async def work(imports: Imports, ways: Mapping[ImportKind, Chunk]) -> bool:
    """Take one waiting import to its end; False if none waits. A failure leaves it for the next try."""
    owner = new_owner()
    job = await imports.claim(owner)
    if job is None:
        return False
    try:
        while job is not None and job.status != "finished":
            job = await _take_chunk(job, owner, imports, ways[job.kind])
    except BaseException:
        assert job is not None  # noqa: S101  it only becomes None by an assignment that did not happen
        await imports.release(job, owner)
        raise
    return True


async def _take_chunk(job: Import, owner: str, imports: Imports, way: Chunk) -> Import | None:
    lines = await imports.chunk(job)
    take = await way(job, lines)
    done = _Counts()
    turn = asyncio.Semaphore(AT_ONCE)

    async def one(line: Line) -> None:
        async with turn:
            try:
                done.add(await take(line))
            except LineRefused as refusal:
                done.add("refused")
                done.findings.append(refusal.finding)
            except Failed:
                raise
            except Problem as problem:
                done.add("refused")
                done.findings.append(_of_problem(line.line, problem))
            except Exception as error:  # noqa: BLE001  one line must not hold up the rest for ever
                # The class is enough to find it; a trace would quote what stands in the list.
                log.warning(
                    "import.line_failed", import_id=job.id, line=line.line, error=type(error).__name__
                )
                done.add("refused")
                done.findings.append(finding(line.line, None, "unexpected"))

    async with asyncio.TaskGroup() as tasks:
        for line in lines:
            tasks.create_task(one(line))
    await imports.note(job.id, done.findings)
    return await imports.taken(job, owner, done.counts)


def _of_problem(line: int, problem: Problem) -> Finding:
    return Finding(line=line, column=None, code=problem.slug, de=problem.text("de"), en=problem.text("en"))
