"""The planner: every proposal keeps every rule, is never worse than greedy, and says why a need is not served."""

from datetime import date, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.cases import problem as generated
from services.courses.planning import greedy
from services.courses.planning.checker import violations
from services.courses.planning.clusters import solve_in_parts
from services.courses.planning.explain import Unserved, explain
from services.courses.planning.figures import figures
from services.courses.planning.fit import Obstacle, Possibilities
from services.courses.planning.problem import Forbid, Goal, Pin, Plan, Problem, Room, Rules
from services.courses.planning.search import Allowance, PinsContradict, plan_of
from services.courses.planning.solve import baseline, solve
from tests.unit.planning.problems import MONDAY, REPEATABLE, demand, offer, problem, span

SLOT = MONDAY.isoformat()
TUESDAY = date(2027, 4, 13)


def solved(case: Problem) -> Plan:
    """Return the plan, which keeps every rule."""
    found = solve(case, REPEATABLE)
    assert violations(case, found) == []
    return found


def heads(found: Plan) -> int:
    return sum(session.taken for session in found.sessions)


def goal(found: Plan, name: str) -> Goal:
    return next(one for one in found.goals if one.name == name)


rules = st.sampled_from(
    [
        Rules(),
        Rules(minimum_companies=1),
        Rules(minimum_companies=3, max_company_percent=50),
        Rules(budget_cents=1_500_000),
    ]
)


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10**6), st.integers(6, 24), rules)
def test_every_proposal_keeps_the_rules_and_is_no_worse_than_greedy(
    seed: int, needs: int, limits: Rules
) -> None:
    case = generated(needs, seed, limits)
    simple = baseline(case)
    assert violations(case, simple) == []
    known = Possibilities(case)
    better = solved(case)
    assert figures(better.sessions, known).score >= figures(simple.sessions, known).score
    bound = goal(better, "heads").bound
    assert bound is not None
    assert bound >= heads(better)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10**6), st.data())
def test_heads_never_rise_when_an_offer_is_taken_away(seed: int, data: st.DataObject) -> None:
    case = generated(14, seed)
    gone = data.draw(st.integers(0, len(case.offers) - 1))
    less = case.model_copy(update={"offers": case.offers[:gone] + case.offers[gone + 1 :]})
    whole, part = solved(case), solved(less)
    assert goal(whole, "heads").proven
    assert goal(part, "heads").proven
    assert heads(part) <= heads(whole)


def test_plan_is_the_same_when_seed_and_workers_are() -> None:
    case = generated(20, 5)
    assert solve(case, REPEATABLE) == solve(case, REPEATABLE)


@pytest.mark.parametrize("whole", [0, 10_000])
def test_parts_keep_the_rules_when_a_problem_is_large(whole: int) -> None:
    case = generated(40, 3, Rules(budget_cents=4_000_000))
    known = Possibilities(case)
    start = greedy.plan(known)
    assert start is not None
    allowance = Allowance(REPEATABLE.model_copy(update={"time_limit_s": 2}))
    found = solve_in_parts(known, start, allowance, lambda *_: None, whole_fits=whole)
    assert figures(found.sessions, known).score >= figures(start, known).score
    assert violations(case, plan_of(found.sessions, found.goals)) == []
    assert (found.goals[0].bound or 0) >= figures(found.sessions, known).heads


def test_more_heads_are_served_than_by_greedy_when_greedy_takes_the_wrong_session_first() -> None:
    # One room on Monday: greedy takes the session that holds 7, which leaves 4 of the other topic alone.
    needs = (demand("a", 4), demand("b", 3), demand("c", 3, windows=(span(MONDAY),)))
    other = demand("d", 3, topic_code="emob-hv2s", windows=(span(MONDAY),))
    offers = (
        offer(days=(MONDAY, TUESDAY)),
        offer("two", topic_code="emob-hv2s", minimum_seats=3, maximum_seats=6),
    )
    case = problem(
        *(one.model_copy(update={"windows": ()}) for one in needs),
        other,
        other.model_copy(update={"id": "e", "company_id": "of-e"}),
        offers=offers,
    )
    assert heads(baseline(case)) <= heads(solved(case)) == 14


def test_cheaper_course_is_chosen_when_heads_are_equal() -> None:
    dear, cheap = offer("dear"), offer("cheap", fixed_cents=90_000)
    found = solved(problem(demand("a"), demand("b"), offers=(dear, cheap)))
    assert [session.offer_id for session in found.sessions] == ["cheap"]
    assert goal(found, "cents") == Goal(name="cents", value=96_000, bound=96_000, proven=True)


def test_seats_are_spread_when_there_are_too_few() -> None:
    case = problem(demand("a", 8), demand("b", 2), demand("c", 1), demand("d", 2))
    found = solved(case)
    assert {each.demand_id for session in found.sessions for each in session.seats} == {"a", "b", "c", "d"}
    assert heads(found) == 8


def test_mandatory_need_comes_first_when_heads_are_equal() -> None:
    case = problem(demand("a", 4), demand("b", 4), demand("c", 4, mandatory=True))
    found = solved(case)
    served = {each.demand_id: each.seats for session in found.sessions for each in session.seats}
    assert served["c"] == 4


def test_manager_changes_something_and_the_planner_goes_on_from_there() -> None:
    case = problem(demand("a"), demand("b"), demand("c"), offers=(offer(days=(MONDAY, TUESDAY)),))
    first = solved(case)
    taken = first.sessions[0].slot_id
    other = TUESDAY.isoformat() if taken == SLOT else SLOT
    for change in (
        {"forbids": (Forbid(offer_id="offer", slot_id=taken),)},
        {"pins": (Pin(offer_id="offer", slot_id=other, demand_id="a", seats=3),)},
    ):
        changed = case.model_copy(update=change)
        again = solve(changed, REPEATABLE, previous=first)
        assert violations(changed, again) == []
        assert [session.slot_id for session in again.sessions] == [other]
        assert heads(again) == heads(first)


@pytest.mark.parametrize(
    "pins",
    [
        (Pin(offer_id="offer", slot_id="never"),),
        (Pin(offer_id="offer", slot_id=SLOT, demand_id="a", seats=4),),
        (Pin(offer_id="offer", slot_id=SLOT), Pin(offer_id="offer", slot_id=TUESDAY.isoformat())),
    ],
)
def test_contradiction_is_told_when_pins_cannot_be_kept(pins: tuple[Pin, ...]) -> None:
    case = problem(demand("a"), demand("b"), offers=(offer(days=(MONDAY, TUESDAY)),), pins=pins)
    with pytest.raises(PinsContradict):
        solve(case, REPEATABLE)
    with pytest.raises(PinsContradict):
        baseline(case)


def reason(case: Problem, of: str = "a") -> Unserved:
    found = solved(case)
    return next(each for each in explain(Possibilities(case), found) if each.demand_id == of)


HOLIDAY = date(2027, 3, 29)


@pytest.mark.parametrize(
    ("change", "offers", "obstacle"),
    [
        ({"topic_code": "emob-hv2e"}, (), Obstacle.TOPIC),
        ({"format": "online"}, (), Obstacle.FORMAT),
        ({"level": "expert"}, (offer(level="basic"),), Obstacle.LEVEL),
        ({"windows": (span(date(2027, 6, 1), 9),)}, (), Obstacle.WINDOW),
        ({"begins": time(12)}, (), Obstacle.WINDOW),
        ({"place": "08311", "max_distance_km": 50}, (), Obstacle.DISTANCE),
        ({"budget_cents": 10_000}, (), Obstacle.BUDGET),
        ({}, (offer(days=(HOLIDAY,)),), Obstacle.HOLIDAY),
        ({}, (offer(trainer_ids=("nobody",)),), Obstacle.RESOURCE),
        ({}, (offer(minimum_seats=8),), Obstacle.MINIMUM),
        ({"heads": 9, "divisible": False}, (), Obstacle.CAPACITY),
    ],
)
def test_rule_that_blocked_a_need_is_named(
    change: dict[str, object], offers: tuple[object, ...], obstacle: Obstacle
) -> None:
    one = demand("a", **{"heads": 3, **change})
    assert reason(problem(one, demand("b"), offers=offers)).reason is obstacle


def test_figures_stand_beside_the_reason_when_they_show_it() -> None:
    far = reason(problem(demand("a", place="08311", max_distance_km=50), demand("b"), demand("c")))
    assert (far.limit_km, far.nearest_km is not None and 150 < far.nearest_km < 200) == (50, True)
    dear = reason(problem(demand("a", budget_cents=13_000), demand("b"), demand("c")))
    assert (dear.budget_cents, dear.lowest_cents) == (13_000, 13_500)  # 1,000 € over 8 seats, and 10 €
    few = reason(problem(demand("a"), demand("b"), offers=(offer(minimum_seats=8),)))
    assert (few.heads_there, few.minimum_seats) == (6, 8)
    vetoed = problem(demand("a"), demand("b"), demand("c"), forbids=(Forbid(demand_id="a"),))
    assert reason(vetoed).reason is Obstacle.FORBIDDEN
    full = problem(demand("a", 6), demand("b", 6), rooms=(Room(id="room", seats=8),))
    left = [reason(full, each).heads for each in ("a", "b") if heads(solved(full)) == 8]
    assert sum(left) == 4


def test_need_alone_is_not_served_when_a_course_joins_two_companies() -> None:
    case = problem(demand("a", 6))
    assert heads(solved(case)) == 0
    assert reason(case).reason is Obstacle.MINIMUM
    alone = case.model_copy(update={"rules": Rules(minimum_companies=1)})
    assert heads(solved(alone)) == 6
