"""A sign-in link from the request to the mail: membership, Kafka, notifications and SMTP, all of them real."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest
import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import SecretStr

from deploy.local.ports import free_ports
from services.membership.main import MembershipSettings
from services.membership.main import build as build_membership
from services.membership.signin.keys import Keyring
from services.notifications.main import NotificationSettings
from services.notifications.main import build as build_notifications
from shared.process import Service
from tests.integration.notifications.world import Post, smtp
from tests.support import Infra, eventually

ADMIN = ("admin@verbundwerk.example", "correct horse battery")
BASE = "/api/membership/v1"


@dataclass
class Running:
    """Membership on a port, the worker of notifications, and what the mail server took."""

    url: str
    membership: Service
    notifications: Service
    post: Post


@pytest.fixture
async def running(infra: Infra, database: str) -> AsyncIterator[Running]:
    port, smtp_port = free_ports(2)
    url = f"http://127.0.0.1:{port}"
    common = {
        "mongodb_url": SecretStr(infra.mongodb_url),
        "kafka_bootstrap_servers": infra.kafka,
        "public_url": "https://verbund.example/",
    }
    settings = MembershipSettings(
        service="membership",
        role="api",
        mongodb_database=database,
        bootstrap_admin_email=ADMIN[0],
        bootstrap_admin_password=SecretStr(ADMIN[1]),
        **common,
    )
    keyring = Keyring([Ed25519PrivateKey.generate()])
    membership = build_membership("api", settings, keyring, {"notifications": "n-secret"})
    asking = NotificationSettings(
        role="worker",
        mongodb_database=f"{database}_n",
        membership_url=url,
        courses_url=url,
        service_client_secret=SecretStr("n-secret"),
        smtp_port=smtp_port,
        **common,
    )
    notifications = build_notifications("worker", asking)
    server = uvicorn.Server(
        uvicorn.Config(membership.app, port=port, log_config=None, lifespan="off", ws="none")
    )
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign, assignment]
    serving = asyncio.create_task(server.serve())
    post = Post()
    await membership._start()
    await notifications._start()
    await eventually(lambda: server.started)
    with smtp(post, smtp_port):
        yield Running(url, membership, notifications, post)
    server.should_exit = True
    await serving
    for service in (notifications, membership):
        service.stopping.set()
        await service._stop()


async def test_a_link_reaches_its_person_by_mail_and_nobody_else(running: Running) -> None:
    queued = running.notifications.collection("letters")
    async with httpx.AsyncClient(base_url=running.url + BASE) as http:
        for email in ("nobody@people.example", ADMIN[0]):
            assert (await http.post("/sign-in-links", json={"email": email})).status_code == 202
        await eventually(lambda: _both_settled(queued))
        (mail,) = running.post.mails
        body, page = mail.get_body(("plain",)), mail.get_body(("html",))
        assert body is not None
        assert page is not None
        found = re.search(r"https://verbund\.example/sign-in-link#token=([\w-]+)", body.get_content())
        assert found is not None
        assert found[1] in page.get_content()
        let_in = await http.post("/sign-in-links/exchange", json={"token": found[1]})
        assert let_in.status_code == 200
    kept = str(await queued.find({})) + str(await running.membership.collection("letters").find({}))
    assert found[1] not in kept
    assert "verbundwerk.example" not in kept


async def _both_settled(letters: object) -> bool:
    states = {one["state"] for one in await letters.find({})}  # type: ignore[attr-defined]
    return states == {"sent", "undeliverable"}
