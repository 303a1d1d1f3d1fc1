"""Groups, offers, contingents, reasons, new dates and calendar files through the API on the real store."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from services.courses.sessions.domain.due import due
from shared.clock import new_id, utc_now
from shared.due import DueRunner
from shared.mongo import Mongo
from tests.integration.sessions.world import replica
from tests.integration.test_courses_path import COMPANIES, Client, both, call, opened, seat

__all__ = ["both", "call"]  # fixtures

pytestmark = [pytest.mark.connected, pytest.mark.timeout(180)]


async def test_seat_goes_on_by_itself_and_says_why(call: Client, mongo: Mongo) -> None:
    session_id = await opened(call, promotion="offer", capacity=2)
    path = f"/sessions/{session_id}/bookings"
    booked = [await call.made(f"hr{number}", path, seat(number)) for number in range(4)]
    cancelled = await call.made("hr0", f"{path}/{booked[0]['id']}/cancel")
    assert cancelled["fee_cents"] == 0
    (offer,) = (await call("hr2", "GET", f"/sessions/{session_id}/seat-offers")).json()
    assert (offer["booking_ids"], offer["seats"]) == ([booked[2]["id"]], 1)
    assert (await call("hr3", "GET", f"/sessions/{session_id}/seat-offers")).json() == []
    foreign = await call("hr3", "POST", f"/sessions/{session_id}/seat-offers/{offer['id']}/accept", {})
    assert foreign.status_code == 404
    # Two days later nobody has answered, and whatever was down is up again.
    later = utc_now() + timedelta(days=3)
    runners = []
    for name in ("one", "two"):
        runner = DueRunner(mongo.collection("leases"), service=name, replica=name, clock=lambda: later)
        runner.watch(replica(mongo.collection("sessions"), name), due)
        runners.append(runner)
    await asyncio.gather(*(runner.run_due() for runner in runners))
    shown = (await call("hr2", "GET", f"{path}/{booked[2]['id']}")).json()
    assert (shown["status"], shown["reason"][:20]) == ("offer_expired", "The offered seat was")
    (offer,) = (await call("hr3", "GET", f"/sessions/{session_id}/seat-offers")).json()
    await call.made("hr3", f"/sessions/{session_id}/seat-offers/{offer['id']}/accept", {})
    query = f"first={booked[3]['id']}&second={booked[2]['id']}"
    why = (await call("manager", "GET", f"/sessions/{session_id}/queue/explanation?{query}")).json()
    assert (why["first"], why["second"]) == (4, 3)
    assert (await call("hr3", "GET", f"/sessions/{session_id}/queue/explanation?{query}")).status_code == 404
    steps = (await call("hr2", "GET", f"{path}/{booked[2]['id']}/history")).json()
    assert [each["step"] for each in steps] == ["offer_made", "offer_expired"]


async def test_group_is_answered_as_a_whole(call: Client) -> None:
    session_id = await opened(call, capacity=3)
    path = f"/sessions/{session_id}/bookings/group"
    people = [new_id() for _ in range(5)]
    body: dict[str, Any] = {"organisation_id": COMPANIES[0], "participant_ids": people}
    refused = await call("hr0", "POST", path, {**body, "mode": "all_or_nothing"})
    assert (refused.status_code, refused.json()["params"]) == (409, {"free": 3, "asked": 5})
    made = await call.made("hr0", path, {**body, "mode": "ask_for_part"}, "g1")
    assert [each["status"] for each in made["bookings"]] == ["offered"] * 5
    assert await call.made("hr0", path, {**body, "mode": "ask_for_part"}, "g1") == made
    offer = made["bookings"][0]["offer"]
    some = [each["id"] for each in made["bookings"][1:3]]
    await call.made("hr0", f"/sessions/{session_id}/seat-offers/{offer['id']}/accept", {"booking_ids": some})
    seats = (await call("hr0", "GET", f"/sessions/{session_id}")).json()["seats"]
    assert (seats["confirmed"], seats["waitlisted"]) == (2, 3)


async def test_overlap_is_warned_of_and_dates_are_asked_for_again(call: Client) -> None:
    first, second = await opened(call), await opened(call)
    person = seat(0)
    await call.made("hr0", f"/sessions/{first}/bookings", person)
    again = await call.made("hr0", f"/sessions/{second}/bookings", person)
    assert again["warnings"] == [{"code": "overlap", "session_id": first}]
    await call.made(
        "manager", f"/sessions/{first}/contingents", {"organisation_id": COMPANIES[1], "seats": 1}
    )
    full = await call.made("hr2", f"/sessions/{first}/bookings", seat(2))
    assert full["status"] == "waitlisted"
    await call.made("hr1", f"/sessions/{first}/contingents/{COMPANIES[1]}/release")
    assert (await call("hr2", "GET", f"/sessions/{first}/bookings/{full['id']}")).json()[
        "status"
    ] == "confirmed"
    days = [{"starts_at": "2099-06-08T09:00:00+02:00", "ends_at": "2099-06-08T17:00:00+02:00"}]
    without = await call("manager", "POST", f"/sessions/{first}/reschedule", {"days": days})
    assert (without.status_code, without.json()["errors"][0]["pointer"]) == (422, "#/answer_by")
    moved = {"days": days, "answer_by": "2099-05-01T00:00:00Z"}
    shown = await call.made("manager", f"/sessions/{first}/reschedule", moved)
    assert (shown["revision"], shown["answer_by"]) == (1, "2099-05-01T00:00:00Z")
    answer = {"organisation_id": COMPANIES[2], "declined": [full["id"]]}
    assert (await call.made("hr2", f"/sessions/{first}/date-answers", answer))["seats"]["confirmed"] == 1
    file = await call("hr0", "GET", f"/sessions/{first}/calendar.ics")
    assert file.headers["content-type"].startswith("text/calendar")
    assert "SEQUENCE:1" in file.text
    decision = {"decision": "go", "reason_code": "cost_covered", "note": "Träger sagt zu."}
    assert (await call.made("manager", f"/sessions/{first}/decision", decision))["state"] == "confirmed"
    assert (await call("manager", "GET", f"/sessions/{first}/decision")).json()["note"] == "Träger sagt zu."
    early = await call("manager", "POST", f"/sessions/{first}/start")
    assert early.status_code == 409


async def test_lists_read_no_bookings(call: Client, mongo: Mongo) -> None:
    session_id = await opened(call)
    document = await mongo.collection("sessions").find_one({"_id": session_id})
    assert document is not None
    assert set(document["summary"]) & {"confirmed", "waiting", "ended", "people"} == set()
