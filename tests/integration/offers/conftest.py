"""A courses api with a clock of its own, four member companies, three providers and a viable pool."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from services.courses.calls.providers import PROVIDERS, Providers
from services.courses.main import CoursesSettings, build
from services.courses.memberships.store import MEMBERSHIPS, NETWORKS, Memberships, membership_id
from shared.auth import Principal
from shared.clock import new_id
from shared.errors import Unauthenticated
from shared.ids import NetworkId, OrganisationId
from shared.process import Service
from shared.roles import Grant, Role
from tests.support import Infra

NETWORK = NetworkId(new_id())
COMPANIES = [OrganisationId(new_id()) for _ in range(4)]
BIDDERS = [OrganisationId(new_id()) for _ in range(4)]
TOPIC = "emob-hv2e"


class Clock:
    """A clock that stands still until it is moved; it starts in the present, as tokens and needs live there."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC).replace(microsecond=0)

    def __call__(self) -> datetime:
        """Return the instant."""
        return self.now

    def forward(self, **more: float) -> None:
        """Let time pass."""
        self.now += timedelta(**more)


class Tokens:
    """Knows tokens by heart: "manager", "deputy", "admin", "funder", "hr0" to "hr3", "provider0" to "provider3"."""

    async def principal(self, token: str) -> Principal:
        """Return who the token stands for."""
        by_name: dict[str, Grant] = {
            "manager": Grant(role=Role.NETWORK_MANAGER, network_id=NETWORK),
            "deputy": Grant(role=Role.NETWORK_MANAGER, network_id=NETWORK),
            "foreign": Grant(role=Role.NETWORK_MANAGER, network_id=NetworkId(new_id())),
            "funder": Grant(role=Role.FUNDER, network_id=NETWORK),
            "admin": Grant(role=Role.PLATFORM_ADMIN),
        }
        for number in range(4):
            by_name[f"hr{number}"] = Grant(role=Role.COMPANY_HR, organisation_id=COMPANIES[number])
            by_name[f"provider{number}"] = Grant(role=Role.PROVIDER, organisation_id=BIDDERS[number])
        if token not in by_name:
            raise Unauthenticated
        return Principal(id=f"person-{token}", grants=(by_name[token],))


class World:
    """The api, its clock, and calls to it as somebody."""

    def __init__(self, service: Service, clock: Clock) -> None:
        self.service, self.clock = service, clock
        transport = httpx.ASGITransport(service.app, raise_app_exceptions=False)
        self.http = httpx.AsyncClient(transport=transport, base_url="http://courses")

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

    async def got(self, who: str, path: str) -> Any:
        """GET and return the body of the success."""
        answer = await self(who, "GET", path)
        assert answer.is_success, answer.text
        return answer.json()

    async def pool(
        self, heads: tuple[int, ...] = (2, 3, 1, 2), pledges: tuple[int, ...] = (2, 3, 1, 2)
    ) -> str:
        """Post needs, pool them, pledge; return the id of the viable pool."""
        needs = [
            (await self.made(f"hr{number}", "/needs", need(number, headcount=count)))["id"]
            for number, count in enumerate(heads)
        ]
        body = {"network_id": NETWORK, "topic_code": TOPIC, "minimum_seats": 6, "need_ids": needs}
        pool_id: str = (await self.made("manager", "/pools", body))["id"]
        for number, seats in enumerate(pledges):
            pledge = {"organisation_id": COMPANIES[number], "seats": seats}
            await self.made(f"hr{number}", f"/pools/{pool_id}/pledges", pledge)
        return pool_id

    async def requested(self, pool_id: str, **more: Any) -> str:
        """Draft a call for three providers, due in two weeks, and ask them; return its id."""
        due = self.clock() + timedelta(days=14)
        body = {"pool_id": pool_id, "providers": BIDDERS[:3], "due_at": due.isoformat(), **more}
        call_id: str = (await self.made("manager", "/calls", body))["id"]
        await self.made("manager", f"/calls/{call_id}/request")
        return call_id

    async def close(self) -> None:
        """Stop the api."""
        await self.http.aclose()
        await self.service._stop()


def need(number: int, **more: Any) -> dict[str, Any]:
    """Return the body of a need."""
    return {
        "network_id": NETWORK,
        "organisation_id": COMPANIES[number],
        "topic_code": TOPIC,
        "headcount": 2,
        "window_from": "2098-01-01",
        "window_to": "2099-12-31",
        "format": "on_site",
        **more,
    }


def offer(number: int, **more: Any) -> dict[str, Any]:
    """Return the body of a provider's offer."""
    day = {"starts_at": "2099-05-04T08:00:00+02:00", "ends_at": "2099-05-04T15:00:00+02:00"}
    return {
        "provider_id": BIDDERS[number],
        "fixed_cents": 1_000_000 + number * 100_000,
        "per_seat_cents": 100_000,
        "vat_code": "exempt_4_21a",
        "teaching_units": 48,
        "minimum_seats": 6,
        "maximum_seats": 10,
        "azav_certified_until": "2099-12-31" if number == 0 else None,
        "options": [{"days": [day], "venue": 0}],
        "venues": [{"kind": "provider", "label": "Werkstatt", "ags": "08117", "seats": 12}],
        "trainers": [{"qualification": "Elektromeisterin", "years_of_practice": 9}],
        "concept": "Erst Theorie, dann Praxis.",
        "valid_until": "2099-12-31",
        **more,
    }


@pytest.fixture
async def world(infra: Infra, database: str) -> AsyncIterator[World]:
    """Return the running world."""
    clock = Clock()
    settings = CoursesSettings(
        role="api",
        kafka_bootstrap_servers=infra.kafka,
        mongodb_url=infra.mongodb_url,
        mongodb_database=database,
        offers_key=SecretStr("a key of the tests"),
    )
    service = build("api", settings, clock)
    service.app.state.verifier = Tokens()
    await service._start()
    copies = Memberships(service.collection(MEMBERSHIPS), service.collection(NETWORKS))
    for organisation in COMPANIES:
        ids = {"network_id": NETWORK, "organisation_id": organisation}
        values = {**ids, "kind": "company", "active": True}
        await copies.keep_membership(membership_id(NETWORK, organisation), 1, values)
    for provider in BIDDERS:
        await Providers(service.collection(PROVIDERS)).keep(provider)
    made = World(service, clock)
    yield made
    await made.close()
