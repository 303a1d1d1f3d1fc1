"""Planning runs: states, attempts, what is frozen, what becomes a draft; and where the solver is loaded."""

import subprocess
import sys
from collections.abc import Callable
from datetime import date
from itertools import product

import pytest

from services.courses.catalogue.domain import Course
from services.courses.needs.domain import Need
from services.courses.planning import domain
from services.courses.planning.domain import (
    MAX_ATTEMPTS,
    TABLE,
    AttemptLost,
    FailReason,
    PlanningRun,
    RunState,
    Summary,
)
from services.courses.planning.freeze import demands_of
from services.courses.planning.handlers import CourseMissing, drafts_of
from services.courses.planning.problem import Options
from services.courses.pools.domain import Pool, PoolState
from shared.decisions import Change
from shared.errors import IdempotencyKeyReused, WrongState
from shared.events.courses import CostKey, CourseFormat
from shared.events.planning import PlanAccepted, PlanningRunFailed, PlanningRunStarted, PlanProposed
from shared.ids import CourseId, NeedId, PlanningRunId, PoolId, SessionId, derived_id
from tests.unit.courses.examples import NETWORK, company
from tests.unit.planning.problems import MONDAY, demand, planned, problem

RUN = PlanningRunId(derived_id("run", "1"))
POOL = PoolId(derived_id("pool", "1"))
FIGURES = Summary(sessions=1, heads=6, heads_bound=6, heads_proven=True, asked=6, cents=106_000)


def run(state: RunState = RunState.QUEUED, **more: object) -> PlanningRun:
    values: dict[str, object] = {"id": RUN, "network_id": NETWORK, "needs": 2, "offers": 1, "state": state}
    return PlanningRun.model_validate(
        {**values, "options": Options(), "input_sha256": "0", "created_ms": 1, **more}
    )


def test_run_is_proposed_and_accepted_when_all_goes_well() -> None:
    started = domain.start(run())
    assert isinstance(started.events[0], PlanningRunStarted)
    proposed = domain.propose(started.state, 1, "1", FIGURES)
    assert isinstance(proposed.events[0], PlanProposed)
    accepted = domain.accept(proposed.state, (SessionId("s"),))
    assert isinstance(accepted.events[0], PlanAccepted)
    assert not domain.accept(accepted.state, (SessionId("s"),)).events
    with pytest.raises(WrongState):
        domain.accept(accepted.state, (SessionId("t"),))


def test_late_attempt_changes_nothing_when_another_took_over() -> None:
    state = domain.start(domain.start(run()).state).state
    assert state.attempts == 2
    with pytest.raises(AttemptLost):
        domain.propose(state, 1, "1", FIGURES)
    with pytest.raises(AttemptLost):
        domain.fail(state, 1, FailReason.SOLVER_FAILED)


def test_run_fails_when_its_workers_were_lost_too_often() -> None:
    change = domain.start(run(RunState.RUNNING, attempts=MAX_ATTEMPTS))
    assert isinstance(change.events[0], PlanningRunFailed)
    assert change.state.fail_reason is FailReason.WORKER_LOST


@pytest.mark.parametrize(
    ("state", "command"), list(product(RunState, ("start", "propose", "fail", "cancel", "accept")))
)
def test_every_cell_of_the_table_holds(state: RunState, command: str) -> None:
    commands: dict[str, Callable[[PlanningRun], Change[PlanningRun]]] = {
        "start": domain.start,
        "propose": lambda one: domain.propose(one, 0, "1", FIGURES),
        "fail": lambda one: domain.fail(one, 0, FailReason.SOLVER_FAILED),
        "cancel": domain.cancel,
        "accept": lambda one: domain.accept(one, (SessionId("s"),)),
    }
    decide = commands[command]
    target = TABLE.get((state, domain.RunCommand(command)))
    if (state, command) == (RunState.CANCELLED, "cancel"):
        target = RunState.CANCELLED
    if target is None:
        with pytest.raises(WrongState):
            decide(run(state))
    else:
        assert decide(run(state)).state.state is target


def test_repeated_request_is_told_from_a_changed_one() -> None:
    assert len(domain.request(None, run()).events) == 1
    assert not domain.request(run(), run()).events
    with pytest.raises(IdempotencyKeyReused):
        domain.request(run(), run(request="other"))


def need(number: int, of: int, heads: int, **more: object) -> Need:
    values: dict[str, object] = {
        "id": NeedId(derived_id("need", str(number))),
        "network_id": NETWORK,
        "organisation_id": company(of),
        "topic_code": "emob-hv1",
        "headcount": heads,
        "window_from": date(2027, 1, 1),
        "window_to": date(2027, 6, 30),
        "format": CourseFormat.ON_SITE,
        "created_ms": number,
    }
    return Need.model_validate({**values, **more})


def pool(state: PoolState = PoolState.VIABLE, **pledges: int) -> Pool:
    return Pool.model_validate(
        {
            "id": POOL,
            "network_id": NETWORK,
            "topic_code": "emob-hv1",
            "minimum_seats": 2,
            "state": state,
            "pledges": {company(int(key[1:])): seats for key, seats in pledges.items()},
            "created_ms": 1,
        }
    )


def heads(needs: list[Need], pools: list[Pool]) -> dict[str, int]:
    """Return heads by demand, named by the number of the need or "+" and the company's for a pledge."""
    names = {derived_id("need", str(number)): str(number) for number in range(9)}
    names |= {f"pledge:{POOL}:{company(number)}": f"+{number}" for number in range(9)}
    return {names[each.id]: each.heads for each in demands_of(needs, pools, {})}


def test_pledge_counts_when_a_company_has_made_one() -> None:
    pooled = {"pool_id": POOL}
    needs = [need(1, 1, 3, **pooled), need(2, 1, 2, **pooled), need(3, 2, 4, **pooled), need(4, 3, 1)]
    assert heads(needs, [pool()]) == {"1": 3, "2": 2, "3": 4, "4": 1}
    assert heads(needs, [pool(c1=4)]) == {"1": 3, "2": 1, "3": 4, "4": 1}
    assert heads(needs, [pool(c1=7, c5=4)]) == {"1": 3, "2": 2, "+1": 2, "3": 4, "4": 1, "+5": 4}
    assert heads(needs, [pool(PoolState.PLANNED)]) == {"4": 1}


def test_terms_of_a_need_are_kept_when_it_is_frozen() -> None:
    one = need(
        1,
        1,
        3,
        max_distance_km=50,
        max_travel_minutes=40,
        budget_cents_per_seat=70_000,
        mandatory=True,
        weekdays=(2, 3),
        day_times={"starts": "08:00", "ends": "16:30"},
    )
    (found,) = demands_of([one], [], {company(1): "08136"})
    assert (found.max_distance_km, found.budget_cents, found.mandatory, found.place) == (
        40,
        70_000,
        True,
        "08136",
    )
    assert (found.weekdays, str(found.begins), str(found.ends)) == ((2, 3), "08:00:00", "16:30:00")
    assert [(span.first, span.last) for span in found.windows] == [(date(2027, 1, 1), date(2027, 6, 30))]


COURSE = Course(
    id=CourseId(derived_id("course", "1")),
    network_id=NETWORK,
    topic_code="emob-hv1",
    teaching_units=4,
    created_ms=1,
)


def test_draft_is_the_pool_session_when_all_seats_are_of_one_pool() -> None:
    case = problem(demand("a", pool_id=POOL), demand("b", pool_id=POOL), demand("c"))
    (draft,) = drafts_of(run(), case, [planned(a=3, b=3)], {"emob-hv1": COURSE}, CostKey.PER_SEAT, 1)
    assert (draft.pool_id, draft.id) == (POOL, derived_id("session", POOL))
    assert (draft.price_cents, draft.capacity, draft.venue_ags) == (17_667, 8, "08111")
    assert draft.state == "draft"
    (mixed,) = drafts_of(run(), case, [planned(a=3, c=3)], {"emob-hv1": COURSE}, CostKey.PER_SEAT, 1)
    assert (mixed.pool_id, mixed.id) == (None, derived_id("session", RUN, "offer", MONDAY.isoformat()))
    with pytest.raises(CourseMissing):
        drafts_of(run(), case, [planned(a=3, b=3)], {}, CostKey.PER_SEAT, 1)


def test_solver_is_loaded_by_the_planning_process_only() -> None:
    code = "import sys, services.courses.main; sys.exit('ortools' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
