"""Routes of memberships."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query
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
from services.membership.memberships import domain, handlers, views
from services.membership.memberships.domain import (
    DeclineReason,
    Membership,
    MembershipCommand,
    MembershipState,
    TerminationReason,
)
from services.membership.memberships.store import membership_id as id_of
from services.membership.memberships.views import MembershipItem, MembershipView
from services.membership.parts import BASE, Parts, With, refusals
from shared.auth import Principal
from shared.decisions import Change
from shared.events.membership import MembershipRole
from shared.ids import MembershipId, NetworkId, OrganisationId, Ref
from shared.mongo import Document
from shared.web import Body, Caller, Command, Commanded, Page, Paged

router = APIRouter(prefix=BASE, tags=["memberships"])

Roles = Annotated[list[MembershipRole], Field(min_length=1, max_length=5)]
Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2199, 12, 31))]


class Application(Body):
    organisation_id: Ref[OrganisationId]


class Admission(Body):
    roles: Roles
    since: Day


class Declining(Body):
    reason_code: DeclineReason = DeclineReason.OTHER


class Termination(Body):
    reason_code: TerminationReason = TerminationReason.OTHER


@router.post(
    "/networks/{network_id}/memberships",
    status_code=201,
    operation_id="post_membership",
    summary="Apply for membership",
    responses=refusals(403, 404, 409),
)
async def post_membership(
    network_id: Ref[NetworkId], body: Application, command: Commanded, parts: With
) -> MembershipView:
    """The organisation itself; an administrator; the network's manager for one that he registered or knows."""
    principal = command.principal
    await visible_network(principal, network_id, parts)
    organisation = await visible_organisation(principal, body.organisation_id, parts)
    on_behalf = await may_join_on_behalf(principal, network_id, organisation, parts)
    require(principal.is_admin or speaks_for(principal, body.organisation_id) or on_behalf)
    handling = handlers.apply_for_membership(
        network_id,
        body.organisation_id,
        cause=command.cause,
        networks=parts.networks,
        organisations=parts.organisations,
        memberships=parts.memberships,
        clock=parts.clock,
    )
    return await shown(handling, Membership, views.view_of)


@router.get(
    "/networks/{network_id}/memberships",
    operation_id="get_memberships",
    summary="List memberships of a network",
    responses=refusals(403, 404),
)
async def get_memberships(
    network_id: Ref[NetworkId],
    principal: Caller,
    paging: Paged,
    parts: With,
    status: Annotated[MembershipState | None, Query(description="Only these")] = None,
) -> Page[MembershipItem]:
    """Its manager and administrators see all; everybody else those of the own organisations."""
    await visible_network(principal, network_id, parts)
    where: Document = {"network_id": network_id}
    if not (principal.is_admin or principal.manages(network_id)):
        where["_id"] = {"$in": [id_of(network_id, one) for one in sorted(principal.organisations)]}
    if status is not None:
        where["status"] = status.value
    return await views.memberships_where(
        parts.memberships.collection, parts.organisations.collection, where, paging
    )


@router.get(
    "/memberships/{membership_id}",
    operation_id="get_membership",
    summary="Read a membership",
    responses=refusals(404),
)
async def get_membership(membership_id: Ref[MembershipId], principal: Caller, parts: With) -> MembershipView:
    """The network's manager, the organisation's people, administrators."""
    return views.view_of(await visible_membership(principal, membership_id, parts))


@router.post(
    "/memberships/{membership_id}/admit",
    operation_id="admit_member",
    summary="Admit an applicant",
    responses=refusals(403, 404, 409),
)
async def admit(
    membership_id: Ref[MembershipId], body: Admission, command: Commanded, parts: With
) -> MembershipView:
    """The network's manager; the network must be active or self-sustaining."""
    membership = await _managed(command.principal, membership_id, parts)
    handling = handlers.admit_member(
        membership,
        tuple(body.roles),
        body.since,
        cause=command.cause,
        networks=parts.networks,
        memberships=parts.memberships,
    )
    return await shown(handling, Membership, views.view_of)


@router.put(
    "/memberships/{membership_id}/roles",
    operation_id="put_membership_roles",
    summary="Set a member's roles",
    responses=refusals(403, 404, 409),
)
async def put_roles(
    membership_id: Ref[MembershipId], body: Admission, command: Commanded, parts: With
) -> MembershipView:
    """The network's manager. Roles it had keep their date, new ones hold from `since`."""
    await _managed(command.principal, membership_id, parts)
    decide = partial(domain.assign_roles, roles=tuple(body.roles), since=body.since)
    return await _move(membership_id, decide, command, parts)


@router.post(
    "/memberships/{membership_id}/decline",
    operation_id="decline_applicant",
    summary="Turn an applicant down",
    responses=refusals(403, 404, 409),
)
async def decline(
    membership_id: Ref[MembershipId], command: Commanded, parts: With, body: Declining | None = None
) -> MembershipView:
    """The network's manager."""
    await _managed(command.principal, membership_id, parts)
    reason = (body or Declining()).reason_code
    return await _move(membership_id, partial(domain.decline, reason=reason), command, parts)


@router.post(
    "/memberships/{membership_id}/suspend",
    operation_id="suspend_member",
    summary="Suspend a member",
    responses=refusals(403, 404, 409),
)
async def suspend(membership_id: Ref[MembershipId], command: Commanded, parts: With) -> MembershipView:
    """The network's manager."""
    await _managed(command.principal, membership_id, parts)
    decide = partial(domain.move, command=MembershipCommand.SUSPEND)
    return await _move(membership_id, decide, command, parts)


@router.post(
    "/memberships/{membership_id}/resume",
    operation_id="resume_member",
    summary="End a suspension",
    responses=refusals(403, 404, 409),
)
async def resume(membership_id: Ref[MembershipId], command: Commanded, parts: With) -> MembershipView:
    """The network's manager."""
    await _managed(command.principal, membership_id, parts)
    decide = partial(domain.move, command=MembershipCommand.RESUME)
    return await _move(membership_id, decide, command, parts)


@router.post(
    "/memberships/{membership_id}/withdraw",
    operation_id="withdraw_application",
    summary="Withdraw an application",
    responses=refusals(403, 404, 409),
)
async def withdraw(membership_id: Ref[MembershipId], command: Commanded, parts: With) -> MembershipView:
    """The organisation itself."""
    membership = await visible_membership(command.principal, membership_id, parts)
    require(speaks_for(command.principal, membership.organisation_id))
    decide = partial(domain.move, command=MembershipCommand.WITHDRAW)
    return await _move(membership_id, decide, command, parts)


@router.post(
    "/memberships/{membership_id}/terminate",
    operation_id="terminate_membership",
    summary="End a membership",
    responses=refusals(403, 404, 409),
)
async def terminate(
    membership_id: Ref[MembershipId], command: Commanded, parts: With, body: Termination | None = None
) -> MembershipView:
    """The network's manager; the organisation itself with reason `left`."""
    membership = await visible_membership(command.principal, membership_id, parts)
    reason = (body or Termination()).reason_code
    leaves = speaks_for(command.principal, membership.organisation_id) and reason is TerminationReason.LEFT
    require(command.principal.manages(membership.network_id) or leaves)
    return await _move(membership_id, partial(domain.terminate, reason=reason), command, parts)


async def _managed(principal: Principal, membership_id: str, parts: Parts) -> Membership:
    membership = await visible_membership(principal, membership_id, parts)
    require(principal.manages(membership.network_id))
    return membership


async def _move(
    membership_id: str, decide: Callable[[Membership], Change[Membership]], command: Command, parts: Parts
) -> MembershipView:
    handling = handlers.move_membership(
        membership_id, decide, cause=command.cause, memberships=parts.memberships
    )
    return await shown(handling, Membership, views.view_of)
