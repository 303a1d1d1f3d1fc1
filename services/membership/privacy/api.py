"""Routes of a person's rights: everything held about her, and who looked at it."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse

from services.membership.access import require
from services.membership.parts import BASE, Parts, With, refusals
from services.membership.people.domain import Person
from services.membership.privacy import exports, views
from services.membership.privacy.accesses import EMPLOYER_EXPORTED, EXPORTED
from services.membership.privacy.rights import exportable
from services.membership.privacy.views import AccessView
from shared.auth import Principal
from shared.errors import NotFound
from shared.ids import NetworkId, PersonId, Ref
from shared.web import Caller, Page, Paged

router = APIRouter(prefix=BASE, tags=["privacy"])

type Format = Annotated[Literal["json", "html"], Query(alias="format")]
ANSWERS: dict[str, object] = {"content": {"text/html": {}}, "description": "The export"}
EXPORTS_PER_HOUR = 20  # [P] per caller: each one asks every service and reads everything


@router.get(
    "/me/export",
    operation_id="get_own_export",
    summary="Everything that is held about me",
    response_model=exports.Export,
    responses={**refusals(403, 404, 429), 200: ANSWERS},
)
async def get_own_export(
    principal: Caller, parts: With, request: Request, format_: Format = "json"
) -> Response:
    """The person of the access token: all of it, over all services."""
    require(principal.kind == "person")
    person = await parts.people.get(principal.id)
    return await _export(person, None, principal, parts, request.state.language, format_)


@router.get(
    "/people/{person_id}/export",
    operation_id="get_person_export",
    summary="Everything that is held about a person",
    response_model=exports.Export,
    responses={**refusals(404, 429), 200: ANSWERS},
)
async def get_export(
    person_id: Ref[PersonId], principal: Caller, parts: With, request: Request, format_: Format = "json"
) -> Response:
    """Administrators, who answer a request by letter: all of it, over all services.

    The personnel department: what it knows as an employer. The look is noted for the person to see.
    """
    person, employers = await exportable(principal, person_id, parts)
    return await _export(person, employers, principal, parts, request.state.language, format_)


@router.get(
    "/me/accesses",
    operation_id="get_own_accesses",
    summary="Who looked at my data",
    responses=refusals(403),
)
async def get_own_accesses(principal: Caller, paging: Paged, parts: With) -> Page[AccessView]:
    """The person of the access token; newest first, one entry per viewer, occasion and day."""
    require(principal.kind == "person")
    return await views.accesses_where({"subject": principal.id}, paging, parts)


@router.get(
    "/networks/{network_id}/accesses",
    operation_id="get_network_accesses",
    summary="Who looked at participants' data in a network",
    responses=refusals(403, 404),
)
async def get_network_accesses(
    network_id: Ref[NetworkId], principal: Caller, paging: Paged, parts: With
) -> Page[AccessView]:
    """The network's manager; the people of its members and applicants."""
    await parts.networks.get(network_id)
    if not principal.manages(network_id):
        require(principal.kind == "person" and network_id not in principal.networks)
        raise NotFound(kind="network")
    members = await parts.memberships.collection.find(
        {"network_id": network_id, "live": True}, {"organisation_id": 1}
    )
    organisations = [one["organisation_id"] for one in members]
    return await views.accesses_where({"organisation_ids": {"$in": organisations}}, paging, parts)


async def _export(
    person: Person, employers: list[str] | None, principal: Principal, parts: Parts, language: str, form: str
) -> Response:
    await parts.limits.call("export", principal.id, limit=EXPORTS_PER_HOUR, window_s=3600)
    await parts.accesses.note(principal, EXPORTED if employers is None else EMPLOYER_EXPORTED, [person])
    made = await exports.gather(person, employers, language, parts)
    headers = {"Content-Disposition": f'attachment; filename="export.{form}"'}
    if form == "html":
        return HTMLResponse(exports.page(made, language), headers=headers)
    return JSONResponse(made.model_dump(mode="json"), headers=headers)
