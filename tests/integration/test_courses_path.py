"""The main job through the API on the real store: need, pool, session, full, waitlist, promotion; and refusals."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from services.courses.main import CoursesSettings, build
from services.courses.memberships.store import MEMBERSHIPS, NETWORKS, Memberships, membership_id
from shared.auth import Principal
from shared.clock import new_id
from shared.errors import Unauthenticated
from shared.ids import NetworkId, OrganisationId
from shared.process import Service
from shared.roles import Grant, Role
from tests.support import Infra

pytestmark = pytest.mark.connected

NETWORK = NetworkId(new_id())
COMPANIES = [OrganisationId(new_id()) for _ in range(4)]
STRANGER = OrganisationId(new_id())
DAY = {"starts_at": "2099-05-04T09:00:00+02:00", "ends_at": "2099-05-04T17:00:00+02:00"}


class Tokens:
    """Knows tokens by heart: "manager", "hr0" to "hr3", "participant0", "stranger", "service"."""

    async def principal(self, token: str) -> Principal:
        """Return who the token stands for."""
        if token == "manager":
            return Principal(id="m", grants=(Grant(role=Role.NETWORK_MANAGER, network_id=NETWORK),))
        if token == "service":
            return Principal(id="notifications", kind="service", scopes=frozenset({"bookings:read"}))
        if token == "stranger":
            return Principal(id="s", grants=(Grant(role=Role.COMPANY_HR, organisation_id=STRANGER),))
        if token.startswith(("hr", "participant")):
            role = Role.COMPANY_HR if token.startswith("hr") else Role.PARTICIPANT
            organisation = COMPANIES[int(token[-1])]
            return Principal(id=token, grants=(Grant(role=role, organisation_id=organisation),))
        raise Unauthenticated


class Client:
    """Calls the API as somebody."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def __call__(
        self, who: str, method: str, path: str, body: Any = None, key: str | None = None
    ) -> httpx.Response:
        """Call and return the answer, which is never our fault."""
        headers = {"Authorization": f"Bearer {who}", "Idempotency-Key": key or new_id()}
        answer = await self.http.request(method, f"/api/courses/v1{path}", json=body, headers=headers)
        assert answer.status_code < 500, answer.text
        return answer

    async def made(self, who: str, path: str, body: Any = None, key: str | None = None) -> Any:
        """POST and return the body of the success."""
        answer = await self(who, "POST", path, body, key)
        assert answer.is_success, answer.text
        return answer.json()


async def started(infra: Infra, database: str) -> Service:
    """Return a running courses api, without its HTTP socket."""
    settings = CoursesSettings(
        role="api",
        kafka_bootstrap_servers=infra.kafka,
        mongodb_url=infra.mongodb_url,
        mongodb_database=database,
    )
    service = build("api", settings)
    service.app.state.verifier = Tokens()
    await service._start()
    return service


def client(service: Service) -> Client:
    """Return who calls this process."""
    transport = httpx.ASGITransport(service.app, raise_app_exceptions=False)
    return Client(httpx.AsyncClient(transport=transport, base_url="http://courses"))


@pytest.fixture
async def both(infra: Infra, database: str) -> AsyncIterator[list[Client]]:
    """Return clients of two courses apis on one database, with four member companies."""
    services = [await started(infra, database) for _ in range(2)]
    copies = Memberships(services[0].collection(MEMBERSHIPS), services[0].collection(NETWORKS))
    for organisation in COMPANIES:
        values = {"network_id": NETWORK, "organisation_id": organisation, "active": True}
        await copies.keep_membership(membership_id(NETWORK, organisation), 1, values)
    clients = [client(service) for service in services]
    yield clients
    for each, service in zip(clients, services, strict=True):
        await each.http.aclose()
        await service._stop()


@pytest.fixture
def call(both: list[Client]) -> Client:
    """Return a client of one of them."""
    return both[0]


def need(number: int, **more: object) -> dict[str, object]:
    """Return the body of a need."""
    return {
        "network_id": NETWORK,
        "organisation_id": COMPANIES[number],
        "topic_code": "emob-hv1",
        "headcount": 3,
        "window_from": "2099-01-01",
        "window_to": "2099-12-31",
        "format": "on_site",
        **more,
    }


def plan(course_id: str, **more: object) -> dict[str, object]:
    """Return the body of a session."""
    return {
        "course_id": course_id,
        "days": [DAY],
        "minimum_seats": 1,
        "capacity": 2,
        "price_cents": 69000,
        "cost_key": "per_seat",
        **more,
    }


async def opened(call: Client, **more: object) -> str:
    """Return the id of a session that is open for bookings."""
    course = {"network_id": NETWORK, "topic_code": "emob-hv1", "teaching_units": 4}
    course_id = (await call.made("manager", "/courses", course))["id"]
    session_id: str = (await call.made("manager", "/sessions", plan(course_id, **more)))["id"]
    await call.made("manager", f"/sessions/{session_id}/open")
    return session_id


def seat(number: int) -> dict[str, str]:
    """Return the body of a booking for somebody new."""
    return {"organisation_id": COMPANIES[number], "participant_id": new_id()}


async def test_companies_share_a_course_when_their_needs_are_pooled(call: Client) -> None:
    posted = [await call.made(f"hr{number}", "/needs", need(number)) for number in range(3)]
    demand = (await call("hr3", "GET", f"/needs/demand?network_id={NETWORK}")).json()
    row = {"topic_code": "emob-hv1", "headcount": 9, "companies": 3, "mandatory_headcount": 0}
    assert demand == [row]
    body = {"network_id": NETWORK, "topic_code": "emob-hv1", "minimum_seats": 4}
    pool = await call.made("manager", "/pools", {**body, "need_ids": [each["id"] for each in posted]})
    assert len(pool["need_ids"]) == 3
    pledges = [{"organisation_id": COMPANIES[number], "seats": 2} for number in (0, 1)]
    for number, pledge in enumerate(pledges):
        pool = await call.made(f"hr{number}", f"/pools/{pool['id']}/pledges", pledge)
    assert pool["state"] == "viable"
    assert (pool["pledged_seats"], pool["pledges"]) == (None, pledges[1:])  # two companies: no totals
    session_id = await opened(call, pool_id=pool["id"])
    shown = (await call("manager", "GET", f"/pools/{pool['id']}")).json()
    assert (shown["state"], shown["session_id"]) == ("planned", session_id)
    own = (await call("hr0", "GET", f"/needs?network_id={NETWORK}")).json()["items"]
    assert [each["state"] for each in own] == ["pooled"]


async def test_first_waiting_company_moves_up_when_a_seat_is_given_back(call: Client) -> None:
    session_id = await opened(call)
    path = f"/sessions/{session_id}/bookings"
    booked = [await call.made(f"hr{number}", path, seat(number)) for number in range(4)]
    assert [each["status"] for each in booked] == ["confirmed", "confirmed", "waitlisted", "waitlisted"]
    assert [each["position"] for each in booked] == [None, None, 1, 2]
    seats = (await call("participant3", "GET", f"/sessions/{session_id}")).json()["seats"]
    assert seats == {"confirmed": 2, "waitlisted": 2, "free": 0, "offered": 0, "reserved": 0}
    gone = await call.made("hr0", f"{path}/{booked[0]['id']}/cancel")
    assert (gone["status"], gone["fee_cents"]) == ("cancelled", 0)
    shown = (await call("hr2", "GET", path)).json()["items"]
    assert [(each["id"], each["status"]) for each in shown] == [(booked[2]["id"], "confirmed")]
    last = (await call("hr3", "GET", f"{path}/{booked[3]['id']}")).json()
    assert (last["position"], last["reason"][:20]) == (1, "All seats are taken;"), last
    person = {"participant_id": new_id()}
    changed = await call.made("hr1", f"{path}/{booked[1]['id']}/substitute", person)
    assert changed["participant_id"] == person["participant_id"]
    told = (await call("service", "GET", f"{path}/{booked[1]['id']}/participant")).json()
    assert told == {**person, "organisation_id": COMPANIES[1]}
    listed: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = (await call("manager", "GET", f"{path}?limit=3{cursor and '&cursor=' + cursor}")).json()
        listed += [each["id"] for each in page["items"]]
        cursor = page["next_cursor"]
    assert listed == [each["id"] for each in booked]
    ended = await call.made("manager", f"/sessions/{session_id}/cancel", {"reason_code": "other"})
    assert ended["seats"] == {"confirmed": 0, "waitlisted": 0, "free": 2, "offered": 0, "reserved": 0}


async def test_answer_is_the_same_when_a_booking_is_repeated(call: Client) -> None:
    path = f"/sessions/{await opened(call)}/bookings"
    body = seat(0)
    first = await call.made("hr0", path, body, "k1")
    assert await call.made("hr0", path, body, "k1") == first
    other = await call("hr0", "POST", path, seat(0), "k1")
    assert (other.status_code, other.json()["type"]) == (
        422,
        "urn:verbundwerk:problem:idempotency-key-reused",
    )
    twice = await call("hr0", "POST", path, body, "k2")
    assert (twice.status_code, twice.json()["errors"][0]["pointer"]) == (409, "#/participant_id")


async def test_foreign_things_stay_hidden_when_a_stranger_asks(call: Client) -> None:
    session_id = await opened(call)
    path = f"/sessions/{session_id}/bookings"
    booking = await call.made("hr0", path, seat(0))
    posted = await call.made("hr0", "/needs", need(0))
    for who, method, where, body, status in [
        ("stranger", "GET", f"/sessions/{session_id}", None, 404),
        ("stranger", "GET", path, None, 404),
        ("stranger", "GET", f"/sessions?network_id={NETWORK}", None, 404),
        ("stranger", "GET", f"/pools?network_id={NETWORK}", None, 404),
        ("stranger", "GET", f"/needs/demand?network_id={NETWORK}", None, 404),
        ("stranger", "POST", f"/sessions/{session_id}/cancel", {"reason_code": "other"}, 403),
        ("stranger", "POST", path, seat(0), 404),
        ("stranger", "POST", "/needs", need(0, organisation_id=STRANGER), 409),
        ("hr1", "GET", f"{path}/{booking['id']}", None, 404),
        ("hr1", "POST", f"{path}/{booking['id']}/cancel", None, 404),
        ("hr1", "POST", f"/needs/{posted['id']}/withdraw", None, 404),
        ("hr1", "POST", path, seat(0), 403),
        ("participant0", "POST", path, seat(0), 403),
        ("hr1", "POST", f"/sessions/{session_id}/cancel", {"reason_code": "other"}, 403),
        ("hr0", "GET", f"{path}/{booking['id']}/participant", None, 403),
        ("nobody", "GET", f"/sessions/{session_id}", None, 401),
    ]:
        answer = await call(who, method, where, body)
        assert answer.status_code == status, (who, method, where, answer.text)
    late = await call("stranger", "POST", "/needs", need(0, organisation_id=STRANGER))
    assert late.headers["retry-after"] == "1"
    assert (await call("hr1", "GET", path)).json()["items"] == []


REFUSED_NEEDS: list[tuple[dict[str, Any], str]] = [
    ({"headcount": 0}, "#/headcount"),
    ({"headcount": 501}, "#/headcount"),
    ({"headcount": "3"}, "#/headcount"),
    ({"topic_code": "emob"}, "#/topic_code"),
    ({"topic_code": "\u0000"}, "#/topic_code"),
    ({"window_to": "2098-01-01"}, "#/window_to"),
    ({"window_to": "2099-02-30"}, "#/window_to"),
    ({"window_from": "2001-01-01", "window_to": "2001-12-31"}, "#/expires_on"),
    ({"expires_on": "2100-01-01"}, "#/expires_on"),
    ({"esco_uris": ["x"]}, "#/esco_uris/0"),
    ({"blocked": [{"first": "2099-03-02", "last": "2099-03-01"}]}, "#/blocked/0"),
    ({"windows": [{"first": "2099-03-01", "last": "2099-03-02"}]}, "#/windows"),
    ({"weekdays": [8]}, "#/weekdays/0"),
    ({"kldb": "26305"}, "#/kldb"),
    ({"kldb": "1234"}, "#/kldb"),
    ({"ags": "00000"}, "#/ags"),
    ({"organisation_id": "x"}, "#/organisation_id"),
    ({"surprise": 1}, "#/surprise"),
]


async def test_nothing_is_stored_when_a_value_is_bad(call: Client) -> None:
    course = {"network_id": NETWORK, "topic_code": "emob-hv1", "teaching_units": 4}
    course_id = (await call.made("manager", "/courses", course))["id"]
    swapped = {"starts_at": DAY["ends_at"], "ends_at": DAY["starts_at"]}
    early = {"starts_at": "0001-01-01T00:00:00+14:00", "ends_at": "0001-01-01T01:00:00+14:00"}
    for path, body, pointer in [
        *(("/needs", need(0, **more), where) for more, where in REFUSED_NEEDS),
        ("/courses", {**course, "teaching_units": 2001}, "#/teaching_units"),
        ("/courses", {**course, "topic_code": "no"}, "#/topic_code"),
        ("/sessions", plan(course_id, days=[]), "#/days"),
        ("/sessions", plan(course_id, days=[swapped]), "#/days/0"),
        ("/sessions", plan(course_id, days=[early]), "#/days/0"),
        ("/sessions", plan(course_id, days=[DAY, DAY]), "#/days/1"),
        (
            "/sessions",
            plan(course_id, days=[{**DAY, "starts_at": "2099-05-04T09:00:00"}]),
            "#/days/0/starts_at",
        ),
        ("/sessions", plan(course_id, time_zone="Mars/Base"), "#/time_zone"),
        ("/sessions", plan(course_id, time_zone="../etc"), "#/time_zone"),
        ("/sessions", plan(course_id, minimum_seats=3), "#/minimum_seats"),
        ("/sessions", plan(course_id, capacity=501), "#/capacity"),
        ("/sessions", plan(course_id, price_cents=10_000_001), "#/price_cents"),
        ("/sessions", plan(course_id, price_cents=1.5), "#/price_cents"),
        ("/sessions", plan(course_id, venue_ags="123"), "#/venue_ags"),
        ("/sessions", plan(course_id, cost_key="dice"), "#/cost_key"),
    ]:
        answer = await call("manager", "POST", path, body)
        assert answer.status_code == 422, (path, body, answer.text)
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["errors"][0]["pointer"] == pointer, answer.text
    for path in ("/needs", "/sessions"):
        assert (await call("manager", "GET", f"{path}?network_id={NETWORK}")).json()["items"] == []
    for path, status in [
        ("/sessions/x", 422),
        (f"/sessions/{new_id()}", 404),
        (f"/pools/{new_id()}", 404),
        ("/sessions?network_id=x", 422),
        (f"/sessions?network_id={NETWORK}&cursor=x", 422),
        (f"/needs?network_id={NETWORK}&state=gone", 422),
    ]:
        assert (await call("manager", "GET", path)).status_code == status, path
    session_id = await opened(call)
    bad = await call("manager", "GET", f"/sessions/{session_id}/bookings?cursor=eHh4")
    assert bad.status_code == 422


async def test_second_session_is_refused_when_a_pool_is_planned(call: Client) -> None:
    body = {"network_id": NETWORK, "topic_code": "emob-hv1", "minimum_seats": 2}
    pool_id = (await call.made("manager", "/pools", body))["id"]
    course = {"network_id": NETWORK, "topic_code": "emob-hv1", "teaching_units": 4}
    course_id = (await call.made("manager", "/courses", course))["id"]
    early = await call("manager", "POST", "/sessions", plan(course_id, pool_id=pool_id))
    assert early.status_code == 409
    for number in (0, 1):
        pledge = {"organisation_id": COMPANIES[number], "seats": 1}
        await call.made(f"hr{number}", f"/pools/{pool_id}/pledges", pledge)
    first = await call.made("manager", "/sessions", plan(course_id, pool_id=pool_id), "p1")
    assert await call.made("manager", "/sessions", plan(course_id, pool_id=pool_id), "p1") == first
    other = plan(course_id, pool_id=pool_id, price_cents=1)
    again = await call("manager", "POST", "/sessions", other)
    assert (again.status_code, again.json()["type"]) == (409, "urn:verbundwerk:problem:pool-already-planned")
    assert len((await call("hr0", "GET", f"/sessions?network_id={NETWORK}")).json()["items"]) == 1


async def test_hundred_callers_get_twenty_seats_when_they_race_through_two_apis(both: list[Client]) -> None:
    session_id = await opened(both[0], capacity=20)
    path = f"/sessions/{session_id}/bookings"

    async def book(number: int) -> Any:
        key, body = new_id(), seat(number % 4)
        headers = {"Authorization": f"Bearer hr{number % 4}", "Idempotency-Key": key}
        for _ in range(10):  # a client repeats what a busy process refused
            answer = await both[number % 2].http.post(f"/api/courses/v1{path}", json=body, headers=headers)
            if answer.status_code != 503:
                return answer.json()
        raise AssertionError("busy ten times")

    answers = await asyncio.gather(*(book(number) for number in range(100)))
    assert sum(answer["status"] == "confirmed" for answer in answers) == 20
    positions = [answer["position"] for answer in answers if answer["status"] == "waitlisted"]
    assert sorted(positions) == list(range(1, 81))
    # In the order of the requests: who was confirmed later than somebody who waits would have a higher number.
    listed = (await both[1]("manager", "GET", f"{path}?limit=200")).json()["items"]
    assert [each["status"] for each in listed] == ["confirmed"] * 20 + ["waitlisted"] * 80
    assert [each["position"] for each in listed[20:]] == list(range(1, 81))


async def test_one_booking_is_made_when_a_key_comes_twenty_times_at_once(both: list[Client]) -> None:
    path = f"/sessions/{await opened(both[0])}/bookings"
    body, key = seat(0), new_id()
    answers = await asyncio.gather(*(both[number % 2].made("hr0", path, body, key) for number in range(20)))
    assert all(answer == answers[0] for answer in answers)
    assert len((await both[0]("hr0", "GET", path)).json()["items"]) == 1
