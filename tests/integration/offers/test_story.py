"""The walkthrough of domain notes 7 up to the published session, through the API alone, with the story's figures."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.courses.calls import domain as calls_domain
from services.courses.calls.store import call_store
from shared.due import DueRunner
from tests.integration.offers.conftest import BIDDERS, COMPANIES, NETWORK, World, need, offer
from tools import story

pytestmark = pytest.mark.connected

FIRST = datetime(2099, 5, 4, 6, tzinfo=UTC)
DAYS = [
    {
        "starts_at": (FIRST + timedelta(days=n)).isoformat(),
        "ends_at": (FIRST + timedelta(days=n, hours=7)).isoformat(),
    }
    for n in range(6)
]


def proposal(number: int, per_seat: int, **more: Any) -> dict[str, Any]:
    """Return an offer for ten seats, without a fixed part."""
    values = {"fixed_cents": 0, "per_seat_cents": per_seat, "options": [{"days": DAYS, "venue": 0}]}
    return offer(number, **values, **more)


async def test_four_needs_become_a_published_session_when_three_providers_compete(world: World) -> None:
    heroes = [hero for hero in story.HEROES if hero.need]
    posted = [
        await world.made(f"hr{number}", "/needs", need(number, topic_code=story.TOPIC, headcount=hero.need))
        for number, hero in enumerate(heroes)
    ]
    assert sum(each["headcount"] for each in posted) == story.EXPECTED["needs_headcount"] == 8
    (row,) = await world.got("hr0", f"/needs/demand?network_id={NETWORK}")
    assert (row["headcount"], row["companies"]) == (8, 4)
    body = {"network_id": NETWORK, "topic_code": story.TOPIC, "minimum_seats": story.MINIMUM}
    pool = await world.made("manager", "/pools", {**body, "need_ids": [each["id"] for each in posted]})
    for number, hero in enumerate(heroes):
        pledge = {"organisation_id": COMPANIES[number], "seats": hero.pledge}
        pool = await world.made(f"hr{number}", f"/pools/{pool['id']}/pledges", pledge)
    driver = {"organisation_id": COMPANIES[0], "seats": heroes[0].pledge + story.HEROES[-1].pledge}
    pool = await world.made("hr0", f"/pools/{pool['id']}/pledges", driver)
    assert (pool["state"], pool["pledged_seats"]) == ("viable", 12)

    spec = await world.got("manager", f"/pools/{pool['id']}/specification")
    assert (spec["teaching_units"], spec["maximum_seats"], spec["reference_seats"]) == (48, 10, 10)
    call_id = await world.requested(pool["id"])
    assert (await world.got("manager", f"/pools/{pool['id']}"))["state"] == "offers_requested"
    for number, price in enumerate((215_000, 205_000, 240_000)):
        more = {"azav_certified_until": "2099-12-31"} if number == 0 else {}
        await world.made(
            f"provider{number}", f"/invitations/{call_id}/offer", proposal(number, price, **more)
        )
    world.clock.forward(days=14)
    await world.made("manager", f"/calls/{call_id}/open")
    for each in (await world.got("manager", f"/calls/{call_id}"))["offers"]:
        points = {"didactics": 90 if each["provider_id"] == BIDDERS[0] else 60, "dates": 80, "venue": 80}
        path = f"/calls/{call_id}/offers/{each['offer_id']}"
        await world.got("manager", path)
        await world.made("manager", f"{path}/score", {"points": points, "note": "Gespräch am Telefon."})
    best = (await world.got("manager", f"/calls/{call_id}"))["offers"][0]
    assert (best["provider_id"], best["total_cents"], best["score"]) == (BIDDERS[0], 2_150_000, 90.5)
    award = {"offer_id": best["offer_id"], "reason_code": "best_score", "reason": "Beste Didaktik, AZAV."}
    await world.made("manager", f"/calls/{call_id}/award", award)
    assert (await world.got("manager", f"/pools/{pool['id']}"))["state"] == "awarded"

    plan = await world.got("manager", f"/calls/{call_id}/plan")
    assert plan["price_at_minimum_cents"] == story.PRICE_CENTS
    course = await world.made("manager", "/courses", plan["course"])
    session = await world.made("manager", "/sessions", {**plan["sessions"][0], "course_id": course["id"]})
    expected = (story.CAPACITY, story.MINIMUM, story.PRICE_CENTS, BIDDERS[0], "08117", 6)
    assert expected == (
        session["capacity"],
        session["minimum_seats"],
        session["price_cents"],
        session["provider_id"],
        session["venue_ags"],
        len(session["days"]),
    )
    opened = await world.made("manager", f"/sessions/{session['id']}/open")
    assert opened["state"] == "open"
    assert (await world.got("manager", f"/pools/{pool['id']}"))["state"] == "planned"


async def test_call_closes_by_itself_when_its_due_time_has_come(world: World) -> None:
    call_id = await world.requested(await world.pool())
    calls = call_store(world.service)
    runner = DueRunner(world.service.collection("leases"), service="test", replica="r", clock=world.clock)
    runner.watch(calls, calls_domain.due)
    assert await runner.run_due() == 0
    world.clock.forward(days=14)
    assert await runner.run_due() == 1
    assert await runner.run_due() == 0
    shown = await world.got("manager", f"/calls/{call_id}")
    assert (shown["state"], shown["offers_sealed"]) == ("closed", True)
