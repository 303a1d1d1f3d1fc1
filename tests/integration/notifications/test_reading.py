"""What people and managers read, and who may."""

import contextlib
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from services.notifications.main import NotificationSettings, build
from services.notifications.views import DeliveryView, InboxView, Mark
from shared.auth import Grant, Principal, Role
from shared.clock import new_id
from shared.errors import NotFound
from shared.ids import NetworkId
from shared.web import Paging, current_principal
from tests.integration.notifications.world import (
    COLLEAGUE,
    HR,
    NETWORK,
    PROMOTED,
    SESSION,
    WAITLISTED,
    Post,
    World,
    smtp,
)
from tests.support import Infra, eventually

pytestmark = pytest.mark.connected


class TestReading:
    async def test_a_person_reads_only_own_entries_in_the_language_asked_for(
        self, world: World, post: Post, port: int
    ) -> None:
        view = InboxView(world.inbox, world.copies)
        await world.schedule()
        with smtp(post, port):
            await world.tell(WAITLISTED, 2)
            await world.tell(PROMOTED, 3)
            await eventually(world.settled)
        page = await view.page(HR, Paging(1, None), "en")
        assert [entry.title for entry in page.items] == ["The booking has moved up from the waitlist"]
        assert page.next_cursor is not None
        entry = page.items[0]
        assert (await view.unread(HR)).unread == 2
        read = await view.mark(HR, entry.id, Mark.READ, "de")
        assert read == await view.mark(HR, entry.id, Mark.READ, "de")
        assert read.read_at is not None
        assert (await view.unread(HR)).unread == 1
        with pytest.raises(NotFound):
            await view.mark(COLLEAGUE, entry.id, Mark.READ, "de")
        deliveries = await DeliveryView(world.notifications.collection).page(NETWORK, Paging(50, None))
        assert sorted(one.accepted for one in deliveries.items) == [1, 1, 2, 2]


class TestApi:
    @pytest.mark.parametrize(
        ("grants", "status"),
        [
            ((Grant(role=Role.NETWORK_MANAGER, network_id=NetworkId(NETWORK)),), 200),
            ((Grant(role=Role.PLATFORM_ADMIN),), 200),
            ((Grant(role=Role.FUNDER, network_id=NetworkId(NETWORK)),), 403),
            ((Grant(role=Role.NETWORK_MANAGER, network_id=NetworkId(new_id())),), 404),
            ((), 404),
        ],
    )
    async def test_deliveries_are_for_the_networks_manager(
        self, infra: Infra, database: str, grants: tuple[Grant, ...], status: int
    ) -> None:
        async with api(infra, database, Principal(id=HR, grants=grants)) as client:
            answer = await client.get("/deliveries", params={"network_id": NETWORK})
            assert answer.status_code == status
            assert (await client.get("/deliveries", params={"network_id": "x"})).status_code == 422

    async def test_a_service_has_no_inbox(self, infra: Infra, database: str) -> None:
        async with api(infra, database, Principal(id="reporting", kind="service")) as client:
            assert (await client.get("/inbox")).status_code == 403

    async def test_an_empty_inbox_and_unknown_entries_are_answered(self, infra: Infra, database: str) -> None:
        async with api(infra, database, Principal(id=HR)) as client:
            assert (await client.get("/inbox")).json() == {"items": [], "next_cursor": None}
            assert (await client.get("/inbox/unread-count")).json() == {"unread": 0}
            assert (
                await client.post(f"/inbox/{SESSION}:2:company_hr:booked_hr:{HR}/read")
            ).status_code == 404
            assert (await client.post("/inbox/A%20B/read")).status_code == 422


@contextlib.asynccontextmanager
async def api(
    infra: Infra, database: str, principal: Principal, **more: Any
) -> AsyncIterator[httpx.AsyncClient]:
    """Return a client of the api process's app, signed in as `principal`."""
    settings = NotificationSettings(
        role="api", mongodb_url=SecretStr(infra.mongodb_url), mongodb_database=database, **more
    )
    service = build("api", settings)
    service.app.dependency_overrides[current_principal] = lambda: principal
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(service.app), base_url="http://test/api/notifications/v1"
    ) as client:
        yield client
    await service.http.aclose()
    await service.mongo.close()
