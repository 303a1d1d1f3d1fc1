"""The api process of membership on the real store, and a small world of people to call it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import SecretStr

from services.membership.main import MembershipSettings, build
from services.membership.signin.keys import Keyring
from shared.process import Service
from tests.conftest import Infra

BASE = "/api/membership/v1"
ADMIN = ("admin@verbundwerk.example", "correct horse battery")
PASSWORD = "a long enough password"
CLIENTS = {"notifications": "n-secret", "reporting": "r-secret"}
NUMBERS = count(1)
NEW_NETWORK = {"name": "N", "sector_focus": "textile", "ags": ["08415"]}
EMPLOYEE = {"name": "Ada", "email": "ada@people.example"}


@dataclass
class Api:
    """The api process without its socket, and who calls it."""

    service: Service
    key: Ed25519PrivateKey
    http: httpx.AsyncClient
    tokens: dict[str, str] = field(default_factory=dict)

    async def __call__(
        self, method: str, path: str, who: str | None = None, body: Any = None, **more: Any
    ) -> httpx.Response:
        headers = more.pop("headers", {})
        if who is not None:
            headers = {"Authorization": f"Bearer {self.tokens[who]}", **headers}
        if body is not None:
            more["json"] = body
        return await self.http.request(method, BASE + path, headers=headers, **more)

    async def made(self, path: str, who: str, body: Any) -> dict[str, Any]:
        answer = await self("POST", path, who, body)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def done(self, path: str, who: str, body: Any = None) -> dict[str, Any]:
        answer = await self("POST", path, who, body)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def sign_in(self, name: str, email: str, password: str) -> dict[str, Any]:
        answer = await self("POST", "/tokens", body={"email": email, "password": password})
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        self.tokens[name] = found["access_token"]
        return found

    async def person(self, name: str, creator: str, role: str, **place: str) -> dict[str, Any]:
        email = f"{name}{next(NUMBERS)}@people.example"
        body = {
            "name": name,
            "email": email,
            "locale": "de",
            "password": PASSWORD,
            "grants": [{"role": role, **place}],
        }
        made = await self.made("/people", creator, body)
        await self.sign_in(name, email, PASSWORD)
        return made


@pytest.fixture
async def api(infra: Infra, database: str) -> AsyncIterator[Api]:
    settings = MembershipSettings(
        service="membership",
        role="api",
        mongodb_url=SecretStr(infra.mongodb_url),
        mongodb_database=database,
        kafka_bootstrap_servers=infra.kafka,
        bootstrap_admin_email=ADMIN[0],
        bootstrap_admin_password=SecretStr(ADMIN[1]),
    )
    key = Ed25519PrivateKey.generate()
    service = build("api", settings, Keyring([key]), CLIENTS)
    await service._start()
    transport = httpx.ASGITransport(service.app, client=("127.0.0.1", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://membership") as http:
        found = Api(service, key, http)
        await found.sign_in("admin", *ADMIN)
        yield found
    service.stopping.set()
    await service._stop()


@pytest.fixture
async def world(api: Api) -> dict[str, str]:
    """Two networks with a manager each; one company with its personnel department, member of the first."""
    ids: dict[str, str] = {}
    for name in ("one", "two"):
        network = await api.made(
            "/networks",
            "admin",
            {"name": f"Demo-Verbund {name}", "sector_focus": "textile", "ags": ["08415"]},
        )
        ids[name] = network["id"]
        await api.person(f"manager-{name}", "admin", "network_manager", network_id=network["id"])
        await api.done(f"/networks/{network['id']}/activate", f"manager-{name}")
    company = {"name": "Weberei Lindach KG (Demo)", "kind": "company", "ags": "08415"}
    made = await api.made(
        "/organisations", "manager-one", {**company, "industry_scheme": "WZ2008", "industry_code": "13.20"}
    )
    ids["company"] = made["id"]
    applied = await api.made(
        f"/networks/{ids['one']}/memberships", "manager-one", {"organisation_id": made["id"]}
    )
    ids["membership"] = applied["id"]
    admission = {"roles": ["sender", "driver"], "since": "2026-11-01"}
    await api.done(f"/memberships/{applied['id']}/admit", "manager-one", admission)
    await api.person("hr", "manager-one", "company_hr", organisation_id=made["id"])
    stranger = await api.made("/organisations", "admin", {**company, "name": "Fremd AG (Demo)"})
    ids["stranger"] = stranger["id"]
    await api.person("foreign-hr", "admin", "company_hr", organisation_id=stranger["id"])
    return ids


async def service_token(api: Api, client: str) -> httpx.Response:
    return await api("POST", "/service-tokens", auth=(client, CLIENTS.get(client, "guess")))
