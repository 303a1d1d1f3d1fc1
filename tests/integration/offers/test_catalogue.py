"""The catalogue through the API: members always, everybody only where the network says so."""

from typing import Any

import pytest

from tests.integration.offers.conftest import NETWORK, TOPIC, World

pytestmark = pytest.mark.connected

PUBLIC = f"/public/catalogues/{NETWORK}"
CHOICE = {"network_id": NETWORK, "public": True, "office": {"name": "Demo-Verbund"}}


async def opened(world: World, **more: Any) -> str:
    """Return the id of a session that can be booked."""
    course = {"network_id": NETWORK, "topic_code": TOPIC, "teaching_units": 48}
    body = {
        "course_id": (await world.made("manager", "/courses", course))["id"],
        "days": [{"starts_at": "2099-05-04T08:00:00+02:00", "ends_at": "2099-05-04T15:00:00+02:00"}],
        "minimum_seats": 1,
        "capacity": 10,
        "price_cents": 215_000,
        "cost_key": "per_seat",
        "venue_ags": "08117",
        **more,
    }
    session_id: str = (await world.made("manager", "/sessions", body))["id"]
    await world.made("manager", f"/sessions/{session_id}/open")
    return session_id


async def test_members_search_and_page_when_there_are_many(world: World) -> None:
    ids = [
        await opened(
            world,
            days=[{"starts_at": f"2099-05-{day:02}T08:00:00Z", "ends_at": f"2099-05-{day:02}T15:00:00Z"}],
        )
        for day in (6, 4, 5)
    ]
    path = f"/catalogue?network_id={NETWORK}"
    first = await world.got("hr0", f"{path}&limit=2&text=hochvolt%20göppingen")
    assert [each["session_id"] for each in first["items"]] == [ids[1], ids[2]]
    second = await world.got("hr0", f"{path}&limit=2&cursor={first['next_cursor']}")
    assert [each["session_id"] for each in second["items"]] == [ids[0]]
    assert second["next_cursor"] is None
    for query in ("topic_code=auto", "ags=08111", "format=online", "free_seats=11", "first_day=2099-05-07"):
        assert (await world.got("hr0", f"{path}&{query}"))["items"] == [], query
    assert (await world("hr0", "GET", f"{path}&format=x")).status_code == 422


async def test_strangers_see_nothing_until_the_network_shows_it(world: World) -> None:
    session_id = await opened(world)
    paths = ["", "/feed.rss", "/feed.atom", "/calendar.ics", "/courses.jsonld"]
    for path in paths:
        assert (await world.http.get(f"/api/courses/v1{PUBLIC}{path}")).status_code == 404
    assert (await world("hr0", "POST", "/catalogue/settings", CHOICE)).status_code == 403
    await world.made("manager", "/catalogue/settings", CHOICE)
    for path in paths:
        answer = await world.http.get(f"/api/courses/v1{PUBLIC}{path}")
        assert answer.status_code == 200, answer.text
        assert session_id in answer.text
        assert "215000" not in answer.text
        assert "2150.00" not in answer.text
    await world.made("manager", "/catalogue/settings", {**CHOICE, "show_prices": True})
    (shown,) = (await world.http.get(f"/api/courses/v1{PUBLIC}")).json()["items"]
    assert (shown["price_cents"], shown["free_seats"]) == (215_000, 10)
    await world.made("manager", "/catalogue/settings", {**CHOICE, "public": False})
    assert (await world.http.get(f"/api/courses/v1{PUBLIC}")).status_code == 404


async def test_kursnet_export_names_what_is_missing(world: World) -> None:
    await opened(world)
    path = f"/catalogue/openqcat.xml?network_id={NETWORK}"
    refused = await world("manager", "GET", path)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "#/kursnet_supplier_id")
    office = {
        "name": "Demo-Verbund",
        "street": "Am Markt 1",
        "postcode": "73430",
        "city": "Aalen",
        "email": "kontakt@verbund.example",
        "phone": "+49.7361.1",
    }
    await world.made(
        "manager", "/catalogue/settings", {**CHOICE, "office": office, "kursnet_supplier_id": "1"}
    )
    answer = await world("manager", "GET", path)
    assert answer.headers["content-type"] == "application/xml"
    assert answer.text.count("<SERVICE ") == 2
