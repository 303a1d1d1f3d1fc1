"""Commands of cost plans."""

from services.courses.costs import domain
from services.courses.costs.domain import CostPlan, plan_id
from shared.ids import OrganisationId
from shared.store import Aggregates, Cause


async def set_plan(plan: CostPlan, cause: Cause, *, plans: Aggregates[CostPlan]) -> CostPlan:
    """Set the cost plan of a pool. Errors: `Invalid` 422."""
    return (await plans.put(plan.id, lambda existing: domain.set_plan(existing, plan), cause)).state


async def pledge_sponsorship(
    pool_id: str, organisation_id: OrganisationId, cents: int, cause: Cause, *, plans: Aggregates[CostPlan]
) -> CostPlan:
    """Set what a company takes over. Errors: `NotFound` 404 while the pool has no cost plan."""
    changed = await plans.change(
        plan_id(pool_id), lambda plan: domain.pledge_sponsorship(plan, organisation_id, cents), cause
    )
    return changed.state
