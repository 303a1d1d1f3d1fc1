"""`python -m services.courses.planning.process`: one search, in a process of its own.

The first line of standard input is the task; standard output gets a JSON line for each step of progress and a last
one with the proposal. Standard input stays open while the worker lives: at its end this process ends, too, so that
no search outlives a killed worker. It knows no store, no broker and no secret.
"""

import json
import os
import sys
import threading
import time
from typing import TextIO

from services.courses.planning.checker import violations
from services.courses.planning.domain import FailReason
from services.courses.planning.explain import explain
from services.courses.planning.fit import Possibilities
from services.courses.planning.proposal import Proposal, Task
from services.courses.planning.search import PinsContradict
from services.courses.planning.solve import solve

NICENESS = 10  # commands of people come first
TELL_EVERY_S = 0.5
ORPHANED = 3


def search(task: Task, out: TextIO) -> Proposal:
    """Search and write progress lines. Errors: `PinsContradict`."""
    last = 0.0

    def tell(goal: str, value: int, bound: int | None) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= TELL_EVERY_S:
            last = now
            out.write(json.dumps({"goal": goal, "value": value, "bound": bound}) + "\n")
            out.flush()

    plan = solve(task.problem, task.options, previous=task.previous, tell=tell)
    return Proposal(
        plan=plan,
        unserved=explain(Possibilities(task.problem), plan),
        objections=tuple(violations(task.problem, plan)),
    )


def main() -> int:
    """Read the task, search, write the answer; 0 also when there is no plan, which the answer says."""
    os.nice(NICENESS)
    task = Task.model_validate_json(sys.stdin.readline())
    threading.Thread(target=_end_with_worker, daemon=True).start()
    try:
        found = search(task, sys.stdout)
    except PinsContradict:
        answer: dict[str, object] = {"failed": FailReason.PINS_CONTRADICT}
    else:
        answer = {"proposal": found.model_dump(mode="json")}
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()
    return 0


def _end_with_worker() -> None:
    while sys.stdin.read(65536):
        pass
    os._exit(ORPHANED)


if __name__ == "__main__":
    sys.exit(main())
