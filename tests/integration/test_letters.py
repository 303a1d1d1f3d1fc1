"""A sign-in link from the request to the mail: membership, Kafka, notifications and SMTP, all of them real."""

import asyncio
import contextlib
import re

import httpx
import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import SecretStr

from deploy.local.ports import free_ports
from services.membership.main import MembershipSettings
from services.membership.main import build as build_membership
from services.membership.signin.keys import Keyring
from services.notifications.main import NotificationSettings
from services.notifications.main import build as build_notifications
from tests.integration.notifications.world import Post, smtp
from tests.support import Infra, eventually

ADMIN = ("admin@verbundwerk.example", "correct horse battery")
BASE = "/api/membership/v1"


async def test_a_link_reaches_its_person_by_mail_and_nobody_else(infra: Infra, database: str) -> None:
    port, smtp_port = free_ports(2)
    url = f"http://127.0.0.1:{port}"
    settings = MembershipSettings(
        service="membership",
        role="api",
        mongodb_url=SecretStr(infra.mongodb_url),
        mongodb_database=database,
        kafka_bootstrap_servers=infra.kafka,
        bootstrap_admin_email=ADMIN[0],
        bootstrap_admin_password=SecretStr(ADMIN[1]),
        public_url="https://verbund.example/",
    )
    membership = build_membership(
        "api", settings, Keyring([Ed25519PrivateKey.generate()]), {"notifications": "n-secret"}
    )
    notifications = build_notifications(
        "worker",
        NotificationSettings(
            role="worker",
            mongodb_url=SecretStr(infra.mongodb_url),
            mongodb_database=f"{database}_n",
            kafka_bootstrap_servers=infra.kafka,
            membership_url=url,
            courses_url=url,
            service_client_secret=SecretStr("n-secret"),
            smtp_port=smtp_port,
        ),
    )
    server = uvicorn.Server(
        uvicorn.Config(membership.app, port=port, log_config=None, lifespan="off", ws="none")
    )
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign, assignment]
    serving = asyncio.create_task(server.serve())
    post = Post()
    await membership._start()
    await notifications._start()
    try:
        with smtp(post, smtp_port):
            async with httpx.AsyncClient(base_url=url + BASE) as http:
                await eventually(lambda: server.started)
                for email in ("nobody@people.example", ADMIN[0]):
                    asked = await http.post("/sign-in-links", json={"email": email})
                    assert asked.status_code == 202
                settled = notifications.collection("letters")
                await eventually(lambda: _both_settled(settled))
                (mail,) = post.mails
                body, page = mail.get_body(("plain",)), mail.get_body(("html",))
                assert body is not None
                assert page is not None
                found = re.search(r"https://verbund\.example/sign-in-link#token=([\w-]+)", body.get_content())
                assert found is not None
                assert found[1] in page.get_content()
                let_in = await http.post("/sign-in-links/exchange", json={"token": found[1]})
                assert let_in.status_code == 200
                kept = str(await settled.find({})) + str(await membership.collection("letters").find({}))
                assert found[1] not in kept
                assert "verbundwerk.example" not in kept
    finally:
        server.should_exit = True
        await serving
        for service in (notifications, membership):
            service.stopping.set()
            await service._stop()


async def _both_settled(letters: object) -> bool:
    states = {one["state"] for one in await letters.find({})}  # type: ignore[attr-defined]
    return states == {"sent", "undeliverable"}
