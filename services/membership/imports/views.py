"""Imports as they are shown, and their reports as files."""

from datetime import UTC, datetime

from services.membership.imports.columns import COLUMNS, ImportKind
from services.membership.imports.findings import Finding
from services.membership.imports.sheets import Sheet
from services.membership.imports.store import Import, ImportStatus, import_of
from shared.mongo import Collection, Document, Filter
from shared.web import Page, Paging, View, page_of


class ImportView(View):
    """Counts are lines; once finished, created, updated, unchanged and refused add up to `lines`."""

    id: str
    kind: ImportKind
    network_id: str | None
    organisation_id: str | None
    dry_run: bool
    status: ImportStatus
    lines: int
    done: int
    created: int
    updated: int
    unchanged: int
    refused: int
    ignored_columns: list[str]
    created_at: datetime
    finished_at: datetime | None


class FindingView(View):
    """What is wrong in one line; `column` is null where the whole line is meant."""

    line: int
    column: str | None
    code: str
    detail: str
    detail_de: str
    detail_en: str


def view_of(job: Import) -> ImportView:
    values = job.model_dump(include=set(ImportView.model_fields) - {"done", "created_at", "finished_at"})
    return ImportView(
        **values,
        done=job.created + job.updated + job.unchanged + job.refused,
        created_at=_moment(job.created_ms),
        finished_at=None if job.finished_ms is None else _moment(job.finished_ms),
    )


async def imports_where(jobs: Collection, where: Filter, paging: Paging) -> Page[ImportView]:
    return await page_of(jobs, where, paging, lambda document: view_of(import_of(document)))


async def findings_of(findings: Collection, job: Import, paging: Paging, language: str) -> Page[FindingView]:
    def shown(document: Document) -> FindingView:
        one = Finding.model_validate(document["finding"])
        return FindingView(
            line=one.line,
            column=_heading(job.kind, one.column, language),
            code=one.code,
            detail=one.de if language == "de" else one.en,
            detail_de=one.de,
            detail_en=one.en,
        )

    where = {"import_id": job.id}
    return await page_of(findings, where, paging, shown, by="place", ascending=True)


async def report(findings: Collection, job: Import, language: str) -> Sheet:
    """Return all findings as a sheet, in the order of the lines."""
    documents = await findings.find({"import_id": job.id}, {"finding": 1}, sort=[("place", 1)])
    rows = []
    for document in documents:
        one = Finding.model_validate(document["finding"])
        rows.append((str(one.line), _heading(job.kind, one.column, language) or "", one.de, one.en))
    headings = ("Zeile", "Spalte", "Deutsch", "Englisch")
    if language == "en":
        headings = ("Line", "Column", "German", "English")
    return Sheet(headings[0], headings, rows, (8, 18, 70, 70))


def _heading(kind: ImportKind, column: str | None, language: str) -> str | None:
    return next((one.heading(language) for one in COLUMNS[kind] if one.key == column), None)


def _moment(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC)
