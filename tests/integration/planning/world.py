"""A courses process without its HTTP socket, and people who call it by name."""

from dataclasses import dataclass, field
from typing import Any

import httpx

from services.courses.main import CoursesSettings, build
from services.courses.memberships.store import MEMBERSHIPS, NETWORKS, Memberships, membership_id
from services.courses.organisations.store import ORGANISATIONS, Organisations
from shared.auth import Principal
from shared.clock import new_id
from shared.errors import Unauthenticated
from shared.ids import NetworkId, OrganisationId
from shared.process import Service
from shared.roles import Grant, Role
from tests.support import Infra


@dataclass
class World:
    """Two networks with a manager each ("manager", "neighbour") and five member companies ("hr0" to "hr4")."""

    service: Service
    http: httpx.AsyncClient
    network: NetworkId = field(default_factory=lambda: NetworkId(new_id()))
    other: NetworkId = field(default_factory=lambda: NetworkId(new_id()))
    companies: list[OrganisationId] = field(
        default_factory=lambda: [OrganisationId(new_id()) for _ in range(5)]
    )

    async def principal(self, token: str) -> Principal:
        """Return who the token stands for."""
        networks = {"manager": self.network, "neighbour": self.other}
        if token in networks:
            grant = Grant(role=Role.NETWORK_MANAGER, network_id=networks[token])
        elif token.startswith("hr"):
            grant = Grant(role=Role.COMPANY_HR, organisation_id=self.companies[int(token[-1])])
        elif token == "stranger":
            grant = Grant(role=Role.COMPANY_HR, organisation_id=OrganisationId(new_id()))
        else:
            raise Unauthenticated
        return Principal(id=token, grants=(grant,))

    async def call(
        self, who: str, method: str, path: str, body: Any = None, key: str | None = None
    ) -> httpx.Response:
        """Call and return the answer, which is never our fault."""
        headers = {"Authorization": f"Bearer {who}", "Idempotency-Key": key or new_id()}
        answer = await self.http.request(method, f"/api/courses/v1{path}", json=body, headers=headers)
        assert answer.status_code < 500, answer.text
        return answer

    async def made(
        self, who: str, path: str, body: Any = None, *, method: str = "POST", key: str | None = None
    ) -> Any:
        """Call and return the body of the success."""
        answer = await self.call(who, method, path, body, key)
        assert answer.is_success, answer.text
        return answer.json()

    async def read(self, who: str, path: str) -> Any:
        """GET and return the body of the success."""
        return await self.made(who, path, method="GET")

    @property
    def organisations(self) -> Organisations:
        """What courses knows of organisations."""
        return Organisations(self.service.collection(ORGANISATIONS))

    async def need(self, number: int, **more: object) -> Any:
        """Post a need of a company and return it."""
        body: dict[str, object] = {
            "network_id": self.network if number < 4 else self.other,
            "organisation_id": self.companies[number],
            "topic_code": "emob-hv1",
            "headcount": 3,
            "window_from": "2099-01-01",
            "window_to": "2099-12-31",
            "format": "on_site",
        }
        return await self.made(f"hr{number}", "/needs", {**body, **more})


async def started(infra: Infra, database: str) -> World:
    """Return a running courses api: companies 0 to 3 are members of the first network, 4 of the second."""
    settings = CoursesSettings(
        role="api",
        kafka_bootstrap_servers=infra.kafka,
        mongodb_url=infra.mongodb_url,
        mongodb_database=database,
    )
    service = build("api", settings)
    transport = httpx.ASGITransport(service.app, raise_app_exceptions=False)
    world = World(service, httpx.AsyncClient(transport=transport, base_url="http://courses"))
    service.app.state.verifier = world
    await service._start()
    copies = Memberships(service.collection(MEMBERSHIPS), service.collection(NETWORKS))
    for number, organisation in enumerate(world.companies):
        network = world.network if number < 4 else world.other
        values = {"network_id": network, "organisation_id": organisation, "active": True}
        await copies.keep_membership(membership_id(network, organisation), 1, values)
    return world
