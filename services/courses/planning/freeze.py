"""From stored needs and pools to the demands of a problem, as they are at this instant. Pure.

Read by convention from the stored state: what a need does not say restricts nothing. A travel time counts as the
kilometres that 60 km/h make of it [P].
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from services.courses.needs.domain import Need
from services.courses.planning.problem import Demand, Span
from services.courses.pools.domain import Pool
from shared.ids import OrganisationId

KM_PER_MINUTE = 1
PLANNABLE = frozenset({"open", "viable", "awarded"})  # states in which a pool waits for its session


def demands_of(
    needs: Iterable[Need], pools: Iterable[Pool], places: Mapping[OrganisationId, str]
) -> tuple[Demand, ...]:
    """Return the demands: open needs by their headcount; in a pool a company's pledge, once it has made one.

    A pledge is spread over the company's needs in the pool, in their order; seats beyond them, or of a company
    without a need there, are a demand of their own. Needs in pools that are planned or dissolved are left out.
    """
    known = {pool.id: pool for pool in pools if pool.state in PLANNABLE}
    free: list[Demand] = []
    pooled: dict[tuple[str, OrganisationId], list[Need]] = defaultdict(list)
    for need in sorted(needs, key=lambda each: (each.created_ms, each.id)):
        if need.pool_id is None:
            free.append(demand_of(need, need.headcount, places))
        elif need.pool_id in known:
            pooled[need.pool_id, need.organisation_id].append(need)
    for pool in known.values():
        companies = {company for pool_id, company in pooled if pool_id == pool.id} | set(pool.pledges)
        for company in sorted(companies):
            free += _of_company(pool, company, pooled[pool.id, company], places)
    return tuple(sorted(free, key=lambda each: each.id))


def _of_company(
    pool: Pool, company: OrganisationId, needs: list[Need], places: Mapping[OrganisationId, str]
) -> list[Demand]:
    pledge = pool.pledges.get(company)
    left = Counter({need.id: need.headcount for need in needs})
    if pledge is not None:
        rest = pledge
        for need in needs:
            left[need.id] = min(need.headcount, rest)
            rest -= left[need.id]
    found = [
        demand_of(need, left[need.id], places).model_copy(update={"topic_code": pool.topic_code})
        for need in needs
        if left[need.id]
    ]
    beyond = (pledge or 0) - sum(left.values())
    if beyond > 0:
        found.append(
            Demand(
                id=f"pledge:{pool.id}:{company}",
                company_id=company,
                topic_code=pool.topic_code,
                heads=beyond,
                place=places.get(company),
                pool_id=pool.id,
            )
        )
    return found


def demand_of(need: Need, heads: int, places: Mapping[OrganisationId, str]) -> Demand:
    """Return a need as a demand of `heads` heads."""
    said: dict[str, Any] = need.model_dump()
    times = said.get("day_times") or {}
    windows = said.get("windows") or ({"first": need.window_from, "last": need.window_to},)
    level = said.get("level")
    return Demand(
        id=need.id,
        company_id=need.organisation_id,
        topic_code=need.topic_code,
        heads=heads,
        windows=tuple(Span.model_validate(each) for each in windows),
        blocked=tuple(Span.model_validate(each) for each in said.get("blocked") or ()),
        weekdays=tuple(said.get("weekdays") or ()),
        begins=times.get("starts"),
        ends=times.get("ends"),
        format=need.format,
        level=None if level is None else str(level),
        place=need.ags or places.get(need.organisation_id),
        max_distance_km=_reach(said.get("max_distance_km"), said.get("max_travel_minutes")),
        budget_cents=said.get("budget_cents_per_seat"),
        mandatory=bool(said.get("mandatory")),
        pool_id=need.pool_id,
    )


def _reach(distance_km: int | None, minutes: int | None) -> int | None:
    limits = [distance_km, None if minutes is None else minutes * KM_PER_MINUTE]
    known = [limit for limit in limits if limit is not None]
    return min(known) if known else None
