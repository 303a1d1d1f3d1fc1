"""Routes of networks."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import Field

from services.membership.access import require, steered_network, visible_network
from services.membership.answers import shown
from services.membership.networks import domain, handlers, views
from services.membership.networks.domain import Goal, GoalMetric, Network, NetworkState, SectorFocus
from services.membership.networks.policies import MAX_DAYS_BEFORE, Policies, PolicyVersion
from services.membership.networks.views import NetworkView, PolicyHistory
from services.membership.parts import BASE, Parts, With, refusals
from services.membership.reference import default_policies
from shared.clock import epoch_ms
from shared.decisions import Change
from shared.errors import Forbidden, Invalid
from shared.events.membership import CancellationTier
from shared.ids import NetworkId, Ref
from shared.reference import districts
from shared.text import Name
from shared.web import Body, Caller, Command, Commanded, Page, Paged

router = APIRouter(prefix=f"{BASE}/networks", tags=["networks"])

Ags = Annotated[str, Field(pattern=r"^\d{5}$", description="AGS of a Stadt- or Landkreis, 5 digits")]
Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2199, 12, 31))]


class NewNetwork(Body):
    name: Name
    sector_focus: SectorFocus
    ags: Annotated[list[Ags], Field(min_length=1, max_length=44)]


class Tier(Body):
    days_before: Annotated[int, Field(strict=True, ge=0, le=MAX_DAYS_BEFORE)]
    fee_percent: Annotated[int, Field(strict=True, ge=0, le=100)]


class NewPolicies(Body):
    """What is left out holds on as it is. `valid_from` is today if missing, and never earlier."""

    cancellation: Annotated[list[Tier], Field(min_length=1, max_length=10)]
    waitlist_cap_per_company: Annotated[int, Field(strict=True, ge=1, le=1000)] | None = None
    pooling_days: Annotated[int, Field(strict=True, ge=1, le=365)] | None = None
    pool_minimum_companies: Annotated[int, Field(strict=True, ge=1, le=100)] | None = None
    pre_emptive_working_days: Annotated[int, Field(strict=True, ge=0, le=60)] | None = None
    cost_key: (
        Literal["per_seat", "per_company", "fixed_plus_variable", "size_weighted", "contingent"] | None
    ) = None
    valid_from: Day | None = None


class GoalBody(Body):
    metric: GoalMetric
    target: Annotated[int, Field(strict=True, ge=1, le=10_000_000)]
    due: Day


class Goals(Body):
    goals: Annotated[list[GoalBody], Field(max_length=50)]


class NewDocuments(Body):
    """Title and place of what members accept; another text is the next version."""

    agreement: Name | None = None
    annex: Name | None = None


@router.post(
    "", status_code=201, operation_id="post_network", summary="Found a network", responses=refusals(403, 409)
)
async def post_network(body: NewNetwork, command: Commanded, parts: With) -> NetworkView:
    """Administrators only. The network begins with the default cancellation tiers, version 1."""
    require(command.principal.is_admin)
    _check_districts(body.ags)
    now = parts.clock()
    policies = default_policies(now.date())
    new = Network(
        id=NetworkId(command.id_for("network")),
        name=body.name,
        sector_focus=body.sector_focus,
        ags=tuple(sorted(set(body.ags))),
        status=NetworkState.FORMING,
        policies=policies,
        policies_version=1,
        history=(PolicyVersion(version=1, valid_from=handlers.day_of(parts.clock), policies=policies),),
        created_ms=epoch_ms(now),
    )
    handling = handlers.found_network(new, cause=command.cause, networks=parts.networks)
    return await shown(handling, Network, views.view_of)


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
    "/{network_id}",
    operation_id="put_network",
    summary="Correct a network",
    responses=refusals(403, 404, 409),
)
async def put_network(
    network_id: Ref[NetworkId], body: NewNetwork, command: Commanded, parts: With
) -> NetworkView:
    """An administrator or the network's manager: name, sector focus, region."""
    _check_districts(body.ags)
    await steered_network(command.principal, network_id, parts)
    decide = partial(
        domain.revise, name=body.name, sector_focus=body.sector_focus, ags=tuple(sorted(set(body.ags)))
    )
    return await _changed(network_id, decide, command, parts)


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
    network = await visible_network(command.principal, network_id, parts)
    require(command.principal.manages(network_id))
    handling = handlers.change_policies(
        network_id,
        _policies(network.policies, body),
        body.valid_from,
        cause=command.cause,
        networks=parts.networks,
        clock=parts.clock,
    )
    return await shown(handling, Network, views.view_of)


@router.get(
    "/{network_id}/policies",
    operation_id="get_network_policies",
    summary="Read all versions of the rules for courses",
    responses=refusals(403, 404),
)
async def get_policies(network_id: Ref[NetworkId], principal: Caller, parts: With) -> PolicyHistory:
    """Any signed-in person."""
    return views.history_of(await visible_network(principal, network_id, parts))


@router.put(
    "/{network_id}/goals",
    operation_id="put_network_goals",
    summary="Set a network's goals",
    responses=refusals(403, 404, 409),
)
async def put_goals(network_id: Ref[NetworkId], body: Goals, command: Commanded, parts: With) -> NetworkView:
    """An administrator or the network's manager; all goals at once."""
    await steered_network(command.principal, network_id, parts)
    goals = tuple(Goal.model_validate(goal.model_dump()) for goal in body.goals)
    return await _changed(network_id, partial(domain.set_goals, goals=goals), command, parts)


@router.put(
    "/{network_id}/documents",
    operation_id="put_network_documents",
    summary="Name the agreement and the data-protection annex",
    responses=refusals(403, 404, 409),
)
async def put_documents(
    network_id: Ref[NetworkId], body: NewDocuments, command: Commanded, parts: With
) -> NetworkView:
    """An administrator or the network's manager; members accept the present versions before they are admitted."""
    await steered_network(command.principal, network_id, parts)
    decide = partial(domain.set_documents, agreement=body.agreement, annex=body.annex)
    return await _changed(network_id, decide, command, parts)


@router.post(
    "/{network_id}/activate",
    operation_id="activate_network",
    summary="Let a network admit members",
    responses=refusals(403, 404, 409),
)
async def activate(network_id: Ref[NetworkId], command: Commanded, parts: With) -> NetworkView:
    """An administrator or the network's manager; forming → active."""
    await steered_network(command.principal, network_id, parts)
    return await _changed(network_id, domain.activate, command, parts)


@router.post(
    "/{network_id}/mark-self-sustaining",
    operation_id="mark_network_self_sustaining",
    summary="Note that a network goes on without its grant",
    responses=refusals(403, 404, 409),
)
async def mark_self_sustaining(network_id: Ref[NetworkId], command: Commanded, parts: With) -> NetworkView:
    """An administrator or the network's manager; active → self-sustaining."""
    await steered_network(command.principal, network_id, parts)
    return await _changed(network_id, domain.mark_self_sustaining, command, parts)


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
    return await _changed(network_id, domain.close, command, parts)


async def _changed(
    network_id: str, decide: Callable[[Network], Change[Network]], command: Command, parts: Parts
) -> NetworkView:
    handling = handlers.change_network(network_id, decide, cause=command.cause, networks=parts.networks)
    return await shown(handling, Network, views.view_of)


def _policies(present: Policies, body: NewPolicies) -> Policies:
    tiers = tuple(
        CancellationTier(days_before=tier.days_before, fee_percent=tier.fee_percent)
        for tier in body.cancellation
    )
    given = body.model_dump(exclude={"cancellation", "valid_from"}, exclude_unset=True)
    cap = given.pop("waitlist_cap_per_company", None)  # leaving it out takes the cap away, as it always did
    changes = {name: value for name, value in given.items() if value is not None}
    return present.model_copy(update={**changes, "cancellation": tiers, "waitlist_cap_per_company": cap})


def _check_districts(ags: list[str]) -> None:
    for number, one in enumerate(ags):
        if one not in districts():
            raise Invalid(
                pointer=f"#/ags/{number}",
                reason_en="There is no such district.",
                reason_de="Diesen Kreis gibt es nicht.",
            )
