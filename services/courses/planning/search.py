"""One model, goal after goal: each is optimised with the goals before it held at what they reached."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ortools.sat.python import cp_model

from services.courses.planning.figures import CENTS, GOALS, Figures, figures
from services.courses.planning.fit import Possibilities
from services.courses.planning.model import Model
from services.courses.planning.problem import Goal, Options, Plan, PlannedSession

type Sessions = tuple[PlannedSession, ...]
type OnProgress = Callable[[str, int, int | None], None]

# Heads decide most and are the hardest to prove; what a goal does not use is left to the next one.
_SOLVED = {
    cp_model.OPTIMAL,
    cp_model.FEASIBLE,
}  # without a solution the solver names no bound that means anything
_BOUNDLESS = 1e15  # beyond this the solver has not bounded anything yet
PARTS = {"heads": 0.6, "mandatory_heads": 0.4, "spread": 0.4, "cents": 1.0}


class PinsContradict(Exception):  # noqa: N818  it names the condition
    """No plan keeps everything that the manager pinned."""


class Allowance:
    """How much searching is left: wall seconds, or the solver's own units where the result must be repeatable."""

    def __init__(self, options: Options, limit: float | None = None) -> None:
        self.options = options
        self._spent = 0.0
        self._limit = options.time_limit_s if limit is None else limit
        self._started = time.monotonic()

    @property
    def left(self) -> float:
        """What may still be spent."""
        used = self._spent if self.options.deterministic else time.monotonic() - self._started
        return max(0.0, self._limit - used)

    def spend(self, units: float) -> None:
        """Count what a search has used, in the solver's own units."""
        self._spent += units

    def solver(self, limit: float) -> cp_model.CpSolver:
        """Return a solver that stops after `limit`."""
        made = cp_model.CpSolver()
        parameters = made.parameters
        parameters.random_seed = self.options.seed
        parameters.num_workers = self.options.workers
        if self.options.deterministic:
            parameters.max_deterministic_time = limit
            parameters.interleave_search = self.options.workers > 1
        else:
            parameters.max_time_in_seconds = limit
        return made


@dataclass(frozen=True, slots=True)
class Found:
    """The best sessions so far and what is known about the goals."""

    sessions: Sessions
    goals: tuple[Goal, ...]


class _Told(cp_model.CpSolverSolutionCallback):
    def __init__(self, name: str, tell: OnProgress) -> None:
        super().__init__()
        self._name = name
        self._tell = tell

    def on_solution_callback(self) -> None:
        sign = -1 if self._name == CENTS else 1
        self._tell(self._name, sign * round(self.objective_value), sign * round(self.best_objective_bound))


def optimise(
    known: Possibilities,
    allowance: Allowance,
    *,
    start: Sessions | None = None,
    hint: Sessions | None = None,
    caps: Mapping[str, int] | None = None,
    names: Sequence[str] = GOALS,
    tell: OnProgress = lambda _name, _value, _bound: None,
) -> Found | None:
    """Return the best plan found: never worse than `start`, which must be valid. None if nothing was found in time.

    `hint` is tried first and need not be valid; `caps` bound the heads of topics; `names` are the goals to pursue.
    Errors: `PinsContradict` when no plan can keep the pins.
    """
    model = Model(known)
    model.cap_heads(caps or {})
    best = start
    goals: list[Goal] = []
    first: Sessions | None = start if hint is None else hint
    for name in names:
        goal = None if best is None else _reached_all(name, best, known)
        if goal is None:
            goal, best = _pursue(model, name, best, first or best, allowance, tell)
            if goal is None:
                return None
            first = best
        goals.append(goal)
        model.cp.add(model.goal(name) >= (-goal.value if name == CENTS else goal.value))
    return Found(best or (), settled(goals, best or (), known))


def settled(goals: Sequence[Goal], best: Sessions, known: Possibilities) -> tuple[Goal, ...]:
    """Return the goals with what the final plan reaches: a later search may have found more of an earlier goal."""
    reached = figures(best, known)
    values = {goal.name: _value(goal.name, reached) for goal in goals}
    return tuple(
        goal.model_copy(update={"value": values[goal.name], "proven": goal.bound == values[goal.name]})
        for goal in goals
    )


def _pursue(
    model: Model,
    name: str,
    best: Sessions | None,
    first: Sessions | None,
    allowance: Allowance,
    tell: OnProgress,
) -> tuple[Goal | None, Sessions | None]:
    known = model.known
    model.cp.maximize(model.goal(name))
    if first is not None:
        model.hint(first)
    solver = allowance.solver(max(0.05, allowance.left * PARTS[name]))
    status = solver.solve(model.cp, _Told(name, tell))
    allowance.spend(solver.deterministic_time)
    if status == cp_model.INFEASIBLE and best is None:
        raise PinsContradict
    sign = -1 if name == CENTS else 1
    bound = _bound(solver, sign) if status in _SOLVED else None
    if status in _SOLVED:
        found = model.sessions(solver)
        if best is None or figures(found, known).score >= figures(best, known).score:
            best = found
    if best is None:
        return None, None
    value = _value(name, figures(best, known))
    return Goal(name=name, value=value, bound=bound, proven=bound == value), best


def _bound(solver: cp_model.CpSolver, sign: int) -> int | None:
    bound = solver.best_objective_bound
    return sign * round(bound) if abs(bound) < _BOUNDLESS else None


def _value(name: str, reached: Figures) -> int:
    return int(getattr(reached, name))


def _reached_all(name: str, best: Sessions, known: Possibilities) -> Goal | None:
    """Return the goal as proven where there is nothing more to reach, so that no search is needed."""
    demands = known.problem.demands
    most = {
        "heads": sum(demand.heads for demand in demands),
        "mandatory_heads": sum(demand.heads for demand in demands if demand.mandatory),
        "spread": 2 * len({demand.company_id for demand in demands}),
        "cents": None,
    }[name]
    value = _value(name, figures(best, known))
    return Goal(name=name, value=value, bound=value, proven=True) if value == most else None


def plan_of(sessions: Sequence[PlannedSession], goals: Sequence[Goal]) -> Plan:
    """Return the plan with its sessions in a fixed order."""
    ordered = sorted(sessions, key=lambda one: (one.offer_id, one.slot_id, one.room_id or ""))
    return Plan(sessions=tuple(ordered), goals=tuple(goals))
