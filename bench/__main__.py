"""`python -m bench`: raw limits and our figures in one run on this machine, with their ratios; kept as JSON.

`python -m bench planner`: the planner beside the greedy baseline (bench/planner.py).
"""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from bench import planner, raw, system
from deploy.local import credentials
from deploy.local.settings import load
from deploy.local.topology import kafka_servers, mongodb_url
from tools.chapters import pooling
from tools.storystate import load_state
from tools.walkthrough import Demo

RESULTS = Path(__file__).parent / "results"
ROUNDS = 3


def measure(environment: dict[str, str]) -> dict[str, Any]:
    """Measure in alternating rounds against the running system; the median of each figure counts."""
    settings = load(environment)
    demo = Demo(settings.public_url, load_state(settings.var), credentials.ensure(settings.secrets))
    with Progress(disable=True) as progress:
        demo.found_networks(progress)
        demo.admit_companies(progress)
        pooling.pool_needs(demo, progress)
    world = system.World(settings.public_url, demo)
    rounds = []
    for _ in range(ROUNDS):
        many = world.sessions(system.SESSIONS, 500)
        hot = world.sessions(1, 20)
        rounds.append(
            {
                "raw_writes_per_s": asyncio.run(raw.guarded_writes(mongodb_url(settings), 1600)),
                "bookings": asyncio.run(system.bookings(world, many, 800, system.CALLERS)),
                "raw_kafka_ms": asyncio.run(
                    raw.produce_to_consume(kafka_servers(settings), "verbund.notifications.events", 100)
                ),
                "booking_to_report_ms": asyncio.run(system.booking_to_report(world, 40)),
                "hot_session": asyncio.run(system.bookings(world, hot, 1000, 100)),
            }
        )
    demo.close()
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "cores": os.cpu_count(),
        "rounds": rounds,
        "median": _medians(rounds),
    }


def _medians(rounds: list[dict[str, Any]]) -> dict[str, float]:
    def middle(values: list[float]) -> float:
        return sorted(values)[len(values) // 2]

    found = {
        "raw guarded writes/s": middle([one["raw_writes_per_s"] for one in rounds]),
        "bookings/s": middle([one["bookings"]["per_s"] for one in rounds]),
        "hot-session bookings/s": middle([one["hot_session"]["per_s"] for one in rounds]),
        "raw produce→consume p50 ms": middle([one["raw_kafka_ms"][0] for one in rounds]),
        "booking→report p50 ms": middle([one["booking_to_report_ms"][0] for one in rounds]),
        "booking→report p99 ms": middle([one["booking_to_report_ms"][1] for one in rounds]),
    }
    found["bookings ÷ raw writes"] = round(found["bookings/s"] / found["raw guarded writes/s"], 3)
    found["hot ÷ many sessions"] = round(found["hot-session bookings/s"] / found["bookings/s"], 3)
    p50, raw_p50 = found["booking→report p50 ms"], found["raw produce→consume p50 ms"]
    found["report p50 ÷ raw p50"] = round(p50 / raw_p50, 1)
    return found


def main() -> int:
    """Start the system on fresh data, measure, stop, print the table and keep it."""
    with tempfile.TemporaryDirectory(prefix="verbundwerk-bench-") as folder:
        environment = {
            **os.environ,
            "VERBUNDWERK_VAR": str(Path(folder) / "var"),
            "VERBUNDWERK_PORTS": "free",
            "RATE_PER_CLIENT": "0",
            "RATE_PER_PERSON": "0",
        }
        launcher = [sys.executable, "-m", "deploy.local"]
        subprocess.run([*launcher, "up"], env=environment, check=True, stdout=subprocess.DEVNULL)
        try:
            found = measure(environment)
        finally:
            subprocess.run([*launcher, "down"], env=environment, check=False, stdout=subprocess.DEVNULL)
    table = Table("figure", f"median of {ROUNDS} rounds", title=f"{found['cores']} cores, {found['date']}")
    for name, value in found["median"].items():
        table.add_row(name, str(value))
    Console().print(table)
    RESULTS.mkdir(exist_ok=True)
    file = RESULTS / f"{found['date']}.json"
    file.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    failed = sum(one[key]["failed"] for one in found["rounds"] for key in ("bookings", "hot_session"))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(planner.main(sys.argv[2:]) if sys.argv[1:2] == ["planner"] else main())
