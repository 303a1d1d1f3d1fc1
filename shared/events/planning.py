"""Events of the courses service about preparing a course: cost plans, planning runs, pools that change.

Published on `verbund.courses.events`; `shared.events.courses` lists them with the rest of the service's events.
"""

from typing import Literal

from shared.events.envelope import Event
from shared.ids import NetworkId, OrganisationId, PoolId


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


EVENTS: tuple[type[Event], ...] = (CostPlanSet, SponsorPledged)
