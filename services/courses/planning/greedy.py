"""The baseline: what a careful person does with a list. Pure.

Again and again the session that can take the most heads now is opened, the cheaper one if two can take the same,
until no session reaches its minimum any more. What the manager pinned comes first.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush

from services.courses.planning.fit import Fit, Option, Possibilities, pin_matches
from services.courses.planning.problem import Assignment, Pin, PlannedSession
from services.courses.planning.times import overlap
from shared.events.courses import SessionDay


@dataclass
class _Draft:
    """What is open so far, and what is left."""

    known: Possibilities
    left: Counter[str]
    budget: int | None
    sessions: list[PlannedSession] = field(default_factory=list)
    used: set[tuple[str, str]] = field(default_factory=set)
    runs: Counter[str] = field(default_factory=Counter)
    rooms: dict[str, list[SessionDay]] = field(default_factory=lambda: defaultdict(list))
    trainers: dict[str, list[SessionDay]] = field(default_factory=lambda: defaultdict(list))

    def trainer_for(self, option: Option) -> str | None:
        """Return a trainer who is still free, None if there is none or nobody is needed."""
        free = (one for one in option.trainer_ids if not overlap(self.trainers[one], option.slot.days))
        return next(free, None)

    def open_to(self, option: Option) -> bool:
        """Whether the session can still be opened beside those that are open."""
        offer = option.offer
        if self.runs[offer.id] >= offer.max_runs or (offer.id, option.slot.id) in self.used:
            return False
        if option.room and overlap(self.rooms[option.room.id], option.slot.days):
            return False
        return not offer.trainer_ids or self.trainer_for(option) is not None

    def take(self, option: Option, seats: dict[str, int]) -> None:
        """Open the session with these seats by demand."""
        offer, trainer = option.offer, self.trainer_for(option)
        self.sessions.append(
            PlannedSession(
                offer_id=offer.id,
                slot_id=option.slot.id,
                room_id=option.room_id,
                trainer_id=trainer,
                seats=tuple(Assignment(demand_id=key, seats=count) for key, count in sorted(seats.items())),
            )
        )
        self.used.add((offer.id, option.slot.id))
        self.runs[offer.id] += 1
        self.left.subtract(seats)
        if option.room:
            self.rooms[option.room.id] += option.slot.days
        if trainer is not None:
            self.trainers[trainer] += option.slot.days
        if self.budget is not None:
            self.budget -= offer.fixed_cents + offer.variable_cents * sum(seats.values())


def plan(known: Possibilities) -> tuple[PlannedSession, ...] | None:
    """Return the greedy plan; None if the pins cannot be kept this way."""
    problem = known.problem
    draft = _Draft(known, Counter({one.id: one.heads for one in problem.demands}), problem.rules.budget_cents)
    fits: dict[int, list[Fit]] = defaultdict(list)
    for fit in known.fits:
        fits[fit.option.number].append(fit)
    if not _open_pinned(draft, fits):
        return None
    # What is left only shrinks, so a rank of before is never too low: the first whose rank still holds is the best.
    waiting = [rank for option in known.options if (rank := _rank(option, fits, draft)) is not None]
    heapify(waiting)
    while waiting:
        number = heappop(waiting)[2]
        option = known.options[number]
        if not draft.open_to(option) or (rank := _rank(option, fits, draft)) is None:
            continue
        if waiting and rank > waiting[0]:
            heappush(waiting, rank)
            continue
        draft.take(option, fill(fits[number], option, draft.left, draft))
    return tuple(draft.sessions)


def _rank(option: Option, fits: dict[int, list[Fit]], draft: _Draft) -> tuple[int, int, int] | None:
    """Return what orders the sessions, the lowest first: most heads, then the lowest price per head."""
    count = sum(fill(fits[option.number], option, draft.left, draft).values())
    if not count:
        return None
    cost = option.offer.fixed_cents + option.offer.variable_cents * count
    return -count, cost // count, option.number


def _open_pinned(draft: _Draft, fits: dict[int, list[Fit]]) -> bool:
    pins = draft.known.problem.pins
    for pin in pins:
        if any((each.offer_id, each.slot_id) == (pin.offer_id, pin.slot_id) for each in draft.sessions):
            continue
        wanted = [other for other in pins if (other.offer_id, other.slot_id) == (pin.offer_id, pin.slot_id)]
        for option in draft.known.options:
            if all(pin_matches(each, option) for each in wanted) and draft.open_to(option):
                seats = fill(fits[option.number], option, draft.left, draft, _forced(wanted))
                if seats:
                    draft.take(option, seats)
                    break
        else:
            return False
    return True


def _forced(pins: Sequence[Pin]) -> dict[str, int]:
    return {pin.demand_id: pin.seats for pin in pins if pin.demand_id is not None}


def fill(
    fits: Sequence[Fit],
    option: Option,
    left: Counter[str],
    draft: _Draft,
    forced: dict[str, int] | None = None,
) -> dict[str, int]:
    """Return the seats by demand that the session can take now; empty if it cannot reach its minimum."""
    forced = forced or {}
    wanting = sorted(
        (fit for fit in fits if left[fit.demand.id] > 0),
        key=lambda fit: (
            fit.demand.id not in forced,
            not fit.demand.mandatory,
            fit.seats_needed,
            -left[fit.demand.id],
            fit.demand.id,
        ),
    )
    while wanting:
        seats = _spread(wanting, option, left, draft, forced)
        count = sum(seats.values())
        too_dear = [fit for fit in wanting if fit.demand.id in seats and fit.seats_needed > count]
        if not too_dear:
            kept = all(seats.get(key, 0) >= least for key, least in forced.items())
            return seats if kept and _holds(seats, count, option, draft) else {}
        wanting.remove(max(too_dear, key=lambda fit: fit.seats_needed))
    return {}


def _spread(
    wanting: Sequence[Fit], option: Option, left: Counter[str], draft: _Draft, forced: dict[str, int]
) -> dict[str, int]:
    # First a seat or the pinned number for each, so that one large company does not fill the room alone.
    rules, room = draft.known.problem.rules, option.capacity
    room = min(room, _affordable(option, draft.budget))
    most = option.capacity * rules.max_company_percent // 100
    seats: dict[str, int] = {}
    by_company: Counter[str] = Counter()
    for whole in (False, True):
        for fit in wanting:
            demand = fit.demand
            have = seats.get(demand.id, 0)
            first = demand.heads if not demand.divisible else forced.get(demand.id, 1)
            target = left[demand.id] if whole else min(first, left[demand.id])
            more = min(target - have, room, most - by_company[demand.company_id])
            if more <= 0 or (not demand.divisible and have + more < demand.heads):
                continue
            seats[demand.id] = have + more
            by_company[demand.company_id] += more
            room -= more
    return seats


def _affordable(option: Option, budget: int | None) -> int:
    offer = option.offer
    if budget is None:
        return option.capacity
    if budget < offer.fixed_cents:
        return 0
    return (
        option.capacity if not offer.variable_cents else (budget - offer.fixed_cents) // offer.variable_cents
    )


def _holds(seats: dict[str, int], count: int, option: Option, draft: _Draft) -> bool:
    rules = draft.known.problem.rules
    by_company: Counter[str] = Counter()
    for key, number in seats.items():
        by_company[draft.known.demands[key].company_id] += number
    return (
        count >= option.offer.minimum_seats
        and len(by_company) >= rules.minimum_companies
        and all(100 * number <= rules.max_company_percent * count for number in by_company.values())
    )
