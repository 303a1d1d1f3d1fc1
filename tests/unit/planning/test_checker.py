"""The checker finds every broken rule, and has no code in common with what it checks."""

import ast
from datetime import date, time
from pathlib import Path

import pytest

from services.courses.planning import checker
from services.courses.planning.checker import violations
from services.courses.planning.problem import (
    Forbid,
    Goal,
    Pin,
    Plan,
    PlannedSession,
    Problem,
    Room,
    Rules,
    Trainer,
)
from tests.unit.planning.problems import MONDAY, ROOM, at, demand, offer, plan, planned, problem, span

GOOD = planned(a=3, b=3)
SLOT = MONDAY.isoformat()


def broken(case: Problem, *sessions: PlannedSession) -> set[str]:
    """Return the names of the rules that are broken."""
    return {line.split(":")[0] for line in violations(case, plan(*sessions))}


def test_nothing_is_found_when_a_plan_is_good() -> None:
    assert violations(problem(demand("a"), demand("b")), plan(GOOD)) == []


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"topic_code": "emob-hv2s"}, "topic"),
        ({"format": "online"}, "format"),
        ({"level": "expert"}, "level"),
        ({"windows": (span(date(2027, 5, 1), 9),)}, "window"),
        ({"blocked": (span(MONDAY),)}, "window"),
        ({"weekdays": (2, 3)}, "window"),
        ({"begins": time(9, 30)}, "window"),  # 07:00 UTC is 09:00 in Berlin in April
        ({"ends": time(16, 30)}, "window"),
        ({"place": "08311", "max_distance_km": 50}, "distance"),  # Freiburg to Stuttgart
        ({"budget_cents": 17_600}, "budget"),  # 1,060 € over 6 seats is 176.67 €
        ({"heads": 2}, "heads"),
        ({"heads": 4, "divisible": False}, "heads"),
        ({"company_id": "of-b"}, "companies"),
    ],
)
def test_rule_is_named_when_a_need_does_not_fit(change: dict[str, object], rule: str) -> None:
    one = demand("a").model_copy(update=change) if "heads" in change else demand("a", **change)
    levelled = offer(level="basic") if "level" in change else offer()
    assert broken(problem(one, demand("b"), offers=(levelled,)), GOOD) == {rule}


def test_budget_holds_when_the_price_is_just_within_it() -> None:
    case = problem(demand("a", budget_cents=17_667), demand("b"))
    assert broken(case, GOOD) == set()


@pytest.mark.parametrize(
    ("session", "rule"),
    [
        (planned(a=2, b=1), "seats"),
        (planned(a=3, b=3, c=3), "seats"),
        (planned(a=3, b=3, c=0), "seats"),
        (GOOD.model_copy(update={"room_id": "elsewhere"}), "room"),
        (GOOD.model_copy(update={"room_id": None}), "room"),
        (GOOD.model_copy(update={"trainer_id": None}), "trainer"),
        (GOOD.model_copy(update={"slot_id": "never"}), "offer"),
        (planned(a=3, b=3, stranger=1), "demand"),
    ],
)
def test_rule_is_named_when_a_session_is_wrong(session: PlannedSession, rule: str) -> None:
    assert broken(problem(demand("a"), demand("b"), demand("c")), session) >= {rule}


@pytest.mark.parametrize("day", [date(2027, 3, 29), date(2027, 5, 27), date(2027, 1, 6), date(2027, 4, 11)])
def test_holidays_of_the_state_and_sundays_are_refused(day: date) -> None:
    session = GOOD.model_copy(update={"slot_id": day.isoformat()})
    case = problem(demand("a"), demand("b"), offers=(offer(days=(day,)),))
    assert broken(case, session) == {"holiday"}


def test_nothing_is_booked_twice_when_times_overlap() -> None:
    offers = (offer(), offer("other", trainer_ids=()), offer("third", trainer_ids=(), room_ids=()))
    case = problem(demand("a", 9), demand("b", 9), offers=offers)
    other = GOOD.model_copy(update={"offer_id": "other", "trainer_id": None})
    third = other.model_copy(update={"offer_id": "third", "room_id": None})
    assert broken(case, GOOD, other) == {"room"}
    assert broken(case, GOOD, third) == set()
    taught = offer("third", room_ids=())
    case = problem(demand("a", 9), demand("b", 9), offers=(offer(), taught))
    assert broken(case, GOOD, third.model_copy(update={"trainer_id": "trainer"})) == {"trainer"}
    busy = problem(demand("a"), demand("b"), rooms=(ROOM.model_copy(update={"busy": (at(MONDAY, 8),)}),))
    assert broken(busy, GOOD) == {"room"}
    busy = problem(demand("a"), demand("b"), trainers=(Trainer(id="trainer", busy=(at(MONDAY, 15),)),))
    assert broken(busy, GOOD) == set()  # it begins when the course ends


def test_plan_wide_limits_hold_when_each_session_is_good() -> None:
    two = (demand("a", 9), demand("b", 9))
    second = date(2027, 4, 13)
    case = problem(*two, offers=(offer(days=(MONDAY, second)),))
    later = GOOD.model_copy(update={"slot_id": second.isoformat()})
    assert broken(case, GOOD, later) == {"offer"}
    twice = case.model_copy(update={"offers": (offer(days=(MONDAY, second), max_runs=2),)})
    assert broken(twice, GOOD, later) == set()
    assert "offer" in broken(twice, GOOD, GOOD)
    poor = twice.model_copy(update={"rules": Rules(budget_cents=200_000)})
    assert broken(poor, GOOD, later) == {"budget"}
    fair = problem(demand("a"), demand("b", 9), rules=Rules(max_company_percent=60))
    assert broken(fair, planned(a=2, b=4)) == {"companies"}
    assert broken(fair, planned(a=3, b=4)) == set()
    small = problem(demand("a"), demand("b"), rooms=(Room(id="room", seats=5),))
    assert broken(small, GOOD) == {"room"}


def test_manager_is_obeyed_when_something_is_pinned_or_forbidden() -> None:
    two = (demand("a"), demand("b"))
    for pin in (
        Pin(offer_id="offer", slot_id="other"),
        Pin(offer_id="offer", slot_id=SLOT, room_id="other"),
        Pin(offer_id="offer", slot_id=SLOT, demand_id="a", seats=4),
    ):
        assert broken(problem(*two, pins=(pin,)), GOOD) == {"pin"}
    kept = Pin(offer_id="offer", slot_id=SLOT, demand_id="a", seats=3)
    assert broken(problem(*two, pins=(kept,)), GOOD) == set()
    for veto in (
        Forbid(offer_id="offer"),
        Forbid(room_id="room"),
        Forbid(demand_id="a"),
        Forbid(slot_id=SLOT),
    ):
        assert broken(problem(*two, forbids=(veto,)), GOOD) == {"forbid"}
    assert broken(problem(*two, forbids=(Forbid(offer_id="offer", demand_id="c"),)), GOOD) == set()


def test_claims_are_counted_again_when_a_plan_says_how_good_it_is() -> None:
    case = problem(demand("a"), demand("b"))
    for goal in (
        Goal(name="heads", value=7),
        Goal(name="heads", value=6, bound=5),
        Goal(name="cents", value=105_999),
    ):
        lines = violations(case, Plan(sessions=(GOOD,), goals=(goal,)))
        assert [line.split(":")[0] for line in lines] == ["claim"]
    honest = (Goal(name="heads", value=6, bound=6, proven=True), Goal(name="cents", value=106_000))
    assert violations(case, Plan(sessions=(GOOD,), goals=honest)) == []


def test_checker_shares_no_code_with_the_model() -> None:
    tree = ast.parse(Path(checker.__file__).read_text(encoding="utf-8"))
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    imported |= {
        alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
    }
    own = {name for name in imported if name and name.startswith(("services", "shared", "ortools"))}
    assert own == {"services.courses.planning.problem", "shared.events.courses", "shared.places"}
