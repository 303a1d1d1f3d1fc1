"""Routes of networks."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from services.membership.access import require, visible_network
from services.membership.answers import answered
from services.membership.networks import domain, handlers, views
from services.membership.networks.domain import MAX_DAYS_BEFORE, Network, NetworkState, Policies, SectorFocus
from services.membership.networks.views import NetworkView
from services.membership.parts import BASE, With, refusals
from services.membership.reference import default_policies
from shared.clock import epoch_ms
from shared.errors import Forbidden, Invalid
from shared.events.membership import CancellationTier
from shared.ids import NetworkId, Ref
from shared.reference import districts
from shared.text import Name
from shared.web import Body, Caller, Commanded, Page, Paged

router = APIRouter(prefix=f"{BASE}/networks", tags=["networks"])

Ags = Annotated[str, Field(pattern=r"^\d{5}$", description="AGS of a Stadt- or Landkreis, 5 digits")]


class NewNetwork(Body):
    name: Name
    sector_focus: SectorFocus
    ags: Annotated[list[Ags], Field(min_length=1, max_length=44)]


class Tier(Body):
    days_before: Annotated[int, Field(strict=True, ge=0, le=MAX_DAYS_BEFORE)]
    fee_percent: Annotated[int, Field(strict=True, ge=0, le=100)]


class NewPolicies(Body):
    cancellation: Annotated[list[Tier], Field(min_length=1, max_length=10)]
    waitlist_cap_per_company: Annotated[int, Field(strict=True, ge=1, le=1000)] | None = None


@router.post(
    "", status_code=201, operation_id="post_network", summary="Found a network", responses=refusals(403, 409)
)
async def post_network(body: NewNetwork, command: Commanded, parts: With) -> NetworkView:
    """Administrators only. The network begins with the default cancellation tiers, version 1."""
    require(command.principal.is_admin)
    for number, ags in enumerate(body.ags):
        if ags not in districts():
            raise Invalid(
                pointer=f"#/ags/{number}",
                reason_en="There is no such district.",
                reason_de="Diesen Kreis gibt es nicht.",
            )
    now = parts.clock()
    new = Network(
        id=NetworkId(command.id_for("network")),
        name=body.name,
        sector_focus=body.sector_focus,
        ags=tuple(sorted(set(body.ags))),
        status=NetworkState.FORMING,
        policies=default_policies(now.date()),
        policies_version=1,
        created_ms=epoch_ms(now),
    )
    outcome = await handlers.found_network(new, cause=command.cause, networks=parts.networks)
    return views.view_of(answered(outcome, Network))


@router.get("", operation_id="get_networks", summary="List networks", responses=refusals(403))
async def get_networks(principal: Caller, paging: Paged, parts: With) -> Page[NetworkView]:
    """Any signed-in person; newest first."""
    if principal.kind != "person":
        raise Forbidden
    return await views.all_networks(parts.networks.collection, paging)


@router.get(
    "/{network_id}", operation_id="get_network", summary="Read a network", responses=refusals(403, 404)
)
async def get_network(network_id: Ref[NetworkId], principal: Caller, parts: With) -> NetworkView:
    """Any signed-in person."""
    return views.view_of(await visible_network(principal, network_id, parts))


@router.put(
    "/{network_id}/policies",
    operation_id="put_network_policies",
    summary="Change the rules for courses",
    responses=refusals(403, 404, 409),
)
async def put_policies(
    network_id: Ref[NetworkId], body: NewPolicies, command: Commanded, parts: With
) -> NetworkView:
    """The network's manager. Equal rules keep the version; bookings made before keep theirs."""
    await visible_network(command.principal, network_id, parts)
    require(command.principal.manages(network_id))
    tiers = tuple(
        CancellationTier(days_before=tier.days_before, fee_percent=tier.fee_percent)
        for tier in body.cancellation
    )
    policies = Policies(cancellation=tiers, waitlist_cap_per_company=body.waitlist_cap_per_company)
    outcome = await handlers.change_policies(
        network_id, policies, cause=command.cause, networks=parts.networks
    )
    return views.view_of(answered(outcome, Network))


@router.post(
    "/{network_id}/activate",
    operation_id="activate_network",
    summary="Let a network admit members",
    responses=refusals(403, 404, 409),
)
async def activate(network_id: Ref[NetworkId], command: Commanded, parts: With) -> NetworkView:
    """An administrator or the network's manager; forming → active."""
    await visible_network(command.principal, network_id, parts)
    require(command.principal.is_admin or command.principal.manages(network_id))
    outcome = await handlers.move_network(
        network_id, domain.activate, cause=command.cause, networks=parts.networks
    )
    return views.view_of(answered(outcome, Network))


@router.post(
    "/{network_id}/mark-self-sustaining",
    operation_id="mark_network_self_sustaining",
    summary="Note that a network goes on without its grant",
    responses=refusals(403, 404, 409),
)
async def mark_self_sustaining(network_id: Ref[NetworkId], command: Commanded, parts: With) -> NetworkView:
    """An administrator or the network's manager; active → self-sustaining."""
    await visible_network(command.principal, network_id, parts)
    require(command.principal.is_admin or command.principal.manages(network_id))
    outcome = await handlers.move_network(
        network_id, domain.mark_self_sustaining, cause=command.cause, networks=parts.networks
    )
    return views.view_of(answered(outcome, Network))


@router.post(
    "/{network_id}/close",
    operation_id="close_network",
    summary="End a network",
    responses=refusals(403, 404, 409),
)
async def close(network_id: Ref[NetworkId], command: Commanded, parts: With) -> NetworkView:
    """Administrators only; final."""
    await visible_network(command.principal, network_id, parts)
    require(command.principal.is_admin)
    outcome = await handlers.move_network(
        network_id, domain.close, cause=command.cause, networks=parts.networks
    )
    return views.view_of(answered(outcome, Network))
