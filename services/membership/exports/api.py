"""Routes of lists that go out, and of the templates for those that come in."""

from fastapi import APIRouter, Request, Response

from services.membership.access import employing_organisation, require, steered_network
from services.membership.downloads import FILE_ANSWER, OF_EMPLOYER, OF_NETWORK, Form, Kind, download
from services.membership.exports import views
from services.membership.imports.columns import ImportKind
from services.membership.parts import BASE, With, refusals
from shared.ids import NetworkId, OrganisationId, Ref
from shared.web import Caller

router = APIRouter(prefix=BASE, tags=["exports"])


@router.get(
    "/import-templates",
    operation_id="get_import_template",
    summary="Download a template",
    responses=FILE_ANSWER | refusals(403),
)
async def get_template(kind: Kind, form: Form, request: Request, principal: Caller) -> Response:
    """Any signed-in person: the columns with an example line, as XLSX with explanations."""
    require(principal.kind == "person")
    sheets = views.template(kind, request.state.language)
    return await download(f"{kind.value}-template", sheets, form)


@router.get(
    f"{OF_NETWORK}/export",
    operation_id="get_export",
    summary="Download a network's organisations or contacts",
    responses=FILE_ANSWER | refusals(403, 404),
)
async def get_export(
    network_id: Ref[NetworkId], kind: Kind, form: Form, request: Request, principal: Caller, parts: With
) -> Response:
    """The network's manager and administrators; in the import's columns, to be corrected and imported again."""
    await steered_network(principal, network_id, parts)
    make = views.organisations if kind is ImportKind.ORGANISATIONS else views.contacts
    return await download(kind.value, [await make(parts, network_id, request.state.language)], form)


@router.get(
    f"{OF_EMPLOYER}/export",
    operation_id="get_employee_export",
    summary="Download the employees of an organisation",
    responses=FILE_ANSWER | refusals(403, 404),
)
async def get_employee_export(
    organisation_id: Ref[OrganisationId], form: Form, request: Request, principal: Caller, parts: With
) -> Response:
    """The personnel department and administrators; in the import's columns."""
    own = await employing_organisation(principal, organisation_id, parts)
    return await download("employees", [await views.employees(parts, own, request.state.language)], form)
