"""What goes to the planning process and what comes back; the process alone imports the solver."""

from services.courses.planning.explain import Unserved
from services.courses.planning.problem import Options, Plan, Problem
from shared.events.envelope import Value


class Task(Value):
    """What to search for."""

    problem: Problem
    options: Options
    previous: Plan | None = None


class Proposal(Value):
    """What was found, why some needs are not in it, and the checker's objections (none, or it is not proposed)."""

    plan: Plan
    unserved: tuple[Unserved, ...] = ()
    objections: tuple[str, ...] = ()
