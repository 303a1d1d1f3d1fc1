"""What a pool's course will cost and who takes over a part, agreed before booking opens. Pure."""

from pydantic import Field

from services.courses.costs.rules import Tariff
from shared.decisions import Change
from shared.errors import Invalid
from shared.events.envelope import Value
from shared.events.planning import CostPlanSet, SponsorPledged
from shared.ids import NetworkId, OrganisationId, PoolId, derived_id

MAX_SPAN = 100  # rows of a preview


def plan_id(pool_id: str) -> str:
    """Return the id of a pool's cost plan; a pool has one."""
    return derived_id("cost-plan", pool_id)


class CostPlan(Value):
    """The cost plan of a pool; `sponsors` by company in cents, on top of the tariff's own sponsor money."""

    id: str
    pool_id: PoolId
    network_id: NetworkId
    tariff: Tariff
    minimum_seats: int
    maximum_seats: int
    sponsors: dict[OrganisationId, int] = Field(default_factory=dict)

    def effective(self) -> Tariff:
        """Return the tariff with every sponsor's money in it."""
        every = self.tariff.sponsor_cents + sum(self.sponsors.values())
        return self.tariff.model_copy(update={"sponsor_cents": every})


def check_span(minimum_seats: int, maximum_seats: int) -> None:
    """Refuse a range that cannot be shown. Errors: `Invalid` 422."""
    if not minimum_seats <= maximum_seats <= minimum_seats + MAX_SPAN:
        raise Invalid(
            pointer="#/maximum_seats",
            reason_en=f"The maximum is at least the minimum, and at most {MAX_SPAN} above it.",
            reason_de=f"Das Höchste ist mindestens das Mindeste und höchstens {MAX_SPAN} darüber.",
        )


def set_plan(existing: CostPlan | None, plan: CostPlan) -> Change[CostPlan]:
    """Set or replace the plan; sponsors stay; changes nothing if it is the same. Errors: `Invalid` 422."""
    check_span(plan.minimum_seats, plan.maximum_seats)
    after = plan.model_copy(update={"sponsors": existing.sponsors if existing else {}})
    if after == existing:
        return Change(after)
    event = CostPlanSet(
        pool_id=plan.pool_id,
        network_id=plan.network_id,
        cost_key=str(plan.tariff.cost_key),
        fixed_cents=plan.tariff.fixed_cents,
        variable_cents=plan.tariff.variable_cents,
        surcharge_cents=plan.tariff.surcharge_cents,
        minimum_seats=plan.minimum_seats,
        maximum_seats=plan.maximum_seats,
    )
    return Change(after, (event,))


def pledge_sponsorship(plan: CostPlan, organisation_id: OrganisationId, cents: int) -> Change[CostPlan]:
    """Set what a company takes over: the latest amount counts, 0 withdraws."""
    if plan.sponsors.get(organisation_id, 0) == cents:
        return Change(plan)
    sponsors = {key: value for key, value in plan.sponsors.items() if key != organisation_id}
    if cents:
        sponsors[organisation_id] = cents
    after = plan.model_copy(update={"sponsors": sponsors})
    event = SponsorPledged(
        pool_id=plan.pool_id,
        network_id=plan.network_id,
        organisation_id=organisation_id,
        cents=cents,
        sponsor_cents=sum(sponsors.values()),
    )
    return Change(after, (event,))
