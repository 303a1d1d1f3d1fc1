"""Erasing a person over three services: nothing is left, figures stay, and it counts only when all confirmed."""

import json
from typing import Any

import pytest

from services.courses.privacy.handlers import unlink_late
from services.membership.erasures import domain
from shared.events.courses import CourseBooked, SeatCounts
from shared.mongo import Collection, Document, Filter
from shared.personal import alias_of
from tests.integration.membership.world import PASSWORD
from tests.integration.privacy.story import NAME, Fanned, Trio, booked, envelope_of, participant, told

pytestmark = [pytest.mark.connected, pytest.mark.timeout(120)]

NOW = {"wait_hours": 0}


async def everything(trio: Trio) -> str:
    """Return every document of the three databases as one text."""
    found = []
    for service in (trio.membership, trio.courses, trio.notifications):
        database = service.mongo._database
        for name in await database.list_collection_names():
            found += [
                json.dumps(one, default=str) for one in await Collection(database[name], "motor").find({})
            ]
    return "\n".join(found)


async def full_story(trio: Trio, world: dict[str, str]) -> tuple[dict[str, Any], str, str]:
    """Return a participant whose data is in every place, with session and booking."""
    person = await participant(trio, world)
    session_id, booking_id = await booked(trio, person["id"], world["company"], others=3)
    await told(trio, person["id"], session_id, booking_id, world["company"])
    await trio.api("GET", f"/organisations/{world['company']}/people", "hr")
    company = {"name": "Neu GmbH (Demo)", "kind": "company", "ags": "08415"}
    await trio.api("POST", "/organisations", "ottilie", company)
    return person, session_id, booking_id


async def test_nothing_is_left_and_figures_stay_when_a_person_is_erased(
    trio: Trio, world: dict[str, str]
) -> None:
    person, session_id, booking_id = await full_story(trio, world)
    before = await trio.sessions().get(session_id)
    needles = [NAME, person["email"], person["id"]]
    held = await everything(trio)
    assert all(needle in held for needle in needles)
    asked = await trio.api("POST", "/me/erasure", "ottilie", NOW)
    assert asked.status_code == 202, asked.text
    erasure, fanned = asked.json()["id"], Fanned(trio)
    assert await fanned.advance() == 2
    await fanned.to_courses(erasure)
    await fanned.to_notifications(erasure)
    await fanned.back(erasure, "courses")
    shown = (await trio.api("GET", f"/erasures/{erasure}", "hr")).json()
    assert (shown["status"], shown["waiting_for"], shown["proven"]) == ("erasing", ["notifications"], False)
    await fanned.back(erasure, "notifications")
    shown = (await trio.api("GET", f"/erasures/{erasure}", "hr")).json()
    assert (shown["status"], shown["waiting_for"], shown["proven"]) == ("completed", [], True)
    left = await everything(trio)
    assert [needle for needle in needles if needle in left] == []
    after = await trio.sessions().get(session_id)
    assert after.counts() == before.counts()
    assert after.knows(booking_id)
    answer = await trio.api("POST", "/tokens", body={"email": person["email"], "password": PASSWORD})
    assert answer.status_code == 401
    assert (await trio.api("GET", "/me", "ottilie")).status_code == 404


async def test_erasure_goes_on_when_it_is_delivered_twice_and_after_its_end(
    trio: Trio, world: dict[str, str]
) -> None:
    person, session_id, _ = await full_story(trio, world)
    erasure = (await trio.api("POST", f"/people/{person['id']}/erasure", "hr", NOW)).json()["id"]
    fanned = Fanned(trio)
    await fanned.advance()
    for _ in range(2):
        await fanned.to_courses(erasure)
        await fanned.to_notifications(erasure)
        await fanned.back(erasure, "courses", "notifications")
    version = (await trio.courses.collection("sessions").find_one({"_id": session_id}, {"v": 1}) or {})["v"]
    await fanned.to_courses(erasure)
    again = (await trio.courses.collection("sessions").find_one({"_id": session_id}, {"v": 1}) or {})["v"]
    assert version == again
    assert (await trio.api("GET", f"/erasures/{erasure}", "hr")).json()["proven"]
    answer = await trio.api("GET", f"/erasures/{erasure}/person", "hr")
    assert answer.status_code == 403


async def test_erasure_waits_for_the_last_access_token(trio: Trio, world: dict[str, str]) -> None:
    person = await participant(trio, world)
    erasure = (await trio.api("POST", "/me/erasure", "ottilie", NOW)).json()["id"]
    fanned = Fanned(trio)
    assert await fanned.advance(settle_s=900) == 1
    assert (await trio.api("GET", f"/erasures/{erasure}", "hr")).json()["status"] == "started"
    (own,) = (await trio.api("GET", "/me/erasures", "ottilie")).json()["items"]
    assert own["status"] == "started"
    assert (await trio.api("GET", "/me", "ottilie")).status_code == 404
    # What her token still writes goes with the second round.
    company = {"name": "Spät GmbH (Demo)", "kind": "company", "ags": "08415"}
    await trio.parts.organisations.collection.update_one(
        {"_id": world["company"]}, {"$set": {"state.registered_by": person["id"]}}
    )
    assert (await trio.api("POST", "/organisations", "ottilie", company)).status_code == 403
    await fanned.advance()
    assert person["id"] not in json.dumps(
        await trio.parts.organisations.collection.find_one({"_id": world["company"]}), default=str
    )


async def test_request_can_be_withdrawn_until_it_starts(trio: Trio, world: dict[str, str]) -> None:
    await participant(trio, world)
    erasure = (await trio.api("POST", "/me/erasure", "ottilie", {})).json()["id"]
    assert await Fanned(trio).advance() == 0
    assert (await trio.api("POST", f"/erasures/{erasure}/withdraw", "foreign-hr")).status_code == 404
    done = await trio.api.done("/me/erasure/withdraw", "ottilie")
    assert (done["status"], done["waiting_for"]) == ("withdrawn", [])
    await trio.api("POST", "/me/erasure", "ottilie", NOW)
    await Fanned(trio).advance()
    assert (await trio.api("POST", f"/erasures/{erasure}/withdraw", "admin")).status_code in {404, 409}


async def test_only_who_may_ask_is_heard_and_the_last_administrator_stays(
    trio: Trio, world: dict[str, str]
) -> None:
    person = await participant(trio, world)
    for who in ("foreign-hr", "manager-two"):
        answer = await trio.api("POST", f"/people/{person['id']}/erasure", who, NOW)
        assert answer.status_code == 404
    await trio.api("POST", f"/people/{person['id']}/erasure", "manager-one", NOW)
    assert await Fanned(trio).advance() == 0  # the company has three days to withdraw it
    hr = (await trio.api("GET", "/me", "hr")).json()
    assert (await trio.api("POST", f"/people/{hr['id']}/erasure", "manager-one", {})).status_code == 202
    admin = (await trio.api("GET", "/me", "admin")).json()
    answer = await trio.api("POST", f"/people/{admin['id']}/erasure", "admin", NOW)
    assert answer.status_code == 409
    assert answer.json()["type"].endswith("last-administrator")


async def test_stuck_erasures_are_shown_when_a_service_is_silent(trio: Trio, world: dict[str, str]) -> None:
    await participant(trio, world)
    erasure = (await trio.api("POST", "/me/erasure", "ottilie", NOW)).json()["id"]
    await Fanned(trio).advance()
    stored = await trio.parts.erasures.get(erasure)
    long_ago = (stored.started_ms or 0) - domain.STUCK_MS - 1
    await trio.parts.erasures.collection.update_one(
        {"_id": erasure}, {"$set": {"state.started_ms": long_ago}}
    )
    (shown,) = (await trio.api("GET", "/erasures?status=erasing", "admin")).json()["items"]
    assert (shown["stuck"], shown["waiting_for"]) == (True, ["courses", "notifications"])
    assert (await trio.api("GET", "/erasures", "manager-one")).status_code == 403
    assert (await trio.api("GET", "/erasures", "foreign-hr")).json()["items"] == []


async def test_a_late_booking_loses_its_person_too(trio: Trio, world: dict[str, str]) -> None:
    person = await participant(trio, world)
    erasure = (await trio.api("POST", "/me/erasure", "ottilie", NOW)).json()["id"]
    fanned = Fanned(trio)
    await fanned.advance()
    await fanned.to_courses(erasure)
    session_id, booking_id = await booked(trio, person["id"], world["company"])
    event = CourseBooked(
        booking_id=booking_id,
        session_id=session_id,
        network_id=world["one"],
        organisation_id=world["company"],
        price_cents=1,
        seats=SeatCounts(confirmed=1, waitlisted=0, free=0),
    )
    sessions = trio.sessions()
    await unlink_late(event, envelope_of(session_id, CourseBooked), sessions=sessions, marks=fanned.marks)
    assert person["id"] not in json.dumps(
        await sessions.collection.find_one({"_id": session_id}), default=str
    )


async def test_id_comes_back_when_it_is_scrubbed_only_once(trio: Trio, world: dict[str, str]) -> None:
    """A change that was decided on the old state writes it once more: the damage, and what scrubbing again does."""
    hr = (await trio.api("GET", "/me", "manager-one")).json()["id"]
    store = trio.parts.organisations.collection

    class Racing(Collection):
        """Lets another process's change of the old state land right after the scrub's first write."""

        raced = False

        async def update_one(self, where: Filter, update: Filter, *, upsert: bool = False) -> bool:
            done = await super().update_one(where, update, upsert=upsert)
            if not Racing.raced:
                Racing.raced = True
                await super().update_one({"_id": where["_id"]}, {"$set": {"state.registered_by": hr}})
            return done

    async def found() -> Document:
        return await store.find_one({"_id": world["company"]}) or {}

    racing = Racing(store._raw, store._driver)
    from shared.scrub import _scrub_once, scrub

    await _scrub_once(racing, hr)
    assert (await found())["state"]["registered_by"] == hr
    Racing.raced = False
    await scrub([racing], hr)
    assert (await found())["state"]["registered_by"] == alias_of(hr)
