"""Receivers of webhooks over real HTTP, and the parts that send to them."""

import asyncio
import contextlib
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from services.notifications.members import Members
from services.notifications.webhooks import handlers
from services.notifications.webhooks.api import new_secret
from services.notifications.webhooks.client import Client
from services.notifications.webhooks.destinations import Destinations, Resolve, resolve
from services.notifications.webhooks.domain import Secret, Webhook
from services.notifications.webhooks.sender import Sender
from services.notifications.webhooks.store import EventLog, Health, Queue
from shared.clock import new_id
from shared.events import courses
from shared.events.envelope import Envelope
from shared.mongo import Collection, Document, Mongo
from shared.store import Aggregates, Cause
from tests.integration.notifications.world import NETWORK, ORGANISATION, SEAT

type Reply = bytes | Callable[[asyncio.StreamWriter], Awaitable[None]]
OK = b"HTTP/1.1 204 No Content\r\n\r\n"


def status(code: int, *headers: str) -> bytes:
    lines = "".join(f"{header}\r\n" for header in headers)
    return f"HTTP/1.1 {code} X\r\nContent-Length: 0\r\n{lines}\r\n".encode()


class Receiver:
    """A server that says what it is told to say; `replies` are used up first, then `reply`."""

    def __init__(self) -> None:
        self.reply: Reply = OK
        self.replies: list[Reply] = []
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.open = 0
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/in"

    def bodies(self) -> list[Any]:
        return [json.loads(body) for _, body in self.got]

    def order(self) -> dict[str, list[int]]:
        """Return the sequences that arrived per aggregate."""
        found: dict[str, list[int]] = defaultdict(list)
        for body in self.bodies():
            found[body["subject"]].append(body["sequence"])
        return found

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open += 1
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                lines = [line.partition(": ") for line in head.split("\r\n")[1:] if line]
                headers = {name.lower(): value for name, _, value in lines}
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                self.got.append((headers, body))
                reply = self.replies.pop(0) if self.replies else self.reply
                if isinstance(reply, bytes):
                    writer.write(reply)
                    await writer.drain()
                else:
                    await reply(writer)
        writer.close()
        self.open -= 1

    @contextlib.asynccontextmanager
    async def serving(self, port: int = 0, **tls: Any) -> AsyncIterator["Receiver"]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", port, **tls)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()


class Hands:
    """No Kafka: what would be published is dropped."""

    def hand(self, collection: Collection, image: Document) -> None:
        """Drop it."""


class Hooks:
    """The webhooks of a worker without Kafka."""

    def __init__(
        self,
        mongo: Mongo,
        *,
        schedule: tuple[float, ...] = (0.05,) * 9,
        timeout_s: float = 2,
        resolver: Resolve = resolve,
        trusted: str | None = None,
    ) -> None:
        self.webhooks = Aggregates(
            mongo.collection("webhooks"), Webhook, kind="webhook", relay=Hands(), replica="r", keys=_keys()
        )
        self.members = Members(mongo.collection("members"))
        self.queue = Queue(mongo.collection("webhook_messages"), mongo.collection("webhook_lanes"))
        self.log = EventLog(mongo.collection("webhook_events"))
        self.health = Health(mongo.collection("webhook_health"))
        self.sender = Sender(
            webhooks=self.webhooks,
            members=self.members,
            events=self.log,
            queue=self.queue,
            health=self.health,
            client=Client(
                Destinations(loopback=True, resolver=resolver), timeout_s=timeout_s, trusted=trusted
            ),
            schedule=schedule,
            poll_s=0.1,
        )
        self.stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self.sender.run(self.stopping))

    async def close(self) -> None:
        self.stopping.set()
        self.sender.wake()
        if self._task is not None:
            await self._task

    async def register(self, url: str, **values: Any) -> Webhook:
        made = Webhook.model_validate(
            {"id": new_id(), "url": url, "secrets": (Secret(value=new_secret()),), "created_ms": 1}
            | {"network_id": NETWORK}
            | values
        )
        return await handlers.register(made, Cause(), webhooks=self.webhooks)

    async def change(self, webhook: Webhook, decide: Any) -> Webhook:
        return (await self.webhooks.change(webhook.id, decide, Cause())).state

    async def tell(self, envelope_: Envelope, event: Any) -> None:
        await handlers.queue(
            event,
            envelope_,
            webhooks=self.webhooks,
            members=self.members,
            log=self.log,
            queue=self.queue,
            wake=self.sender.wake,
        )

    async def states(self, webhook: Webhook) -> list[str]:
        found = await self.queue.messages.find({"webhook_id": webhook.id}, sort=[("sort", 1)])
        return [one["state"] for one in found]


def _keys() -> Any:
    from services.notifications.webhooks import store

    return store._keys


def booked(session: str, sequence: int, at: Any, organisation: str = ORGANISATION) -> tuple[Envelope, Any]:
    event = courses.CourseBooked.model_validate(
        {**SEAT, "session_id": session, "organisation_id": organisation, "price_cents": 100}
    )
    return (
        Envelope(
            id=f"{session}:{sequence}",
            source="/services/courses",
            type=event.type_name(),
            subject=session,
            time=at,
            sequence=sequence,
            data=event.model_dump_json().encode(),
        ),
        event,
    )
