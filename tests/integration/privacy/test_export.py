"""Everything about a person: complete for her, bound to the employment for her employer, nothing for strangers."""

from dataclasses import replace
from typing import Any

import httpx
import pytest

from services.membership.privacy.peers import Elsewhere, OwnPeer
from tests.integration.privacy.story import NAME, Trio, booked, participant, told, traced

pytestmark = [pytest.mark.connected]


async def test_person_gets_everything_that_three_services_hold(trio: Trio, world: dict[str, str]) -> None:
    person = await participant(trio, world)
    session_id, booking_id = await booked(trio, person["id"], world["company"], others=1)
    await told(trio, person["id"], session_id, booking_id, world["company"])
    await trio.api("GET", f"/organisations/{world['company']}/people", "hr")
    answer = await trio.api("GET", "/me/export", "ottilie")
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found["scope"] == "person"
    assert (found["person"]["name"], found["person"]["email"]) == (NAME, person["email"])
    assert [one["id"] for one in found["bookings"]] == [booking_id]
    assert [one["session_id"] for one in found["messages"]] == [session_id]
    assert len(found["sign_ins"]) == 1
    assert [(one["what"], one["count"]) for one in found["accesses"]] == [("people_list", 1)]
    assert {one["field"] for one in found["purposes"]} >= {
        "membership.people.email",
        "notifications.inbox.person_id",
    }
    assert "$argon2id" not in answer.text
    own = (await trio.api("GET", "/me/accesses", "ottilie")).json()["items"]
    assert [(one["viewer_name"], one["what"]) for one in own] == [("hr", "people_list")]


async def test_person_gets_what_else_names_her_and_no_secret(trio: Trio, world: dict[str, str]) -> None:
    person = await participant(trio, world)
    secret = await traced(trio, person["id"], world["company"])
    answer = await trio.api("GET", "/me/export", "ottilie")
    found = answer.json()["traces"]
    by_place: dict[str, list[dict[str, Any]]] = {}
    for one in found:
        by_place.setdefault(f"{one['service']}.{one['collection']}", []).append(one["held"])
    assert by_place["courses.calls"] == [
        {"at": "2026-05-04T07:00:00Z", "act": "read", "person_id": person["id"], "offer_id": "offer"}
    ]
    assert by_place["notifications.preferences"][0]["wishes"]["time_zone"] == "Europe/Vienna"
    assert by_place["notifications.feeds"][0]["language"] == "de"
    assert [one["facts"] for one in by_place["notifications.bundles"][0]["items"]] == [
        {"price_cents": 13_000}
    ]
    assert by_place["notifications.suppressions"][0]["code"] == "550"
    assert by_place["membership.second_factors"][0]["on"] is False
    assert by_place["membership.oidc_identities"] == [{"issuer": "https://idp.example"}]
    assert by_place["membership.letters"][0]["state"] == {"own": 1}
    assert by_place["membership.organisations"][0]["registered_by"] == person["id"]
    assert secret not in answer.text
    shown = await trio.api("GET", "/me/export?format=html", "ottilie")
    assert "Europe/Vienna" in shown.text
    assert secret not in shown.text


async def test_page_reads_well_and_escapes_when_html_is_asked_for(trio: Trio, world: dict[str, str]) -> None:
    person = await participant(trio, world)
    await trio.parts.people.replace(person["id"], name="<script>alert(1)</script> Ottilie")
    path = "/me/export?format=html"
    answer = await trio.api("GET", path, "ottilie", headers={"Accept-Language": "de"})
    assert answer.headers["content-type"].startswith("text/html")
    assert '<html lang="de">' in answer.text
    assert "Ihre Daten" in answer.text
    assert "&lt;script&gt;alert(1)" in answer.text
    assert "<script>" not in answer.text


async def test_employer_gets_what_an_employer_knows_and_no_more(trio: Trio, world: dict[str, str]) -> None:
    person = await participant(trio, world)
    session_id, booking_id = await booked(trio, person["id"], world["company"])
    await told(trio, person["id"], session_id, booking_id, world["company"])
    await booked(trio, person["id"], world["stranger"])
    answer = await trio.api("GET", f"/people/{person['id']}/export", "hr")
    found = answer.json()
    assert found["scope"] == "employer"
    assert [one["id"] for one in found["bookings"]] == [booking_id]
    assert (found["messages"], found["sign_ins"], found["accesses"]) == ([], [], [])
    looks = (await trio.api("GET", "/me/accesses", "ottilie")).json()["items"]
    assert [(one["viewer_name"], one["what"]) for one in looks] == [("hr", "employer_export")]


async def test_strangers_get_nothing_and_the_manager_sees_who_looked(
    trio: Trio, world: dict[str, str]
) -> None:
    person = await participant(trio, world)
    for who, status in (("foreign-hr", 404), ("manager-one", 403), ("manager-two", 403)):
        assert (await trio.api("GET", f"/people/{person['id']}/export", who)).status_code == status
    await trio.api("GET", f"/people/{person['id']}/export", "admin")
    looks = (await trio.api("GET", f"/networks/{world['one']}/accesses", "manager-one")).json()["items"]
    assert [(one["person_id"], one["what"], one["viewer_name"]) for one in looks] == [
        (person["id"], "export", "Administrator")
    ]
    assert (await trio.api("GET", f"/networks/{world['one']}/accesses", "manager-two")).status_code == 404
    assert (await trio.api("GET", f"/networks/{world['one']}/accesses", "hr")).status_code == 403


async def test_services_answer_about_a_person_only_to_who_has_the_scope(
    trio: Trio, world: dict[str, str]
) -> None:
    person = await participant(trio, world)
    headers = {"Authorization": f"Bearer {trio.api.tokens['ottilie']}"}
    for path in (
        f"http://courses/api/courses/v1/people/{person['id']}/bookings",
        f"http://notifications/api/notifications/v1/people/{person['id']}/inbox",
        f"http://courses/api/courses/v1/people/{person['id']}/traces",
        f"http://notifications/api/notifications/v1/people/{person['id']}/traces",
    ):
        assert (await trio.http.get(path, headers=headers)).status_code == 403


async def test_export_is_refused_when_it_would_be_incomplete(trio: Trio, world: dict[str, str]) -> None:
    await participant(trio, world)
    down = httpx.MockTransport(lambda _: httpx.Response(503))
    async with httpx.AsyncClient(transport=down) as http:
        elsewhere = Elsewhere(
            OwnPeer(http, "http://courses", trio.parts.issuer),
            OwnPeer(trio.http, "http://notifications", trio.parts.issuer),
        )
        trio.membership.app.state.parts = replace(trio.parts, elsewhere=elsewhere)
        answer = await trio.api("GET", "/me/export", "ottilie")
    assert answer.status_code == 503
