"""Routes by which a network invites organisations, and they accept invitations and documents."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from services.membership.access import (
    may_join_on_behalf,
    require,
    speaks_for,
    visible_membership,
    visible_network,
    visible_organisation,
)
from services.membership.answers import shown
from services.membership.joining import handlers
from services.membership.memberships import views
from services.membership.memberships.domain import DocumentKind, Invitation, Membership
from services.membership.memberships.views import MembershipView
from services.membership.parts import BASE, With, refusals
from shared.events.membership import MembershipRole
from shared.ids import MembershipId, NetworkId, OrganisationId, Ref
from shared.web import Body, Commanded

router = APIRouter(prefix=BASE, tags=["memberships"])


class NewInvitation(Body):
    """`until` is the last day on which it can be accepted."""

    organisation_id: Ref[OrganisationId]
    roles: Annotated[list[MembershipRole], Field(min_length=1, max_length=5)]
    until: Annotated[date, Field(ge=date(2000, 1, 1), le=date(2199, 12, 31))]


class NewAcceptance(Body):
    document: DocumentKind
    version: Annotated[int, Field(strict=True, ge=1, le=10_000)]


@router.post(
    "/networks/{network_id}/invitations",
    status_code=201,
    operation_id="invite_organisation",
    summary="Ask an organisation to join",
    responses=refusals(403, 404, 409),
)
async def invite(
    network_id: Ref[NetworkId], body: NewInvitation, command: Commanded, parts: With
) -> MembershipView:
    """The network's manager, for one that he looks after or that was here before; again = other roles or day."""
    await visible_network(command.principal, network_id, parts)
    organisation = await visible_organisation(command.principal, body.organisation_id, parts)
    require(await may_join_on_behalf(command.principal, network_id, organisation, parts))
    handling = handlers.invite_organisation(
        network_id,
        organisation,
        Invitation(roles=tuple(body.roles), until=body.until),
        cause=command.cause,
        networks=parts.networks,
        organisations=parts.organisations,
        memberships=parts.memberships,
        clock=parts.clock,
    )
    return await shown(handling, Membership, views.view_of)


@router.post(
    "/memberships/{membership_id}/accept-invitation",
    operation_id="accept_membership_invitation",
    summary="Join as invited",
    responses=refusals(403, 404, 409),
)
async def accept_invitation(
    membership_id: Ref[MembershipId], command: Commanded, parts: With
) -> MembershipView:
    """The organisation itself; present versions of agreement and annex have to be accepted before."""
    membership = await visible_membership(command.principal, membership_id, parts)
    require(speaks_for(command.principal, membership.organisation_id))
    handling = handlers.accept_invitation(
        membership,
        cause=command.cause,
        networks=parts.networks,
        memberships=parts.memberships,
        clock=parts.clock,
    )
    return await shown(handling, Membership, views.view_of)


@router.post(
    "/memberships/{membership_id}/acceptances",
    status_code=201,
    operation_id="accept_document",
    summary="Accept the agreement or the data-protection annex",
    responses=refusals(403, 404, 409),
)
async def accept_document(
    membership_id: Ref[MembershipId], body: NewAcceptance, command: Commanded, parts: With
) -> MembershipView:
    """The organisation itself, in the present version."""
    membership = await visible_membership(command.principal, membership_id, parts)
    require(speaks_for(command.principal, membership.organisation_id))
    handling = handlers.accept_document(
        membership,
        body.document,
        body.version,
        cause=command.cause,
        networks=parts.networks,
        memberships=parts.memberships,
        clock=parts.clock,
    )
    return await shown(handling, Membership, views.view_of)
