"""Events of the courses service about preparing a course: cost plans, planning runs, pools that change.

Published on `verbund.courses.events`; `shared.events.courses` lists them with the rest of the service's events.
"""

from typing import Literal

from shared.events.envelope import Event
from shared.ids import NeedId, NetworkId, OrganisationId, PlanningRunId, PoolId, SessionId


class CostPlanSet(Event):
    """How the cost of a pool's course will be shared, before anybody commits; money in cents."""

    type: Literal["verbund.courses.cost-plan-set.v1"] = "verbund.courses.cost-plan-set.v1"
    pool_id: PoolId
    network_id: NetworkId
    cost_key: str
    fixed_cents: int
    variable_cents: int
    surcharge_cents: int
    minimum_seats: int
    maximum_seats: int


class SponsorPledged(Event):
    """A company takes over a part of the cost; `sponsor_cents` is the sum over all sponsors afterwards."""

    type: Literal["verbund.courses.sponsor-pledged.v1"] = "verbund.courses.sponsor-pledged.v1"
    pool_id: PoolId
    network_id: NetworkId
    organisation_id: OrganisationId
    cents: int
    sponsor_cents: int


class PlanningRunRequested(Event):
    """A manager asks for a plan of the network's needs, as they were at this instant."""

    type: Literal["verbund.courses.planning-run-requested.v1"] = "verbund.courses.planning-run-requested.v1"
    run_id: PlanningRunId
    network_id: NetworkId
    based_on: PlanningRunId | None = None
    needs: int
    offers: int


class PlanningRunStarted(Event):
    """A worker searches; `attempt` is above 1 where an earlier one was lost."""

    type: Literal["verbund.courses.planning-run-started.v1"] = "verbund.courses.planning-run-started.v1"
    run_id: PlanningRunId
    network_id: NetworkId
    attempt: int


class PlanProposed(Event):
    """A plan waits for the manager's decision; no plan can serve more than `heads_bound` heads. Money in cents."""

    type: Literal["verbund.courses.plan-proposed.v1"] = "verbund.courses.plan-proposed.v1"
    run_id: PlanningRunId
    network_id: NetworkId
    sessions: int
    heads: int
    heads_bound: int | None = None
    cents: int


class PlanningRunFailed(Event):
    type: Literal["verbund.courses.planning-run-failed.v1"] = "verbund.courses.planning-run-failed.v1"
    run_id: PlanningRunId
    network_id: NetworkId
    reason_code: str


class PlanningRunCancelled(Event):
    type: Literal["verbund.courses.planning-run-cancelled.v1"] = "verbund.courses.planning-run-cancelled.v1"
    run_id: PlanningRunId
    network_id: NetworkId


class PlanAccepted(Event):
    """The manager took over sessions of the plan; they are drafts until somebody opens them for booking."""

    type: Literal["verbund.courses.plan-accepted.v1"] = "verbund.courses.plan-accepted.v1"
    run_id: PlanningRunId
    network_id: NetworkId
    session_ids: tuple[SessionId, ...]


class NeedRemovedFromPool(Event):
    """A need left the pool: the manager split or merged it, or took the need out."""

    type: Literal["verbund.courses.need-removed-from-pool.v1"] = "verbund.courses.need-removed-from-pool.v1"
    pool_id: PoolId
    network_id: NetworkId
    need_id: NeedId


class PoolDissolved(Event):
    """The pool ends without a course; its pledges are void."""

    type: Literal["verbund.courses.pool-dissolved.v1"] = "verbund.courses.pool-dissolved.v1"
    pool_id: PoolId
    network_id: NetworkId


class PoolNetworkInvited(Event):
    """The pool's manager asks another network to join."""

    type: Literal["verbund.courses.pool-network-invited.v1"] = "verbund.courses.pool-network-invited.v1"
    pool_id: PoolId
    network_id: NetworkId
    partner_network_id: NetworkId


class PoolNetworkAgreed(Event):
    """The other network's manager agreed: needs and pledges of both may be in the pool."""

    type: Literal["verbund.courses.pool-network-agreed.v1"] = "verbund.courses.pool-network-agreed.v1"
    pool_id: PoolId
    network_id: NetworkId
    partner_network_id: NetworkId


class PoolNetworkLeft(Event):
    """The other network declined, left, or was asked to leave."""

    type: Literal["verbund.courses.pool-network-left.v1"] = "verbund.courses.pool-network-left.v1"
    pool_id: PoolId
    network_id: NetworkId
    partner_network_id: NetworkId


COST_EVENTS: tuple[type[Event], ...] = (CostPlanSet, SponsorPledged)
RUN_EVENTS: tuple[type[Event], ...] = (
    PlanningRunRequested,
    PlanningRunStarted,
    PlanProposed,
    PlanningRunFailed,
    PlanningRunCancelled,
    PlanAccepted,
)
POOL_EVENTS: tuple[type[Event], ...] = (
    NeedRemovedFromPool,
    PoolDissolved,
    PoolNetworkInvited,
    PoolNetworkAgreed,
    PoolNetworkLeft,
)
EVENTS: tuple[type[Event], ...] = (*COST_EVENTS, *RUN_EVENTS, *POOL_EVENTS)
