"""The route that imports needs; the file is the request's body, as it is."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request

from services.courses.memberships.access import require_actor
from services.courses.memberships.store import Memberships
from services.courses.needs import domain
from services.courses.needs.domain import Need
from services.courses.needs.lists import Finding, Line, read_needs
from shared.clock import Clock, epoch_ms
from shared.decisions import Change
from shared.ids import NetworkId, OrganisationId, Ref
from shared.store import Aggregates, Cause
from shared.tables import read_table
from shared.web import Commanded, View
from shared.zones import local_day

_CSV, _XLSX = "text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_BINARY = {"schema": {"type": "string", "format": "binary"}}
_BODY = {
    "requestBody": {
        "required": True,
        "content": dict.fromkeys(("application/octet-stream", _CSV, _XLSX), _BINARY),
    }
}


class ImportReport(View):
    """What became of the lines: `posted` are new, `known` were there already; with `dry_run` nothing is stored."""

    dry_run: bool
    lines: int
    posted: int
    known: int
    refused: int
    need_ids: list[str]
    findings: list[Finding]


def router(needs: Aggregates[Need], memberships: Memberships, clock: Clock) -> APIRouter:
    """Return the route."""
    routes = APIRouter(prefix="/api/courses/v1", tags=["needs"])

    @routes.post(
        "/needs/imports",
        summary="Import a company's needs from CSV or XLSX",
        operation_id="import_needs",
        openapi_extra=_BODY,
    )
    async def import_needs(
        network_id: Ref[NetworkId],
        organisation_id: Ref[OrganisationId],
        request: Request,
        command: Commanded,
        dry_run: Annotated[bool, Query(description="Only report what would happen")] = False,
    ) -> ImportReport:
        await require_actor(command.principal, network_id, organisation_id, memberships, "network")
        await memberships.policy(network_id)
        table = read_table(await request.body())
        at = clock()
        lines = read_needs(table, network_id, organisation_id, local_day(at), epoch_ms(at))
        cause = Cause(causation_id=command.cause.causation_id)  # every line is recognised by its content
        return await _imported(lines, cause, needs, dry_run=dry_run)

    return routes


async def _imported(
    lines: list[Line], cause: Cause, needs: Aggregates[Need], *, dry_run: bool
) -> ImportReport:
    asked = list({line.need.id: line.need for line in lines if line.need is not None}.values())
    ids = [need.id for need in asked]
    there = {found["_id"] for found in await needs.collection.find({"_id": {"$in": ids}}, {"_id": 1})}
    if not dry_run:
        for need in asked:
            await needs.put(need.id, partial(_posted, need=need), cause)
    return ImportReport(
        dry_run=dry_run,
        lines=len(lines),
        posted=len(set(ids) - there),
        known=len(there),
        refused=sum(line.need is None for line in lines),
        need_ids=list(ids),
        findings=[finding for line in lines for finding in line.findings],
    )


def _posted(known: Need | None, need: Need) -> Change[Need]:
    # A need that was imported before may have been revised or pooled since; it stays as it is.
    return Change(known) if known is not None else domain.post(None, need)
