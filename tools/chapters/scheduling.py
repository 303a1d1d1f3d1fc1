"""The planner turns the awarded offer and the pledges into a session; the manager accepts and publishes it."""

import time
from typing import Any

from rich.progress import Progress

from tools.chapters.surprise import Surprise
from tools.walkthrough import COURSES, Demo

PATIENCE_S = 60
SEARCH_S = 10


def schedule(demo: Demo, progress: Progress, call: dict[str, Any]) -> dict[str, Any]:
    """Plan, accept and open the session; return the accepted run. Errors: `Surprise`, `Refused`."""
    task = progress.add_task("courses: Planer und Katalog", total=3)
    manager = demo.as_manager
    plan = manager.get(f"{COURSES}/calls/{call['id']}/plan")
    manager.post(f"{COURSES}/courses", plan["course"], "course")
    body = {"network_id": demo.network, "time_limit_s": SEARCH_S}
    run = _done(demo, manager.post(f"{COURSES}/planning-runs", body, "planning-run")["id"])
    progress.advance(task)
    if run["state"] == "proposed":
        run = manager.post(f"{COURSES}/planning-runs/{run['id']}/accept")
    progress.advance(task)
    for session_id in run["session_ids"]:
        manager.post(f"{COURSES}/sessions/{session_id}/open")
    progress.advance(task)
    return dict(run)


def steps(demo: Demo, run: dict[str, Any]) -> dict[str, Any]:
    """Return what the plan and the catalogue say, for `story.EXPECTED_STEPS`."""
    proposal = demo.as_manager.get(f"{COURSES}/planning-runs/{run['id']}/proposal")
    listed = demo.as_company("gerber").get(f"{COURSES}/catalogue?network_id={demo.network}&limit=200")[
        "items"
    ]
    shown = [each for each in listed if each["session_id"] in run["session_ids"]]
    return {
        "courses: Durchführungen im Plan": len(proposal["sessions"]),
        "courses: verplante Köpfe": run["summary"]["heads"],
        "courses: Köpfe ohne Platz": run["summary"]["asked"] - run["summary"]["heads"],
        "courses: Plan ist bewiesen optimal": run["summary"]["heads_proven"],
        "courses: Preis je Platz in Cent": shown[0]["price_cents"] if shown else None,
        "courses: im Katalog": len(shown),
    }


def _done(demo: Demo, run_id: str) -> dict[str, Any]:
    deadline = time.monotonic() + PATIENCE_S
    while True:
        run: dict[str, Any] = demo.as_manager.get(f"{COURSES}/planning-runs/{run_id}")
        if run["state"] in {"proposed", "accepted"}:
            return run
        if run["state"] not in {"queued", "running"} or time.monotonic() > deadline:
            raise Surprise(f"the planner did not propose a plan: {run['state']}, {run['fail_reason']}")
        time.sleep(0.2)
