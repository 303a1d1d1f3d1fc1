"""All four services on the real store."""

from collections.abc import AsyncIterator

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import SecretStr

from services.courses import main as courses
from services.membership import main as membership
from services.membership.signin.keys import Keyring
from services.notifications import main as notifications
from services.reporting import main as reporting
from shared.process import Service
from tests.integration.permissions.world import World, build
from tests.support import Infra


@pytest.fixture
async def services(infra: Infra, database: str) -> AsyncIterator[dict[str, Service]]:
    keyring = Keyring([Ed25519PrivateKey.generate()])

    def said(name: str) -> dict[str, object]:
        return {
            "role": "api",
            "mongodb_url": SecretStr(infra.mongodb_url),
            "mongodb_database": f"{database}_{name}",
            "kafka_bootstrap_servers": infra.kafka,
        }

    built = {
        "membership": membership.build(
            "api", membership.MembershipSettings(service="membership", **said("membership")), keyring
        ),
        "courses": courses.build(
            "api", courses.CoursesSettings(offers_key=SecretStr("walk"), **said("courses"))
        ),
        "notifications": notifications.build(
            "api", notifications.NotificationSettings(**said("notifications"))
        ),
        "reporting": reporting.build("api", reporting.ReportingSettings(**said("reporting"))),
    }
    for service in built.values():
        service.use_keys(keyring)
        await service._start()
    built["notifications"].stopping.set()
    built["reporting"].stopping.set()  # a stream tells the present figures and ends
    yield built
    for service in built.values():
        service.stopping.set()
        await service._stop()


@pytest.fixture
async def world(services: dict[str, Service]) -> World:
    return await build(services)
