"""Routes of imports. A file is sent as the request's body, as it is.

What a network imports is under its path, what an employer imports about its employees under its own.
"""

import hashlib
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from services.membership.access import employing_organisation, steered_network
from services.membership.downloads import BINARY, FILE_ANSWER, OF_EMPLOYER, OF_NETWORK, Form, Kind, download
from services.membership.imports import handlers, views
from services.membership.imports.columns import ImportKind
from services.membership.imports.domain import KIND, Scope
from services.membership.imports.handlers import Began
from services.membership.imports.sheets import MEDIA_TYPES
from services.membership.imports.store import Import
from services.membership.imports.views import FindingView, ImportView
from services.membership.parts import BASE, Parts, With, refusals
from shared.auth import Principal
from shared.errors import NotFound
from shared.ids import NetworkId, OrganisationId, Ref
from shared.web import Caller, Command, Commanded, Page, Paged

router = APIRouter(prefix=BASE, tags=["imports"])

_FILE_BODY = {
    "requestBody": {
        "required": True,
        "content": dict.fromkeys(("application/octet-stream", *MEDIA_TYPES.values()), BINARY),
    }
}
DryRun = Annotated[bool, Query(description="Only report what would happen")]


@router.post(
    f"{OF_NETWORK}/imports",
    status_code=202,
    operation_id="post_import",
    summary="Import a list of organisations or contacts",
    responses=refusals(403, 404, 413),
    openapi_extra=_FILE_BODY,
)
async def post_import(
    network_id: Ref[NetworkId],
    kind: Kind,
    request: Request,
    command: Commanded,
    parts: With,
    dry_run: DryRun = False,
) -> ImportView:
    """The network's manager and administrators. At most 1 MiB and 10,000 lines, CSV or XLSX.

    The answer comes at once; the lines are taken in the background, each by itself. Importing a list again makes no
    duplicates: organisations are recognised by their number, or by name and district, people by their e-mail address.
    """
    await steered_network(command.principal, network_id, parts)
    return await _begun(kind, Scope(network_id=network_id), request, command, parts, dry_run=dry_run)


@router.post(
    f"{OF_EMPLOYER}/imports",
    status_code=202,
    operation_id="post_employee_import",
    summary="Import a list of employees",
    responses=refusals(403, 404, 413),
    openapi_extra=_FILE_BODY,
)
async def post_employee_import(
    organisation_id: Ref[OrganisationId],
    request: Request,
    command: Commanded,
    parts: With,
    dry_run: DryRun = False,
) -> ImportView:
    """The personnel department and administrators; as for networks."""
    await employing_organisation(command.principal, organisation_id, parts)
    scope = Scope(organisation_id=organisation_id)
    return await _begun(ImportKind.PEOPLE, scope, request, command, parts, dry_run=dry_run)


@router.get(
    f"{OF_NETWORK}/imports",
    operation_id="get_imports",
    summary="List a network's imports",
    responses=refusals(403, 404),
)
async def get_imports(
    network_id: Ref[NetworkId], principal: Caller, paging: Paged, parts: With
) -> Page[ImportView]:
    """The network's manager and administrators; newest first."""
    await steered_network(principal, network_id, parts)
    return await views.imports_where(parts.imports.jobs, {"scope_key": network_id}, paging)


@router.get(
    f"{OF_EMPLOYER}/imports",
    operation_id="get_employee_imports",
    summary="List an employer's imports",
    responses=refusals(403, 404),
)
async def get_employee_imports(
    organisation_id: Ref[OrganisationId], principal: Caller, paging: Paged, parts: With
) -> Page[ImportView]:
    """The personnel department and administrators; newest first."""
    await employing_organisation(principal, organisation_id, parts)
    return await views.imports_where(parts.imports.jobs, {"scope_key": organisation_id}, paging)


@router.get(
    f"{OF_NETWORK}/imports/{{import_id}}",
    operation_id="get_import",
    summary="Read an import",
    responses=refusals(403, 404),
)
async def get_import(
    network_id: Ref[NetworkId], import_id: Ref[str], principal: Caller, parts: With
) -> ImportView:
    """Its progress, and its counts at the end."""
    return views.view_of(await _of_network(network_id, import_id, principal, parts))


@router.get(
    f"{OF_EMPLOYER}/imports/{{employee_import_id}}",
    operation_id="get_employee_import",
    summary="Read an import of employees",
    responses=refusals(403, 404),
)
async def get_employee_import(
    organisation_id: Ref[OrganisationId], employee_import_id: Ref[str], principal: Caller, parts: With
) -> ImportView:
    """Its progress, and its counts at the end."""
    return views.view_of(await _of_employer(organisation_id, employee_import_id, principal, parts))


@router.get(
    f"{OF_NETWORK}/imports/{{import_id}}/findings",
    operation_id="get_import_findings",
    summary="What is wrong in which line",
    responses=refusals(403, 404),
)
async def get_findings(
    network_id: Ref[NetworkId],
    import_id: Ref[str],
    request: Request,
    principal: Caller,
    paging: Paged,
    parts: With,
) -> Page[FindingView]:
    """Line, column and what is wrong, in the order of the lines, in both languages."""
    job = await _of_network(network_id, import_id, principal, parts)
    return await views.findings_of(parts.imports.findings, job, paging, request.state.language)


@router.get(
    f"{OF_EMPLOYER}/imports/{{employee_import_id}}/findings",
    operation_id="get_employee_import_findings",
    summary="What is wrong in which line of employees",
    responses=refusals(403, 404),
)
async def get_employee_findings(
    organisation_id: Ref[OrganisationId],
    employee_import_id: Ref[str],
    request: Request,
    principal: Caller,
    paging: Paged,
    parts: With,
) -> Page[FindingView]:
    """Line, column and what is wrong, in the order of the lines, in both languages."""
    job = await _of_employer(organisation_id, employee_import_id, principal, parts)
    return await views.findings_of(parts.imports.findings, job, paging, request.state.language)


@router.get(
    f"{OF_NETWORK}/imports/{{import_id}}/report",
    operation_id="get_import_report",
    summary="Download what is wrong",
    responses=FILE_ANSWER | refusals(403, 404),
)
async def get_report(
    network_id: Ref[NetworkId],
    import_id: Ref[str],
    form: Form,
    request: Request,
    principal: Caller,
    parts: With,
) -> Response:
    """The findings as a file, to be worked through beside the list."""
    job = await _of_network(network_id, import_id, principal, parts)
    return await download(
        "report", [await views.report(parts.imports.findings, job, request.state.language)], form
    )


@router.get(
    f"{OF_EMPLOYER}/imports/{{employee_import_id}}/report",
    operation_id="get_employee_import_report",
    summary="Download what is wrong in a list of employees",
    responses=FILE_ANSWER | refusals(403, 404),
)
async def get_employee_report(
    organisation_id: Ref[OrganisationId],
    employee_import_id: Ref[str],
    form: Form,
    request: Request,
    principal: Caller,
    parts: With,
) -> Response:
    """The findings as a file, to be worked through beside the list."""
    job = await _of_employer(organisation_id, employee_import_id, principal, parts)
    return await download(
        "report", [await views.report(parts.imports.findings, job, request.state.language)], form
    )


async def _begun(
    kind: ImportKind, scope: Scope, request: Request, command: Command, parts: Parts, *, dry_run: bool
) -> ImportView:
    asked = f"{kind.value}/{scope.key}/{dry_run}/{command.cause.fingerprint}"
    wanted = Began(
        id=command.id_for("import"),
        kind=kind,
        scope=scope,
        dry_run=dry_run,
        by=command.principal.id,
        fingerprint=hashlib.sha256(asked.encode()).hexdigest(),
    )
    content = await request.body()
    return views.view_of(
        await handlers.begin_import(wanted, content, imports=parts.imports, clock=parts.clock)
    )


async def _of_network(network_id: str, import_id: str, principal: Principal, parts: Parts) -> Import:
    await steered_network(principal, network_id, parts)
    return await _found(import_id, network_id, parts)


async def _of_employer(organisation_id: str, import_id: str, principal: Principal, parts: Parts) -> Import:
    await employing_organisation(principal, organisation_id, parts)
    return await _found(import_id, organisation_id, parts)


async def _found(import_id: str, place: str, parts: Parts) -> Import:
    job = await parts.imports.get(import_id)
    if job.scope.key != place:
        raise NotFound(kind=KIND)
    return job
