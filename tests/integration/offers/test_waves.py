"""A survey from its start to its end, on the real store, with the clock of the due-time runner."""

from datetime import timedelta

import pytest

from services.courses.waves import domain
from services.courses.waves.store import wave_store
from shared.due import DueRunner
from tests.integration.offers.conftest import COMPANIES, NETWORK, World, need

pytestmark = pytest.mark.connected


async def test_answer_rate_grows_and_the_survey_closes_by_itself(world: World) -> None:
    due = world.clock() + timedelta(days=20)
    wave = await world.made("manager", "/waves", {"network_id": NETWORK, "due_at": due.isoformat()})
    assert (wave["asked"], wave["answer_rate_percent"]) == (4, 0.0)
    path = f"/waves/{wave['id']}"
    posted = await world.made("hr0", "/needs", need(0, wave_id=wave["id"]), "same")
    assert await world.made("hr0", "/needs", need(0, wave_id=wave["id"]), "same") == posted
    await world.made("hr1", f"{path}/answers", {"organisation_id": COMPANIES[1]})
    shown = await world.got("manager", path)
    assert (shown["answered"], shown["answer_rate_percent"]) == (2, 50.0)
    assert sorted(shown["missing"]) == sorted(COMPANIES[2:])
    own = await world.got("hr1", path)
    assert (own["own"], own["answered"]) == ([{"organisation_id": COMPANIES[1], "answer": "no_need"}], None)
    (listed,) = (await world.got("manager", f"/needs?network_id={NETWORK}&wave_id={wave['id']}"))["items"]
    assert listed["id"] == posted["id"]

    waves = wave_store(world.service)
    runner = DueRunner(world.service.collection("leases"), service="test", replica="r", clock=world.clock)
    runner.watch(waves, domain.due)
    world.clock.forward(days=6)
    assert await runner.run_due() == 1  # the reminder 14 days before
    world.clock.forward(days=15)
    late = await world("hr2", "POST", "/needs", need(2, wave_id=wave["id"]))
    assert (late.status_code, late.json()["type"]) == (409, "urn:verbundwerk:problem:wave-over")
    assert await runner.run_due() == 1
    assert (await world.got("manager", path))["state"] == "closed"
    assert await world.made("hr0", "/needs", need(0, wave_id=wave["id"]), "same") == posted
