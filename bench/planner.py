"""`python -m bench planner [NEEDS …]`: the planner beside the greedy baseline on generated problems of three sizes.

Prints a line per problem and keeps the figures as JSON. Exits 1 if a plan breaks a rule, serves fewer heads than
greedy, or takes longer than its limit allows.
"""

import json
import os
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.cases import problem
from services.courses.planning.checker import violations
from services.courses.planning.problem import Goal, Options, Plan
from services.courses.planning.solve import baseline, solve

RESULTS = Path(__file__).parent / "results"
WORKERS = 2
SIZES: dict[int, tuple[tuple[int, ...], float]] = {  # needs: (seeds, seconds of search)
    30: (tuple(range(1, 11)), 10),
    300: ((1, 2, 3, 4, 5), 25),
    3000: ((1, 2), 120),
}
OVERHEAD_S = 5  # for reading the problem and the last search's end, at 300 needs; ten times at 3,000


def measure(needs: int, seed: int, limit_s: float) -> dict[str, Any]:
    """Plan one problem with both and return the figures."""
    case = problem(needs, seed)
    started = time.monotonic()
    simple = baseline(case)
    after_greedy = time.monotonic()
    plan = solve(case, Options(time_limit_s=limit_s, workers=WORKERS, seed=seed))
    seconds = time.monotonic() - after_greedy
    heads, cents = _goal(plan, "heads"), _goal(plan, "cents")
    greedy_heads = _goal(simple, "heads").value
    return {
        "needs": needs,
        "seed": seed,
        "asked": sum(demand.heads for demand in case.demands),
        "greedy_heads": greedy_heads,
        "greedy_s": round(after_greedy - started, 2),
        "heads": heads.value,
        "bound": heads.bound,
        "gap_percent": _gap(heads),
        "proven": heads.proven,
        "sessions": len(plan.sessions),
        "cents_per_head": cents.value // max(1, heads.value),
        "cents_proven": cents.proven,
        "seconds": round(seconds, 1),
        "violations": len(violations(case, plan)) + len(violations(case, simple)),
        "late": seconds > limit_s + OVERHEAD_S * max(1, needs // 300),
    }


def _goal(plan: Plan, name: str) -> Goal:
    return next(goal for goal in plan.goals if goal.name == name)


def _gap(goal: Goal) -> float | None:
    return None if goal.bound is None else round(100 * (goal.bound - goal.value) / max(1, goal.bound), 1)


def main(arguments: Sequence[str]) -> int:
    """Measure the sizes named, or all, print the table and keep the figures."""
    sizes = [int(one) for one in arguments] or list(SIZES)
    found = []
    table = Table(
        "needs", "seed", "asked", "greedy", "planner", "bound", "gap %", "sessions", "€/head", "s", "rules",
        title=f"heads served, {WORKERS} workers on {os.cpu_count()} cores",
    )  # fmt: skip
    for needs in sizes:
        seeds, limit_s = SIZES[needs]
        for seed in seeds:
            one = measure(needs, seed, limit_s)
            found.append(one)
            table.add_row(
                *(str(one[key]) for key in ("needs", "seed", "asked", "greedy_heads", "heads", "bound")),
                "proven" if one["proven"] else str(one["gap_percent"]),
                str(one["sessions"]),
                f"{one['cents_per_head'] / 100:.0f}",
                str(one["seconds"]),
                "kept" if not one["violations"] else "BROKEN",
            )
    console = Console(width=110)
    console.print(table)
    for needs in sizes:
        some = [one for one in found if one["needs"] == needs]
        greedy, planned = (sum(one[key] for one in some) for key in ("greedy_heads", "heads"))
        console.print(
            f"{needs} needs: {planned} heads, greedy {greedy}: {100 * planned / greedy - 100:+.1f} %"
        )
    RESULTS.mkdir(exist_ok=True)
    day = datetime.now(UTC).date().isoformat()
    text = json.dumps({"date": day, "cores": os.cpu_count(), "runs": found}, indent=2)
    (RESULTS / f"{day}-planner.json").write_text(text + "\n", encoding="utf-8")
    bad = [one for one in found if one["violations"] or one["late"] or one["heads"] < one["greedy_heads"]]
    return 1 if bad else 0
