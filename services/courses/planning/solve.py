"""The planner: a problem in, a plan out. Never worse than the greedy baseline; how it works: ADR 0016."""

from services.courses.planning import greedy
from services.courses.planning.clusters import solve_in_parts
from services.courses.planning.figures import GOALS, figures
from services.courses.planning.fit import Possibilities
from services.courses.planning.problem import Goal, Options, Plan, Problem
from services.courses.planning.search import Allowance, OnProgress, PinsContradict, optimise, plan_of

SMALL_FITS = 500  # pairs of demand and possible session up to which parts would only cost time


def _silent(_name: str, _value: int, _bound: int | None) -> None:
    """Tell nobody."""


def solve(
    problem: Problem,
    options: Options | None = None,
    *,
    previous: Plan | None = None,
    tell: OnProgress = _silent,
) -> Plan:
    """Return the best plan found in the time given, starting from `previous` where there is one.

    Errors: `PinsContradict` when no plan keeps the manager's pins.
    """
    allowance = Allowance(options or Options())
    known = Possibilities(problem)
    start = greedy.plan(known)
    hint = previous.sessions if previous else None
    if start is not None:
        tell("heads", figures(start, known).heads, None)
    if start is None or len(known.fits) <= SMALL_FITS:
        found = optimise(known, allowance, start=start, hint=hint, tell=tell)
    else:
        found = solve_in_parts(known, start, allowance, tell, hint=hint or ())
    if found is None:
        raise PinsContradict
    return plan_of(found.sessions, found.goals)


def baseline(problem: Problem) -> Plan:
    """Return the greedy plan. Errors: `PinsContradict` when it cannot keep the pins."""
    known = Possibilities(problem)
    sessions = greedy.plan(known)
    if sessions is None:
        raise PinsContradict
    reached = figures(sessions, known)
    goals = [Goal(name=name, value=int(getattr(reached, name))) for name in GOALS]
    return plan_of(sessions, goals)
