"""Who may register, read and steer webhooks, and what is refused."""

from typing import Any

import pytest

from shared.auth import Grant, Principal, Role
from shared.clock import new_id
from shared.ids import NetworkId, OrganisationId
from tests.integration.notifications.test_reading import api
from tests.integration.notifications.world import HR, NETWORK, ORGANISATION
from tests.support import Infra

pytestmark = pytest.mark.connected

MANAGER = Principal(id=HR, grants=(Grant(role=Role.NETWORK_MANAGER, network_id=NetworkId(NETWORK)),))
COMPANY = Principal(
    id=HR, grants=(Grant(role=Role.COMPANY_HR, organisation_id=OrganisationId(ORGANISATION)),)
)
ADMIN = Principal(id=HR, grants=(Grant(role=Role.PLATFORM_ADMIN),))
FUNDER = Principal(id=HR, grants=(Grant(role=Role.FUNDER, network_id=NetworkId(NETWORK)),))
STRANGER = Principal(id=HR)
HERE = "http://127.0.0.1:9009/in"
KEY = {"idempotency-key": "one"}


HOOKS = f"/networks/{NETWORK}/webhooks"
OF_COMPANY = f"/organisations/{ORGANISATION}/webhooks"


async def registered(infra: Infra, database: str) -> str:
    async with api(infra, database, MANAGER, webhook_allow_loopback=True) as client:
        answer = await client.post(HOOKS, json={"url": HERE})
        assert answer.status_code == 201, answer.text
        return f"{HOOKS}/{answer.json()['id']}"


class TestRegistering:
    async def test_a_repeat_is_answered_with_the_first_one_and_the_secret_has_its_own_route(
        self, infra: Infra, database: str
    ) -> None:
        body = {"url": HERE, "event_types": ["verbund.courses.*"], "label": "ERP"}
        async with api(infra, database, MANAGER, webhook_allow_loopback=True) as client:
            first = await client.post(HOOKS, json=body, headers=KEY)
            assert (await client.post(HOOKS, json=body, headers=KEY)).json() == first.json()
            assert (await client.post(HOOKS, json={**body, "label": "x"}, headers=KEY)).status_code == 422
            assert "secret" not in first.text
            path = f"{HOOKS}/{first.json()['id']}"
            (secret,) = (await client.get(f"{path}/secrets")).json()
            assert secret["secret"].startswith("whsec_")
            assert secret["valid_until"] is None
            rotated = (await client.post(f"{path}/secrets", json={"overlap_hours": 1})).json()
            assert [one["secret"] for one in rotated][1] == secret["secret"]
            assert (await client.get(HOOKS)).json()["items"] == [first.json()]

    @pytest.mark.parametrize(
        ("values", "pointer"),
        [
            ({"url": "http://hooks.example/"}, "#/url"),
            ({"url": "https://169.254.169.254/latest"}, "#/url"),
            ({"url": "https://[::ffff:10.0.0.1]/"}, "#/url"),
            ({"event_types": ["verbund.nothing.*"]}, "#/event_types"),
        ],
    )
    async def test_bad_input_is_refused_and_nothing_is_kept(
        self, infra: Infra, database: str, values: dict[str, Any], pointer: str
    ) -> None:
        async with api(infra, database, MANAGER, webhook_allow_loopback=True) as client:
            answer = await client.post(HOOKS, json={"url": HERE} | values)
            assert answer.status_code == 422
            assert answer.json()["errors"][0]["pointer"] == pointer
            assert (await client.get(HOOKS)).json()["items"] == []

    async def test_the_eleventh_is_refused(self, infra: Infra, database: str) -> None:
        for _ in range(10):
            await registered(infra, database)
        async with api(infra, database, MANAGER, webhook_allow_loopback=True) as client:
            answer = await client.post(HOOKS, json={"url": HERE})
            assert answer.json()["type"].endswith("too-many-webhooks")


class TestAccess:
    @pytest.mark.parametrize(
        ("principal", "reading", "steering"),
        [
            (MANAGER, 200, 200),
            (ADMIN, 200, 403),
            (FUNDER, 403, 403),
            (COMPANY, 404, 404),
            (STRANGER, 404, 404),
        ],
    )
    async def test_a_networks_webhook_is_its_managers(
        self, infra: Infra, database: str, principal: Principal, reading: int, steering: int
    ) -> None:
        webhook = await registered(infra, database)
        async with api(infra, database, principal) as client:
            assert (await client.get(f"{webhook}")).status_code == reading
            assert (await client.get(f"{webhook}/deliveries")).status_code == reading
            assert (await client.get(f"{webhook}/secrets")).status_code == steering
            assert (await client.post(f"{webhook}/pause")).status_code == steering
            assert (await client.patch(f"{webhook}", json={"label": "y"})).status_code == steering

    async def test_a_company_registers_its_own_and_no_other(self, infra: Infra, database: str) -> None:
        webhook = await registered(infra, database)
        async with api(infra, database, COMPANY, webhook_allow_loopback=True) as client:
            own = await client.post(OF_COMPANY, json={"url": HERE})
            assert own.json()["organisation_id"] == ORGANISATION
            for path in (HOOKS, f"/organisations/{new_id()}/webhooks"):
                assert (await client.post(path, json={"url": HERE})).status_code == 404
            assert (await client.get(f"{OF_COMPANY}/{webhook.rpartition('/')[2]}")).status_code == 404


class TestSteering:
    async def test_ping_redelivery_and_removal_are_answered(self, infra: Infra, database: str) -> None:
        path = await registered(infra, database)
        async with api(infra, database, MANAGER, webhook_allow_loopback=True) as client:
            ping = await client.post(f"{path}/pings", headers=KEY)
            assert ping.status_code == 202
            assert (await client.post(f"{path}/pings", headers=KEY)).json() == ping.json()
            log = (await client.get(f"{path}/deliveries", params={"state": "pending"})).json()["items"]
            assert [one["id"] for one in log] == [ping.json()["id"]]
            assert (await client.post(f"{path}/deliveries/{ping.json()['id']}/retry")).status_code == 200
            assert (await client.post(f"{path}/deliveries/{new_id()}:x:1/retry")).status_code == 404
            old = await client.post(f"{path}/redeliveries", json={"since": "2020-01-01T00:00:00Z"})
            assert old.status_code == 422
            since = {"since": (await client.get(path)).json()["created_at"]}
            asked = await client.post(f"{path}/redeliveries", json=since)
            assert asked.json()["redelivering"]
            again = await client.post(f"{path}/redeliveries", json=since)
            assert again.json()["type"].endswith("redelivery-running")
            assert (await client.delete(path)).status_code == 204
            assert (await client.get(path)).status_code == 404
