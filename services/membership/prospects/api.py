"""Routes of a network's prospects: its managers only, as nobody else has to know whom it talks to."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field, StringConstraints

from services.membership.access import require, visible_network
from services.membership.parts import BASE, Parts, With, refusals
from services.membership.people.api import Email
from services.membership.prospects import domain, links, views
from services.membership.prospects.domain import (
    Channel,
    Particulars,
    Person,
    Prospect,
    ProspectState,
    Source,
    Talk,
)
from services.membership.prospects.views import ProspectLinkView, ProspectView
from shared.auth import Principal
from shared.clock import epoch_ms
from shared.errors import Invalid
from shared.events.membership import MembershipRole, OrganisationKind
from shared.ids import NetworkId, Ref
from shared.mongo import Document
from shared.reference import districts
from shared.text import Name, Note
from shared.web import Body, Caller, Commanded, Page, Paged

router = APIRouter(prefix=f"{BASE}/networks/{{network_id}}/prospects", tags=["prospects"])

Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2199, 12, 31))]
Phone = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^\+?[0-9 ()/.-]{3,40}$")]


class ContactBody(Body):
    name: Name | None = None
    email: Email | None = None
    phone: Phone | None = None


class ProspectBody(Body):
    organisation_name: Name
    kind: OrganisationKind = OrganisationKind.COMPANY
    ags: Annotated[str, Field(pattern=r"^\d{5}$", description="AGS of a district, 5 digits")]
    contact: ContactBody = ContactBody()
    source: Source = Source.OTHER


class TalkBody(Body):
    on: Day
    channel: Channel
    note: Note = ""


class Offer(Body):
    """`until` is the last day on which the link works."""

    roles: Annotated[list[MembershipRole], Field(min_length=1, max_length=5)]
    until: Day


@router.post(
    "", status_code=201, operation_id="post_prospect", summary="Note a prospect", responses=refusals(403, 404)
)
async def post_prospect(
    network_id: Ref[NetworkId], body: ProspectBody, command: Commanded, parts: With
) -> ProspectView:
    """Kept for half a year after the last change; tell the person where you have the address from (Art. 14 GDPR)."""
    await _manager(command.principal, network_id, parts)
    now = epoch_ms(parts.clock())
    prospect = Prospect(
        id=command.id_for("prospect"),
        network_id=network_id,
        created_ms=now,
        changed_ms=now,
        **dict(_particulars(body)),
    )
    return views.view_of(await parts.prospects.add(prospect))


@router.get("", operation_id="get_prospects", summary="List prospects", responses=refusals(403, 404))
async def get_prospects(
    network_id: Ref[NetworkId],
    principal: Caller,
    paging: Paged,
    parts: With,
    status: Annotated[ProspectState | None, Query(description="Only these")] = None,
) -> Page[ProspectView]:
    """Newest first."""
    await _manager(principal, network_id, parts)
    where: Document = {"network_id": network_id}
    if status is not None:
        where["status"] = status.value
    return await views.prospects_where(parts.prospects.collection, where, paging)


@router.get(
    "/{prospect_id}", operation_id="get_prospect", summary="Read a prospect", responses=refusals(403, 404)
)
async def get_prospect(
    network_id: Ref[NetworkId], prospect_id: Ref[str], principal: Caller, parts: With
) -> ProspectView:
    """With every talk that was noted."""
    await _manager(principal, network_id, parts)
    return views.view_of(await parts.prospects.get(network_id, prospect_id))


@router.put(
    "/{prospect_id}",
    operation_id="put_prospect",
    summary="Correct a prospect",
    responses=refusals(403, 404, 409),
)
async def put_prospect(
    network_id: Ref[NetworkId], prospect_id: Ref[str], body: ProspectBody, command: Commanded, parts: With
) -> ProspectView:
    """A dropped one is taken up again by it."""
    await _manager(command.principal, network_id, parts)
    particulars, now = _particulars(body), epoch_ms(parts.clock())
    after = await parts.prospects.change(
        network_id, prospect_id, lambda one: domain.revise(one, particulars, now)
    )
    return views.view_of(after)


@router.post(
    "/{prospect_id}/talks",
    status_code=201,
    operation_id="post_talk",
    summary="Note a talk with a prospect",
    responses=refusals(403, 404, 409),
)
async def post_talk(
    network_id: Ref[NetworkId], prospect_id: Ref[str], body: TalkBody, command: Commanded, parts: With
) -> ProspectView:
    """When, by which channel, and what about."""
    await _manager(command.principal, network_id, parts)
    talk = Talk(id=command.id_for("talk"), on=body.on, channel=body.channel, note=body.note)
    now = epoch_ms(parts.clock())
    after = await parts.prospects.change(network_id, prospect_id, lambda one: domain.note(one, talk, now))
    return views.view_of(after)


@router.post(
    "/{prospect_id}/invite",
    operation_id="invite_prospect",
    summary="Make a link by which a prospect can join",
    responses=refusals(403, 404, 409),
)
async def invite_prospect(
    network_id: Ref[NetworkId], prospect_id: Ref[str], body: Offer, command: Commanded, parts: With
) -> ProspectLinkView:
    """Send it yourself; whoever has it can join in the prospect's place. A new link ends the older ones."""
    await _manager(command.principal, network_id, parts)
    now, roles = epoch_ms(parts.clock()), tuple(body.roles)
    key = command.id_for("link")
    after = await parts.prospects.change(
        network_id, prospect_id, lambda one: domain.invite(one, roles, body.until, key, now)
    )
    token = links.token_of(parts.keyring, after.id, after.invitation)
    return ProspectLinkView(url=f"{parts.public_url}/einladung/{token}", until=body.until)


@router.post(
    "/{prospect_id}/drop",
    operation_id="drop_prospect",
    summary="Give a prospect up",
    responses=refusals(403, 404, 409),
)
async def drop_prospect(
    network_id: Ref[NetworkId], prospect_id: Ref[str], command: Commanded, parts: With
) -> ProspectView:
    """Its link ends; it is deleted after half a year."""
    await _manager(command.principal, network_id, parts)
    now = epoch_ms(parts.clock())
    after = await parts.prospects.change(network_id, prospect_id, lambda one: domain.drop(one, now))
    return views.view_of(after)


@router.delete(
    "/{prospect_id}",
    status_code=204,
    operation_id="delete_prospect",
    summary="Delete a prospect",
    responses=refusals(403, 404),
)
async def delete_prospect(
    network_id: Ref[NetworkId], prospect_id: Ref[str], command: Commanded, parts: With
) -> Response:
    """At once and for good, e.g. because the person asks for it (Art. 17, 21 GDPR)."""
    await _manager(command.principal, network_id, parts)
    await parts.prospects.delete(network_id, prospect_id)
    return Response(status_code=204)


async def _manager(principal: Principal, network_id: str, parts: Parts) -> None:
    await visible_network(principal, network_id, parts)
    require(principal.manages(network_id))


def _particulars(body: ProspectBody) -> Particulars:
    if body.ags not in districts():
        raise Invalid(
            pointer="#/ags", reason_en="There is no such district.", reason_de="Diesen Kreis gibt es nicht."
        )
    return Particulars(
        organisation_name=body.organisation_name,
        kind=body.kind,
        ags=body.ags,
        contact=Person.model_validate(body.contact.model_dump()),
        source=body.source,
    )
