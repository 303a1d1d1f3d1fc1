"""Membership, courses and notifications in one process, on the real store, calling each other without sockets."""

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import SecretStr

from services.courses.main import CoursesSettings
from services.courses.main import build as build_courses
from services.membership.main import MembershipSettings
from services.membership.main import build as build_membership
from services.membership.parts import Parts
from services.membership.privacy.peers import Elsewhere, OwnPeer
from services.membership.signin.keys import Keyring
from services.notifications.main import NotificationSettings
from services.notifications.main import build as build_notifications
from tests.integration.membership.conftest import world
from tests.integration.membership.world import ADMIN, CLIENTS, Api
from tests.integration.privacy.story import Trio
from tests.support import Infra

__all__ = ["api", "trio", "world"]


@pytest.fixture
async def trio(infra: Infra, database: str) -> AsyncIterator[Trio]:
    common = {"mongodb_url": SecretStr(infra.mongodb_url), "kafka_bootstrap_servers": infra.kafka}
    key = Ed25519PrivateKey.generate()
    keyring = Keyring([key])
    settings = MembershipSettings(
        service="membership",
        role="api",
        mongodb_database=database,
        bootstrap_admin_email=ADMIN[0],
        bootstrap_admin_password=SecretStr(ADMIN[1]),
        **common,
    )
    membership = build_membership("api", settings, keyring, CLIENTS)
    courses = build_courses("api", CoursesSettings(role="api", mongodb_database=f"{database}_c", **common))
    notifications = build_notifications(
        "api", NotificationSettings(role="api", mongodb_database=f"{database}_n", **common)
    )
    services = (membership, courses, notifications)
    for service in services:
        service.use_keys(keyring)
        await service._start()
    mounts = {
        f"http://{service.settings.service}": httpx.ASGITransport(service.app, client=("127.0.0.1", 1))
        for service in services
    }
    async with httpx.AsyncClient(mounts=mounts, base_url="http://membership") as http:
        parts: Parts = membership.app.state.parts
        elsewhere = Elsewhere(
            *(OwnPeer(http, f"http://{name}", parts.issuer) for name in ("courses", "notifications"))
        )
        membership.app.state.parts = replace(parts, elsewhere=elsewhere)
        api = Api(membership, key, http)
        await api.sign_in("admin", *ADMIN)
        yield Trio(api, *services, http)
    for service in services:
        service.stopping.set()
        await service._stop()


@pytest.fixture
async def api(trio: Trio) -> Api:
    return trio.api
