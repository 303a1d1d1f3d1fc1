"""Webhooks to real HTTP receivers: signed, in order, again after failures, and never held up by others."""

import asyncio
import ssl
import subprocess
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from standardwebhooks import Webhook as Reference

from services.notifications.webhooks import domain
from services.notifications.webhooks.api import new_secret
from services.notifications.webhooks.deliveries_api import ping
from services.notifications.webhooks.domain import Replay, WebhookState
from services.notifications.webhooks.store import MessageState
from shared.clock import epoch_ms, new_id, utc_now
from shared.events.notifications import WebhookStop
from shared.mongo import Mongo
from tests.integration.notifications.hooks import OK, Hooks, Receiver, booked, status
from tests.integration.notifications.world import ORGANISATION
from tests.support import eventually

pytestmark = pytest.mark.connected


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with Receiver().serving() as made:
        yield made


@pytest.fixture
async def hooks(mongo: Mongo) -> AsyncIterator[Hooks]:
    made = Hooks(mongo)
    yield made
    await made.close()


class TestMessages:
    async def test_the_reference_library_verifies_what_arrives(
        self, hooks: Hooks, receiver: Receiver
    ) -> None:
        webhook = await hooks.register(receiver.url)
        old = webhook.secrets[0].value
        until = epoch_ms(utc_now() + timedelta(hours=1))
        webhook = await hooks.change(webhook, lambda found: domain.rotate(found, new_secret(), until))
        hooks.start()
        session = new_id()
        await hooks.tell(*booked(session, 1, utc_now()))
        await eventually(lambda: len(receiver.got) == 1)
        headers, body = receiver.got[0]
        for secret in (old, webhook.secrets[0].value):
            assert Reference(secret).verify(body, headers) == receiver.bodies()[0]
        (read,) = receiver.bodies()
        assert read["data"]["organisation_id"] == ORGANISATION
        assert (read["type"], read["subject"]) == ("verbund.courses.course-booked.v1", session)
        assert headers["webhook-id"] == read["id"] == f"{session}:1"
        assert headers["content-type"] == "application/json"

    async def test_each_arrives_once_and_in_order_when_events_come_twice_and_answers_fail(
        self, hooks: Hooks, receiver: Receiver
    ) -> None:
        webhook = await hooks.register(receiver.url)
        receiver.replies = [
            OK,
            status(500),
            status(503),
            OK,
            status(429),
            OK,
            status(302, "Location: http://x/"),
        ]
        hooks.start()
        sessions = [new_id() for _ in range(3)]
        for sequence in (1, 2, 3, 2, 4):
            for session in sessions:
                await hooks.tell(*booked(session, sequence, utc_now()))

        async def done() -> bool:
            return await hooks.states(webhook) == [MessageState.DELIVERED] * 12

        await eventually(done)
        for sequences in receiver.order().values():
            assert list(dict.fromkeys(sequences)) == [1, 2, 3, 4]
            assert sequences == sorted(sequences)
        assert len(receiver.got) == 12 + 4

    async def test_a_company_is_told_only_of_itself(self, hooks: Hooks, receiver: Receiver) -> None:
        await hooks.register(receiver.url, network_id=None, organisation_id=ORGANISATION)
        hooks.start()
        await hooks.tell(*booked(new_id(), 1, utc_now(), organisation=new_id()))
        await hooks.tell(*booked(new_id(), 1, utc_now()))
        await eventually(lambda: len(receiver.got) == 1)
        assert receiver.bodies()[0]["data"]["organisation_id"] == ORGANISATION

    async def test_a_ping_reaches_a_paused_webhook_and_nothing_else_does(
        self, hooks: Hooks, receiver: Receiver
    ) -> None:
        webhook = await hooks.register(receiver.url)
        await hooks.change(webhook, lambda found: domain.stop(found, WebhookStop.BY_HAND))
        hooks.start()
        await hooks.tell(*booked(new_id(), 1, utc_now()))
        await hooks.queue.add(webhook.id, ping(new_id(), webhook.id, utc_now()))
        await eventually(lambda: len(receiver.got) == 1)
        assert receiver.bodies()[0]["type"] == domain.PING
        await hooks.change(webhook, domain.resume)
        await eventually(lambda: len(receiver.got) == 2)


class TestReceivers:
    async def test_others_go_on_when_one_is_endlessly_slow_and_one_floods(
        self, mongo: Mongo, receiver: Receiver
    ) -> None:
        async def drip(writer: asyncio.StreamWriter) -> None:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
            while True:
                writer.write(b"x")
                await writer.drain()
                await asyncio.sleep(0.05)

        async def flood(writer: asyncio.StreamWriter) -> None:
            writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            while True:
                writer.write(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")
                await writer.drain()

        hooks = Hooks(mongo, timeout_s=1)
        async with Receiver().serving() as slow, Receiver().serving() as flooding:
            slow.reply, flooding.reply = drip, flood
            lazy = await hooks.register(slow.url)
            full = await hooks.register(flooding.url)
            await hooks.register(receiver.url)
            hooks.start()
            for number in range(60):
                await hooks.tell(*booked(new_id(), 1, utc_now()))
                assert slow.open <= 8
                if number == 10:
                    await eventually(lambda: slow.open > 0)
            await eventually(lambda: len(receiver.got) == 60)
            assert MessageState.DELIVERED not in await hooks.states(lazy)
            # What floods has said 200 before: taken, and its flood cut off.
            await eventually(lambda: len(flooding.got) >= 1)
            assert MessageState.DELIVERED in await hooks.states(full)
            await hooks.close()

    async def test_gone_switches_off_at_once(self, hooks: Hooks, receiver: Receiver) -> None:
        webhook = await hooks.register(receiver.url)
        receiver.reply = status(410)
        hooks.start()
        await hooks.tell(*booked(new_id(), 1, utc_now()))

        async def off() -> bool:
            return (await hooks.webhooks.get(webhook.id)).state is WebhookState.OFF

        await eventually(off)
        await hooks.tell(*booked(new_id(), 1, utc_now()))
        assert len(receiver.got) == 1

    async def test_a_dead_one_is_paused_after_ten_tries_and_loses_nothing(self, mongo: Mongo) -> None:
        hooks = Hooks(mongo, schedule=(0.02,) * 9)
        async with Receiver().serving() as receiver:
            port, session = receiver.port, new_id()
            webhook = await hooks.register(receiver.url)
        hooks.start()
        start = utc_now() - timedelta(seconds=1)
        for sequence in (1, 2, 3):
            await hooks.tell(*booked(session, sequence, utc_now()))

        async def paused() -> bool:
            return (await hooks.webhooks.get(webhook.id)).state is WebhookState.PAUSED

        await eventually(paused)
        (first,) = await hooks.queue.messages.find({"event_id": f"{session}:1"})
        assert (first["tries"], first["state"]) == (10, MessageState.FAILED)
        assert {one["error"] for one in first["attempts"]} == {"unreachable"}
        async with receiver.serving(port):
            await hooks.change(webhook, domain.resume)
            await eventually(lambda: receiver.order() == {session: [2, 3]})
            await hooks.change(
                webhook, lambda found: domain.redeliver(found, Replay(since_ms=epoch_ms(start)))
            )
            await eventually(lambda: receiver.order() == {session: [2, 3, 1, 2, 3]})
            await hooks.close()

    async def test_only_what_failed_comes_again_when_so_asked(self, hooks: Hooks, receiver: Receiver) -> None:
        webhook = await hooks.register(receiver.url)
        receiver.reply = status(400)
        hooks.start()
        bad, good = new_id(), new_id()
        await hooks.tell(*booked(bad, 1, utc_now()))
        await eventually(lambda: len(receiver.got) >= 2)
        receiver.reply = OK
        receiver.replies = [status(400)] * 20
        await hooks.tell(*booked(good, 1, utc_now()))

        async def given_up() -> bool:
            return MessageState.FAILED in await hooks.states(webhook)

        await eventually(given_up)
        receiver.replies.clear()
        await hooks.change(webhook, domain.resume)
        since = epoch_ms(utc_now() - timedelta(minutes=1))
        await hooks.change(
            webhook, lambda found: domain.redeliver(found, Replay(since_ms=since, failed_only=True))
        )

        async def all_there() -> bool:
            return await hooks.states(webhook) == [MessageState.DELIVERED] * 2

        await eventually(all_there)


class TestTls:
    async def test_it_connects_to_the_checked_address_and_proves_the_name(
        self, mongo: Mongo, tmp_path: Path
    ) -> None:
        certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
        subprocess.run(
            f"openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=hooks.example -keyout {key} "
            f"-out {certificate} -addext subjectAltName=DNS:hooks.example",
            shell=True,
            check=True,
            capture_output=True,
        )
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(certificate, key)

        async def resolver(_host: str, _port: int) -> list[str]:
            return ["127.0.0.1"]

        hooks = Hooks(mongo, resolver=resolver, trusted=str(certificate))
        async with Receiver().serving(ssl=tls) as receiver:
            good = await hooks.register(f"https://hooks.example:{receiver.port}/in")
            wrong = await hooks.register(f"https://other.example:{receiver.port}/in")
            hooks.start()
            await hooks.tell(*booked(new_id(), 1, utc_now()))

            async def tried() -> bool:
                found = await hooks.queue.messages.find_one({"webhook_id": wrong.id})
                return bool(found and found["attempts"]) and await hooks.states(good) == ["delivered"]

            await eventually(tried)
            await hooks.close()
        assert receiver.got[0][0]["host"] == f"hooks.example:{receiver.port}"
        (refused,) = await hooks.queue.messages.find({"webhook_id": wrong.id})
        assert {one["error"] for one in refused["attempts"]} == {"tls"}
        assert len(receiver.got) == 1
