"""How good a plan is: the goals in their order. Pure.

1. heads served; 2. heads of mandatory needs; 3. spread: a point for each company with a seat, another for each
with at least half of its heads served; 4. cents for courses and travel, the fewer the better. Why this order: ADR 0016.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from services.courses.planning.fit import Possibilities
from services.courses.planning.problem import PlannedSession

HEADS, MANDATORY, SPREAD, CENTS = "heads", "mandatory_heads", "spread", "cents"
GOALS = (HEADS, MANDATORY, SPREAD, CENTS)


@dataclass(frozen=True, slots=True)
class Figures:
    """The goals of a plan; `cents` = `course_cents` + `travel_cents`."""

    heads: int
    mandatory_heads: int
    spread: int
    course_cents: int
    travel_cents: int

    @property
    def cents(self) -> int:
        """What the plan costs, travel included."""
        return self.course_cents + self.travel_cents

    @property
    def score(self) -> tuple[int, int, int, int]:
        """The goals, so that the greater tuple is the better plan."""
        return self.heads, self.mandatory_heads, self.spread, -self.cents


def figures(sessions: Iterable[PlannedSession], known: Possibilities) -> Figures:
    """Return how good these sessions are; they must be possible."""
    fits = known.fit_by_key
    served: Counter[str] = Counter()
    course = travel = 0
    for session in sessions:
        offer = known.offers[session.offer_id]
        course += offer.fixed_cents + offer.variable_cents * session.taken
        for each in session.seats:
            served[each.demand_id] += each.seats
            fit = fits[each.demand_id, session.offer_id, session.slot_id, session.room_id]
            travel += fit.travel_cents * each.seats
    return Figures(
        heads=served.total(),
        mandatory_heads=sum(heads for key, heads in served.items() if known.demands[key].mandatory),
        spread=spread(served, known),
        course_cents=course,
        travel_cents=travel,
    )


def spread(served: Mapping[str, int], known: Possibilities) -> int:
    """Return the points for an even spread over companies."""
    asked: Counter[str] = Counter()
    got: Counter[str] = Counter()
    for demand in known.problem.demands:
        asked[demand.company_id] += demand.heads
        got[demand.company_id] += served.get(demand.id, 0)
    return sum((got[key] > 0) + (2 * got[key] >= heads) for key, heads in asked.items())
