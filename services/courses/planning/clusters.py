"""A large problem in parts: topics meet in rooms, trainers and the budget only.

1. Each small topic is solved alone. Alone it may use every room, so its bound on heads holds for the whole plan.
2. A linear relaxation of everything, with those bounds in it, bounds the heads of the whole plan.
3. What was found alone is taken over as far as the others leave room for it.
4. Up to `WHOLE_FITS` one model goes on from there. Beyond, some offers at a time are taken out of the best plan and
   solved again around the rest, as often as time allows. No step is taken that makes the plan worse.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from services.courses.planning.bounds import relaxed_heads
from services.courses.planning.figures import CENTS, HEADS, MANDATORY, SPREAD, figures
from services.courses.planning.fit import Possibilities
from services.courses.planning.problem import Demand, Goal, PlannedSession, Problem
from services.courses.planning.search import Allowance, Found, OnProgress, Sessions, optimise
from shared.events.courses import SessionDay

WHOLE_FITS = 12_000  # pairs of demand and possible session that one model holds
ALONE_FITS = 3_000  # pairs of a topic that is solved alone: mostly proven within a second
GROUP_FITS = 2_500  # pairs that are solved again at a time
ALONE_PART = 0.3  # of the time
GROUP_LIMIT = 3.0  # seconds, or units, for a group
MOST_ROUNDS = 10_000
STALE_ROUNDS = 60  # rounds without a better plan after which nothing more is expected


@dataclass
class _State:
    """The best plan so far, and each topic's bound on heads."""

    known: Possibilities
    plan: Sessions
    caps: dict[str, int] = field(default_factory=dict)
    bound: int | None = None

    def __post_init__(self) -> None:
        self.score = figures(self.plan, self.known).score

    def offer(self, plan: Sessions) -> bool:
        """Take over a plan if it is better, and say whether it was."""
        score = figures(plan, self.known).score
        better = score > self.score
        if better:
            self.plan, self.score = plan, score
        return better


def solve_in_parts(
    known: Possibilities,
    start: Sessions,
    allowance: Allowance,
    tell: OnProgress,
    *,
    hint: Sessions = (),
    whole_fits: int = WHOLE_FITS,
) -> Found:
    """Return a plan that is never worse than `start`, with a bound on heads that holds for every plan."""
    state = _State(known, start)
    _merge(state, _alone(state, allowance, hint))
    state.bound = relaxed_heads(known, state.caps, max(5.0, allowance.left / 4))
    tell(HEADS, state.score[0], state.bound)
    if len(known.fits) > whole_fits:
        _improve(state, allowance, tell)
        return Found(state.plan, _goals(state))
    found = optimise(known, allowance, start=state.plan, caps=state.caps, tell=tell)
    if found is None:
        return Found(state.plan, _goals(state))
    heads = found.goals[0]
    bound = min(one for one in (heads.bound, state.bound, sum(state.caps.values())) if one is not None)
    first = heads.model_copy(update={"bound": bound, "proven": bound == heads.value})
    return Found(found.sessions, (first, *found.goals[1:]))


def _goals(state: _State) -> tuple[Goal, ...]:
    reached = figures(state.plan, state.known)
    mandatory = sum(demand.heads for demand in state.known.problem.demands if demand.mandatory)
    goals = (
        Goal(name=HEADS, value=reached.heads, bound=state.bound),
        Goal(name=MANDATORY, value=reached.mandatory_heads, bound=mandatory),
        Goal(name=SPREAD, value=reached.spread),
        Goal(name=CENTS, value=reached.cents),
    )
    return tuple(goal.model_copy(update={"proven": goal.bound == goal.value}) for goal in goals)


def part(problem: Problem, offer_ids: Iterable[str], kept: Sequence[PlannedSession]) -> Problem:
    """Return the problem of some offers, with what the kept sessions of the others take already taken."""
    chosen = set(offer_ids)
    offers = {offer.id: offer for offer in problem.offers}
    rooms: dict[str, list[SessionDay]] = defaultdict(list)
    trainers: dict[str, list[SessionDay]] = defaultdict(list)
    served: Counter[str] = Counter()
    spent = 0
    for session in kept:
        offer = offers[session.offer_id]
        days = next(slot.days for slot in offer.slots if slot.id == session.slot_id)
        spent += offer.fixed_cents + offer.variable_cents * session.taken
        served.update({each.demand_id: each.seats for each in session.seats})
        if session.room_id is not None:
            rooms[session.room_id] += days
        if session.trainer_id is not None:
            trainers[session.trainer_id] += days
    budget = problem.rules.budget_cents
    rest = None if budget is None else budget - spent
    topics = {offers[key].topic_code for key in chosen}
    return Problem(
        demands=tuple(_left(one, served[one.id]) for one in problem.demands if _open(one, served, topics)),
        offers=tuple(offers[key] for key in sorted(chosen)),
        rooms=tuple(one.model_copy(update={"busy": (*one.busy, *rooms[one.id])}) for one in problem.rooms),
        trainers=tuple(
            one.model_copy(update={"busy": (*one.busy, *trainers[one.id])}) for one in problem.trainers
        ),
        pins=tuple(pin for pin in problem.pins if pin.offer_id in chosen),
        forbids=problem.forbids,
        rules=problem.rules.model_copy(update={"budget_cents": rest}),
    )


def _open(demand: Demand, served: Counter[str], topics: set[str]) -> bool:
    if demand.topic_code not in topics:
        return False
    return served[demand.id] < demand.heads if demand.divisible else served[demand.id] == 0


def _left(demand: Demand, served: int) -> Demand:
    return demand.model_copy(update={"heads": demand.heads - served}) if served else demand


def _alone(state: _State, allowance: Allowance, hint: Sessions) -> dict[str, Sessions]:
    """Solve each small topic as if it had all rooms for itself; note what is proven about every topic."""
    known = state.known
    fits = Counter(fit.demand.topic_code for fit in known.fits)
    heads: Counter[str] = Counter()
    for demand in {fit.demand.id: fit.demand for fit in known.fits}.values():
        heads[demand.topic_code] += demand.heads
    small = [topic for topic in sorted(fits) if fits[topic] <= ALONE_FITS]
    state.caps = dict(heads)
    found: dict[str, Sessions] = {}
    starts, hints = _by_topic(state.plan, known), _by_topic(hint, known)
    weight = sum(fits[topic] for topic in small)
    budget = allowance.left * ALONE_PART
    for topic in small:
        share = min(max(0.3, budget * fits[topic] / weight), allowance.left)
        mine = Allowance(allowance.options, share)
        offers = [offer.id for offer in known.problem.offers if offer.topic_code == topic]
        alone = Possibilities(part(known.problem, offers, ()))
        solved = optimise(alone, mine, start=starts.get(topic, ()), hint=hints.get(topic), names=(HEADS,))
        allowance.spend(share - mine.left)
        if solved is not None:
            found[topic] = solved.sessions
            bound = solved.goals[0].bound
            state.caps[topic] = heads[topic] if bound is None else min(bound, heads[topic])
    return found


def _merge(state: _State, alone: dict[str, Sessions]) -> None:
    """Take over what each topic found alone, as far as the others leave room for it."""
    for topic, sessions in alone.items():
        offers = state.known.offers
        mine = [offer.id for offer in offers.values() if offer.topic_code == topic]
        others = tuple(one for one in state.plan if offers[one.offer_id].topic_code != topic)
        if _fits_in(sessions, Possibilities(part(state.known.problem, mine, others))):
            state.offer((*others, *sessions))


def _fits_in(sessions: Sessions, known: Possibilities) -> bool:
    """Whether these sessions are still possible, and affordable, in a part of the problem."""
    options = {(one.offer.id, one.slot.id, one.room_id): one for one in known.options}
    for session in sessions:
        option = options.get((session.offer_id, session.slot_id, session.room_id))
        if option is None or (session.trainer_id and session.trainer_id not in option.trainer_ids):
            return False
    budget = known.problem.rules.budget_cents
    return budget is None or figures(sessions, known).course_cents <= budget


def _improve(state: _State, allowance: Allowance, tell: OnProgress) -> None:
    """Solve some offers again around the rest while there is time and something to win."""
    draw = random.Random(allowance.options.seed)  # noqa: S311  a repeatable order, no secret
    choose = _Neighbourhoods(state.known, draw)
    stale = 0
    for _ in range(MOST_ROUNDS):
        if allowance.left <= 0 or state.score[0] == state.bound or stale > STALE_ROUNDS:
            return
        group = choose.near(state.plan)
        freed = tuple(one for one in state.plan if one.offer_id in group)
        kept = tuple(one for one in state.plan if one.offer_id not in group)
        mine = Allowance(allowance.options, min(allowance.left, GROUP_LIMIT))
        limit = mine.left
        known = Possibilities(part(state.known.problem, group, kept))
        solved = optimise(known, mine, start=freed, names=(HEADS, CENTS))
        allowance.spend(limit - mine.left)
        if solved is not None and state.offer((*kept, *solved.sessions)):
            stale = 0
            tell(HEADS, state.score[0], state.bound)
        else:
            stale += 1


class _Neighbourhoods:
    """Which offers to solve again: some of a topic with heads left over, and some that use the same rooms."""

    def __init__(self, known: Possibilities, draw: random.Random) -> None:
        self._known = known
        self._draw = draw
        self._fits = Counter(fit.option.offer.id for fit in known.fits)
        self._eligible = {fit.demand.id: fit.demand for fit in known.fits}
        self._of_room: dict[str, set[str]] = defaultdict(set)
        self._of_topic: dict[str, list[str]] = defaultdict(list)
        for offer_id in self._fits:
            offer = known.offers[offer_id]
            self._of_topic[offer.topic_code].append(offer_id)
            for room_id in offer.room_ids:
                self._of_room[room_id].add(offer_id)

    def near(self, plan: Sessions) -> set[str]:
        """Return the ids of the offers."""
        served = _served(plan)
        missing: Counter[str] = Counter()
        for key, demand in self._eligible.items():
            missing[demand.topic_code] += demand.heads - served[key]
        topics = sorted(topic for topic in missing if missing[topic] > 0) or sorted(self._of_topic)
        (topic,) = self._draw.choices(topics, [1 + missing[one] for one in topics])
        group: set[str] = set()
        self._add(group, self._of_topic[topic], GROUP_FITS * 2 // 3)
        rooms = {room for offer_id in group for room in self._known.offers[offer_id].room_ids}
        self._add(group, sorted({one for room in rooms for one in self._of_room[room]} - group), GROUP_FITS)
        return group

    def _add(self, group: set[str], offers: Sequence[str], limit: int) -> None:
        size = sum(self._fits[one] for one in group)
        for offer_id in self._draw.sample(offers, len(offers)):
            if not group or size + self._fits[offer_id] <= limit:
                group.add(offer_id)
                size += self._fits[offer_id]


def _served(plan: Sessions) -> Counter[str]:
    served: Counter[str] = Counter()
    for session in plan:
        served.update({each.demand_id: each.seats for each in session.seats})
    return served


def _by_topic(sessions: Iterable[PlannedSession], known: Possibilities) -> dict[str, Sessions]:
    found: dict[str, list[PlannedSession]] = defaultdict(list)
    for session in sessions:
        if session.offer_id in known.offers:
            found[known.offers[session.offer_id].topic_code].append(session)
    return {topic: tuple(some) for topic, some in found.items()}
