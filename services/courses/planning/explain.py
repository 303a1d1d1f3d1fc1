"""Why a need was not served: the first rule that left no session for it, with the figures that show it. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import cached_property

from services.courses.planning.fit import (
    Fit,
    Obstacle,
    Option,
    Possibilities,
    capacity_of,
    distance_km,
    fit,
    session_obstacle,
)
from services.courses.planning.problem import Demand, Offer, Plan, Room, Slot
from shared.events.envelope import Value

# The order in which `fit` and `session_obstacle` ask: a need is explained by the last one that it got as far as.
ORDER = (
    Obstacle.TOPIC,
    Obstacle.HOLIDAY,
    Obstacle.RESOURCE,
    Obstacle.FORMAT,
    Obstacle.LEVEL,
    Obstacle.WINDOW,
    Obstacle.DISTANCE,
    Obstacle.BUDGET,
    Obstacle.FORBIDDEN,
    Obstacle.MINIMUM,
    Obstacle.CAPACITY,
)


class Unserved(Value):
    """Heads of a demand without a seat, and why; what does not belong to the reason is None.

    `sessions_looked_at`: possible sessions of its topic. `nearest_km` and `limit_km`: the nearest session that all
    other rules allow, and what the need accepts. `lowest_cents` and `budget_cents`: the lowest price per seat that a
    full session would have. `heads_there` and `minimum_seats`: all heads that the best session could gather, and what
    it needs.
    """

    demand_id: str
    heads: int
    reason: Obstacle
    sessions_looked_at: int = 0
    nearest_km: int | None = None
    limit_km: int | None = None
    lowest_cents: int | None = None
    budget_cents: int | None = None
    heads_there: int | None = None
    minimum_seats: int | None = None


def explain(known: Possibilities, plan: Plan) -> tuple[Unserved, ...]:
    """Return a reason for every demand that has heads without a seat."""
    served: Counter[str] = Counter()
    for session in plan.sessions:
        for each in session.seats:
            served[each.demand_id] += each.seats
    reasons = _Reasons(known)
    return tuple(
        reasons.of(demand, demand.heads - served[demand.id])
        for demand in known.problem.demands
        if served[demand.id] < demand.heads
    )


class _Reasons:
    def __init__(self, known: Possibilities) -> None:
        self.known = known
        self.places: dict[str, list[tuple[Offer, Slot, Room | None, Obstacle | None]]] = defaultdict(list)
        for offer, slot, room in known.combinations():
            obstacle = session_obstacle(offer, slot, room, known)
            self.places[offer.topic_code].append((offer, slot, room, obstacle))

    @cached_property
    def gathered(self) -> dict[int, tuple[int, int]]:
        """Heads and companies that each possible session could gather, whoever else wants them."""
        heads: Counter[int] = Counter()
        companies: dict[int, set[str]] = defaultdict(set)
        for each in self.known.fits:
            heads[each.option.number] += each.demand.heads
            companies[each.option.number].add(each.demand.company_id)
        return {number: (count, len(companies[number])) for number, count in heads.items()}

    def of(self, demand: Demand, missing: int) -> Unserved:
        """Return why `missing` heads of the demand have no seat."""
        looked_at = self.places[demand.topic_code]
        furthest, stopped, fits = Obstacle.TOPIC, list[Option](), list[Fit]()
        for offer, slot, room, obstacle in looked_at:
            option = Option(-1, offer, slot, room, offer.trainer_ids, capacity_of(offer, room))
            answer = obstacle or fit(demand, option, self.known)
            if isinstance(answer, Fit):
                fits.append(answer)
                continue
            if ORDER.index(answer) > ORDER.index(furthest):
                furthest, stopped = answer, []
            if answer is furthest:
                stopped.append(option)
        reason = self._when_possible(demand, fits) if fits else furthest
        return Unserved(
            demand_id=demand.id,
            heads=missing,
            reason=reason,
            sessions_looked_at=len(looked_at),
            **self._figures(reason, demand, stopped, fits),
        )

    def _when_possible(self, demand: Demand, fits: Iterable[Fit]) -> Obstacle:
        """Sessions exist that the need fits: either none can gather enough heads, or seats are scarce."""
        rules = self.known.problem.rules
        for each in fits:
            heads, companies = self._there(each)
            if heads >= each.seats_needed and companies >= rules.minimum_companies:
                return Obstacle.CAPACITY
        return Obstacle.MINIMUM

    def _there(self, each: Fit) -> tuple[int, int]:
        key = (each.demand.id, each.option.offer.id, each.option.slot.id, each.option.room_id)
        possible = self.known.fit_by_key.get(key)
        return self.gathered.get(possible.option.number, (0, 0)) if possible else (0, 0)

    def _figures(
        self, reason: Obstacle, demand: Demand, stopped: list[Option], fits: list[Fit]
    ) -> dict[str, int | None]:
        match reason:
            case Obstacle.DISTANCE:
                ways = [distance_km(demand, option.room, self.known) or 0 for option in stopped]
                return {"nearest_km": round(min(ways)), "limit_km": demand.max_distance_km}
            case Obstacle.BUDGET:
                prices = [
                    -(-option.offer.fixed_cents // option.capacity) + option.offer.variable_cents
                    for option in stopped
                ]
                return {"lowest_cents": min(prices), "budget_cents": demand.budget_cents}
            case Obstacle.MINIMUM:
                best = max(fits, key=lambda each: self._there(each)[0] - each.seats_needed)
                return {"heads_there": self._there(best)[0], "minimum_seats": best.seats_needed}
            case _:
                return {}
