"""Planning runs on the real store, with the real planning process: propose, change, accept, cancel, survive a kill."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest

from bench.cases import problem as generated
from services.courses.planning import handlers
from services.courses.planning.domain import PlanningRun, RunState
from services.courses.planning.problem import Options
from services.courses.planning.proposal import Task
from services.courses.planning.runner import COMMAND, Runner
from services.courses.planning.store import CLAIM_MS, Claims, Documents, run_store
from shared.clock import new_id, utc_now
from shared.ids import PlanningRunId
from shared.store import Aggregates, Cause
from tests.integration.planning.world import World
from tests.support import Infra, eventually
from tests.unit.planning.test_awarded import call as awarded_call

pytestmark = [pytest.mark.connected, pytest.mark.timeout(120)]

HANGING = (sys.executable, "-c", "import sys; sys.stdin.read()")
BROKEN = (sys.executable, "-c", "import sys; sys.exit(1)")
DAY = {"starts_at": "2099-05-04T09:00:00+02:00", "ends_at": "2099-05-04T17:00:00+02:00"}
NEXT = {"starts_at": "2099-05-05T09:00:00+02:00", "ends_at": "2099-05-05T17:00:00+02:00"}


def later() -> datetime:
    """Return an instant at which the claims of now have run out."""
    return utc_now() + timedelta(milliseconds=CLAIM_MS + 1)


class Worker:
    """The planning side of a worker, without the rest of it."""

    def __init__(self, world: World, command: Sequence[str] = COMMAND, *, late: bool = False) -> None:
        service = world.service
        self.runs: Aggregates[PlanningRun] = run_store(service)
        self.documents = Documents(service.collection("planning_documents"))
        self.stopping = asyncio.Event()
        self.claims = Claims(
            service.collection("planning_claims"), new_id(), clock=later if late else utc_now
        )
        self.runner = Runner(
            self.runs,
            self.documents,
            self.claims,
            pause=asyncio.sleep,
            stopping=self.stopping,
            command=command,
        )


def body(world: World, **more: object) -> dict[str, object]:
    offer = {
        "id": "akademie",
        "provider_id": new_id(),
        "topic_code": "emob-hv1",
        "slots": [{"id": "may-4", "days": [DAY]}, {"id": "may-5", "days": [NEXT]}],
        "room_ids": ["hall"],
        "trainer_ids": ["t1"],
        "minimum_seats": 4,
        "maximum_seats": 8,
        "fixed_cents": 100_000,
        "variable_cents": 1_000,
    }
    room = {"id": "hall", "seats": 10, "place": "08136"}
    return {
        "network_id": world.network,
        "offers": [offer],
        "rooms": [room],
        "trainers": [{"id": "t1"}],
        "deterministic": True,
        "workers": 1,
        "time_limit_s": 5,
        **more,
    }


async def proposed(world: World, **more: object) -> dict[str, Any]:
    """Return a run after a worker has done it."""
    run = await world.made("manager", "/planning-runs", body(world, **more))
    assert run["state"] == "queued"
    await Worker(world).runner.step()
    done: dict[str, Any] = await world.read("manager", f"/planning-runs/{run['id']}")
    return done


async def test_drafts_are_scheduled_when_the_manager_accepts_a_plan(world: World) -> None:
    for number in range(3):
        await world.need(number, topic_code="emob-hv1", headcount=2)
    far = await world.need(3, ags="08311", max_distance_km=20)
    run = await proposed(world)
    assert (run["state"], run["needs"], run["attempts"]) == ("proposed", 4, 1)
    assert run["summary"] == {
        "sessions": 1,
        "heads": 6,
        "heads_bound": 6,
        "heads_proven": True,
        "asked": 9,
        "cents": run["summary"]["cents"],
    }
    path = f"/planning-runs/{run['id']}"
    plan = await world.read("manager", f"{path}/proposal")
    (session,) = plan["sessions"]
    assert (session["seats"], session["companies"], session["price_cents"]) == (6, 3, 17_667)
    (unserved,) = plan["unserved"]
    assert (unserved["demand_id"], unserved["reason"], unserved["limit_km"]) == (far["id"], "distance", 20)
    assert (
        (await world.call("manager", "POST", f"{path}/accept", {})).json()["type"].endswith("course-missing")
    )
    course = {"network_id": world.network, "topic_code": "emob-hv1", "teaching_units": 4}
    await world.made("manager", "/courses", course)
    accepted = await world.made("manager", f"{path}/accept", {}, key="k")
    assert await world.made("manager", f"{path}/accept", {}, key="k") == accepted
    (session_id,) = accepted["session_ids"]
    draft = await world.read("manager", f"/sessions/{session_id}")
    assert (draft["state"], draft["capacity"], draft["venue_ags"]) == ("draft", 8, "08136")


async def test_awarded_offer_is_planned_and_its_reader_noted_when_a_call_is_decided(world: World) -> None:
    window = {"window_from": "2027-01-01", "window_to": "2027-12-31"}
    needs = [(await world.need(number, **window))["id"] for number in range(2)]
    opened = {"network_id": world.network, "topic_code": "emob-hv1", "minimum_seats": 4, "need_ids": needs}
    pool_id = (await world.made("manager", "/pools", opened))["id"]
    await world.service.collection("pools").update_one({"_id": pool_id}, {"$set": {"state.state": "awarded"}})
    decided = awarded_call("1", network_id=world.network, pool_id=pool_id)
    calls = world.service.collection("calls")
    kept = {
        "_id": decided.id,
        "v": 1,
        "network_id": world.network,
        "status": "awarded",
        "outbox": [],
        "cmds": [],
    }
    await calls.insert({**kept, "pend": 0, "state": decided.model_dump(mode="json")})
    run = await proposed(world, offers=[], rooms=[], trainers=[])
    assert run["summary"]["heads"] == 6
    found = await calls.find_one({"_id": decided.id})
    assert found is not None
    assert [(entry["act"], entry["person_id"]) for entry in found["state"]["journal"]] == [
        ("read", "manager")
    ]
    course = {"network_id": world.network, "topic_code": "emob-hv1", "teaching_units": 4}
    await world.made("manager", "/courses", course)
    accepted = await world.made("manager", f"/planning-runs/{run['id']}/accept", {})
    draft = await world.read("manager", f"/sessions/{accepted['session_ids'][0]}")
    assert (draft["pool_id"], draft["provider_id"]) == (pool_id, decided.award and decided.award.provider_id)


async def test_planner_goes_on_from_the_plan_when_the_manager_forbids_a_date(world: World) -> None:
    for number in range(3):
        await world.need(number)
    first = await proposed(world)
    plan = await world.read("manager", f"/planning-runs/{first['id']}/proposal")
    slot = plan["sessions"][0]["slot_id"]
    change = {"based_on": first["id"], "offers": None, "rooms": None, "trainers": None}
    second = await proposed(world, **change, forbids=[{"slot_id": slot}])
    again = await world.read("manager", f"/planning-runs/{second['id']}/proposal")
    assert {slot, again["sessions"][0]["slot_id"]} == {"may-4", "may-5"}
    assert second["summary"]["heads"] == first["summary"]["heads"]
    pins = [{"offer_id": "akademie", "slot_id": one} for one in ("may-4", "may-5")]
    third = await proposed(world, **change, pins=pins)  # the offer runs once
    assert (third["state"], third["fail_reason"]) == ("failed", "pins_contradict")
    assert (await world.call("manager", "GET", f"/planning-runs/{third['id']}/proposal")).status_code == 404


async def test_foreign_runs_stay_hidden_and_wrong_inputs_are_refused(world: World) -> None:
    run = await world.made("manager", "/planning-runs", body(world))
    for who, status in (("neighbour", 404), ("hr0", 403)):
        assert (await world.call(who, "GET", f"/planning-runs/{run['id']}")).status_code == status
        assert (await world.call(who, "POST", "/planning-runs", body(world))).status_code == status
    offer: Any = body(world)["offers"]
    wrongs: tuple[dict[str, object], ...] = (
        {"rooms": []},
        {"rooms": [{"id": "hall", "seats": 9, "place": "99999"}]},
        {"forbids": [{}]},
        {"offers": offer * 2},
        {"offers": [{**offer[0], "topic_code": "nothing"}]},
        {"offers": [{**offer[0], "minimum_seats": 9}]},
        {"time_limit_s": 0},
    )
    for wrong in wrongs:
        refused = await world.call("manager", "POST", "/planning-runs", body(world, **wrong))
        assert refused.status_code == 422, refused.text
    assert (
        await world.call("neighbour", "GET", f"/planning-runs?network_id={world.network}")
    ).status_code == 404
    listed = await world.read("manager", f"/planning-runs?network_id={world.network}")
    assert [one["id"] for one in listed["items"]] == [run["id"]]


async def test_search_ends_when_the_manager_cancels_it(world: World) -> None:
    run = await world.made("manager", "/planning-runs", body(world))
    worker = Worker(world, HANGING)
    searching = asyncio.create_task(worker.runner.step())

    async def running() -> bool:
        return (await worker.runs.get(run["id"])).state is RunState.RUNNING

    await eventually(running)
    cancelled = await world.made("manager", f"/planning-runs/{run['id']}/cancel")
    assert cancelled["state"] == "cancelled"
    await asyncio.wait_for(searching, 20)
    assert not [
        child for child in psutil.Process().children() if "sys.stdin.read()" in " ".join(_line(child))
    ]
    refused = await world.call("manager", "POST", f"/planning-runs/{run['id']}/accept", {})
    assert refused.status_code == 404


def _line(process: psutil.Process) -> list[str]:
    with contextlib.suppress(psutil.Error):
        return list(process.cmdline())
    return []


async def test_run_fails_when_the_process_ends_without_an_answer(world: World) -> None:
    run = await world.made("manager", "/planning-runs", body(world))
    await Worker(world, BROKEN).runner.step()
    shown = await world.read("manager", f"/planning-runs/{run['id']}")
    assert (shown["state"], shown["fail_reason"]) == ("failed", "solver_failed")


async def test_another_worker_plans_when_the_first_one_is_killed(
    world: World, infra: Infra, database: str
) -> None:
    worker = Worker(world, late=True)
    task = Task(problem=generated(300, 1), options=Options(time_limit_s=8, workers=1))
    run_id = PlanningRunId(new_id())
    digest = await worker.documents.keep(f"{run_id}:input", task.model_dump_json())
    run = PlanningRun(
        id=run_id,
        network_id=world.network,
        options=task.options,
        needs=300,
        offers=75,
        input_sha256=digest,
        created_ms=1,
    )
    await handlers.request_run(run, Cause(), runs=worker.runs)
    environment = {
        **os.environ,
        "KAFKA_BOOTSTRAP_SERVERS": infra.kafka,
        "MONGODB_URL": infra.mongodb_url,
        "MONGODB_DATABASE": database,
        "PORT": "0",
    }
    first = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "services.courses",
        "worker",
        env=environment,
        cwd=Path(__file__).parents[3],
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )

    async def searching() -> bool:
        return await worker.claims.progress(run_id) is not None

    await eventually(searching, seconds=60)
    children = psutil.Process(first.pid).children()
    first.send_signal(signal.SIGKILL)
    await first.wait()
    await eventually(lambda: not any(child.is_running() and child.status() != "zombie" for child in children))
    await worker.runner.step()
    done = await worker.runs.get(run_id)
    assert (done.state, done.attempts) == (RunState.PROPOSED, 2)
    assert done.summary is not None
    assert done.summary.heads > 0
