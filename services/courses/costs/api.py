"""Routes of cost plans and previews."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from services.courses.costs import handlers
from services.courses.costs.domain import CostPlan, check_span, plan_id
from services.courses.costs.rules import Party, Tariff
from services.courses.costs.views import PreviewView, preview
from services.courses.memberships.access import require_actor, require_manager, require_sight
from services.courses.memberships.store import Memberships
from services.courses.organisations.store import Organisations
from services.courses.pools.domain import Pool
from services.courses.reference import size_weights
from shared.auth import Principal
from shared.clock import utc_now
from shared.errors import Invalid
from shared.events.courses import CostKey
from shared.events.membership import SmeClass
from shared.ids import NetworkId, OrganisationId, PoolId, Ref
from shared.store import Aggregates
from shared.web import Body, Caller, Commanded

type Cents = Annotated[int, Field(strict=True, ge=0, le=100_000_000)]
type Seats = Annotated[int, Field(strict=True, ge=1, le=500)]


class CostFigures(Body):
    """What the course costs, in cents, and between which participant counts."""

    cost_key: CostKey
    fixed_cents: Cents
    variable_cents: Cents = 0
    sponsor_cents: Cents = 0
    surcharge_cents: Cents = 0
    minimum_seats: Seats
    maximum_seats: Seats

    def tariff(self) -> Tariff:
        """Return the tariff."""
        return Tariff(**self.model_dump(include=set(Tariff.model_fields)))

    def span(self) -> range:
        """Return the participant counts. Errors: `Invalid` 422."""
        check_span(self.minimum_seats, self.maximum_seats)
        return range(self.minimum_seats, self.maximum_seats + 1)


class PreviewCompany(Body):
    """A company of a preview that nothing is stored for."""

    organisation_id: Ref[OrganisationId]
    seats: Annotated[int, Field(strict=True, ge=0, le=500)]
    reserved: Annotated[int, Field(strict=True, ge=0, le=500)] = 0
    size_class: SmeClass | None = None
    member: bool = True


class PreviewCosts(CostFigures):
    """Figures to look at; nothing is stored."""

    network_id: Ref[NetworkId]
    companies: Annotated[list[PreviewCompany], Field(max_length=100, default_factory=list)]


class PledgeSponsorship(Body):
    """What a company takes over, in cents; 0 withdraws."""

    organisation_id: Ref[OrganisationId]
    cents: Cents


def router(
    plans: Aggregates[CostPlan],
    pools: Aggregates[Pool],
    memberships: Memberships,
    organisations: Organisations,
) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(prefix="/api/courses/v1", tags=["costs"])

    async def shown(plan: CostPlan, pool: Pool, principal: Principal) -> PreviewView:
        sizes = await organisations.sizes(pool.pledges)
        parties = [
            Party(organisation_id=key, seats=seats, size=sizes.get(key))
            for key, seats in pool.pledges.items()
        ]
        manager = principal.manages(pool.network_id)
        return preview(
            plan.effective(),
            range(plan.minimum_seats, plan.maximum_seats + 1),
            sorted(parties, key=lambda party: party.organisation_id),
            size_weights(utc_now().date()),
            visible=lambda organisation_id: manager or principal.acts_for(organisation_id),
            every=manager,
        )

    @routes.put("/pools/{pool_id}/cost-plan", summary="Set the cost plan", operation_id="set_cost_plan")
    async def set_cost_plan(pool_id: Ref[PoolId], body: CostFigures, command: Commanded) -> PreviewView:
        pool = await pools.get(pool_id)
        await require_manager(command.principal, pool.network_id, memberships, "pool")
        plan = CostPlan(
            id=plan_id(pool_id),
            pool_id=pool_id,
            network_id=pool.network_id,
            tariff=body.tariff(),
            minimum_seats=body.minimum_seats,
            maximum_seats=body.maximum_seats,
        )
        stored = await handlers.set_plan(plan, command.cause, plans=plans)
        return await shown(stored, pool, command.principal)

    @routes.get(
        "/pools/{pool_id}/cost-preview", summary="Price per seat", operation_id="get_pool_cost_preview"
    )
    async def get_preview(pool_id: Ref[PoolId], principal: Caller) -> PreviewView:
        pool = await pools.get(pool_id)
        await require_sight(principal, pool.network_id, memberships, "pool")
        return await shown(await plans.get(plan_id(pool_id)), pool, principal)

    @routes.post("/pools/{pool_id}/sponsors", summary="Sponsor a course", operation_id="pledge_sponsorship")
    async def pledge_sponsorship(
        pool_id: Ref[PoolId], body: PledgeSponsorship, command: Commanded
    ) -> PreviewView:
        pool = await pools.get(pool_id)
        await require_actor(command.principal, pool.network_id, body.organisation_id, memberships, "pool")
        plan = await handlers.pledge_sponsorship(
            pool_id, body.organisation_id, body.cents, command.cause, plans=plans
        )
        return await shown(plan, pool, command.principal)

    @routes.post("/cost-previews", summary="Try figures; stores nothing", operation_id="preview_costs")
    async def preview_costs(body: PreviewCosts, principal: Caller) -> PreviewView:
        await require_manager(principal, body.network_id, memberships, "network")
        parties = [
            Party(each.organisation_id, each.seats, each.reserved, each.size_class, each.member)
            for each in body.companies
        ]
        if len({party.organisation_id for party in parties}) < len(parties):
            raise Invalid(
                pointer="#/companies",
                reason_en="A company is named twice.",
                reason_de="Ein Betrieb ist zweimal genannt.",
            )
        return preview(
            body.tariff(),
            body.span(),
            parties,
            size_weights(utc_now().date()),
            visible=lambda _: True,
            every=True,
        )

    return routes
