"""The whole notifications worker as a process: killed, with SMTP and receivers away, and a ledger of what arrived."""

import asyncio
import contextlib
import os
import sys
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import uvicorn
from aiosmtpd.controller import Controller
from fastapi import FastAPI, Request

from deploy.local.ports import free_ports
from shared.clock import new_id
from shared.events import courses
from shared.events.envelope import Envelope, Event
from shared.ids import derived_id
from shared.mongo import Mongo
from shared.producer import Producer, Record
from tests.integration.notifications.hooks import Hooks, Receiver
from tests.integration.notifications.world import NETWORK, SCHEDULED, SEATS, Post, contact
from tests.support import Infra, eventually

STEPS = (courses.BookingWaitlisted, courses.WaitlistPromoted, courses.BookingCancelled)
MORE: dict[str, Any] = {
    "position": 1,
    "price_cents": 100,
    "was_confirmed": True,
    "days_before": 40,
    "fee_percent": 0,
    "fee_cents": 0,
    "refilled": False,
}
PATIENCE_S = 1500.0


def person_of(kind: str, identity: str) -> str:
    return derived_id(kind, identity)


def peers() -> FastAPI:
    """Membership and courses: everybody exists, one HR person per organisation."""
    app = FastAPI()

    @app.post("/api/membership/v1/service-tokens")
    async def token() -> dict[str, Any]:
        return {"access_token": "t", "expires_in": 600, "token_type": "Bearer", "scope": ""}

    @app.post("/api/membership/v1/contacts/lookup")
    async def lookup(request: Request) -> dict[str, Any]:
        return answer(await request.json())

    @app.post("/api/membership/v1/contacts/lookups")
    async def lookups(request: Request) -> dict[str, Any]:
        return {"answers": [answer(asked) for asked in (await request.json())["questions"]]}

    def answer(asked: dict[str, Any]) -> dict[str, Any]:
        ids = asked.get("person_ids") or [person_of("hr", asked["organisation_id"])]
        return {"contacts": [contact(one, "Nina", f"{one}@firma.example", "de") for one in ids]}

    @app.get("/api/courses/v1/sessions/{session_id}/bookings/{booking_id}/participant")
    async def participant(session_id: str, booking_id: str) -> dict[str, Any]:
        return {"participant_id": person_of("participant", booking_id), "organisation_id": "o"}

    return app


@contextlib.asynccontextmanager
async def serving(app: FastAPI) -> AsyncIterator[str]:
    (port,) = free_ports(1)
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_config=None, lifespan="off", ws="none"))
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign, assignment]
    task = asyncio.create_task(server.serve())
    await eventually(lambda: server.started)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    await task


@dataclass
class Told:
    """The events of the run: bookings on a few sessions, three events each, in turn."""

    bookings: int
    sessions: int = 8
    records: list[tuple[Event, Envelope]] = field(default_factory=list)
    of_booking: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        sequences: Counter[str] = Counter()
        ids = [new_id() for _ in range(self.sessions)]
        for session in ids:
            self._add(SCHEDULED.model_copy(update={"session_id": session}), session, sequences)
        self.of_booking = {new_id(): ids[number % self.sessions] for number in range(self.bookings)}
        for step in STEPS:
            for booking, session in self.of_booking.items():
                body = {"booking_id": booking, "session_id": session, "network_id": NETWORK, "seats": SEATS}
                event = step.model_validate({**MORE, **body, "organisation_id": derived_id("o", session)})
                self._add(event, session, sequences)

    def _add(self, event: Event, session: str, sequences: Counter[str]) -> None:
        sequences[session] += 1
        number = sequences[session]
        at = datetime.now(UTC) - timedelta(minutes=5) + timedelta(milliseconds=len(self.records))
        envelope = Envelope(
            id=f"{session}:{number}",
            source="/services/courses",
            type=event.type_name(),
            subject=session,
            time=at,
            sequence=number,
            data=event.model_dump_json().encode(),
        )
        self.records.append((event, envelope))

    @property
    def expected(self) -> int:
        """Return how many messages there are: each booking event is told to HR and to the participant."""
        return 2 * len(STEPS) * self.bookings


class Chaos:
    """A run: the worker, the servers around it, and how often each was away."""

    def __init__(self, infra: Infra, database: str, told: Told, kills: int) -> None:
        self.infra, self.database, self.told, self.kills = infra, database, told, kills
        self.post, self.receiver = Post(), Receiver()
        self.smtp_port, self.hook_port = free_ports(2)
        self.mongo = Mongo(infra.mongodb_url, database)
        self._worker: asyncio.subprocess.Process | None = None
        self._smtp: Controller | None = None

    async def run(self) -> None:
        hooks = Hooks(self.mongo)
        await hooks.register(f"http://127.0.0.1:{self.hook_port}/in")
        producer = Producer(self.infra.kafka, "chaos")
        async with serving(peers()) as url:
            try:
                await self._start(url)
                await self._publish(producer)
                await self._disturb(url)
                await eventually(self._finished, seconds=PATIENCE_S)
            finally:
                await self._kill()
                if self._smtp is not None:
                    self._smtp.stop()
                await producer.stop()

    async def _publish(self, producer: Producer) -> None:
        records = [
            Record(courses.TOPIC, one.subject.encode(), one.data, one.to_headers())
            for _, one in self.told.records
        ]
        for start in range(0, len(records), 500):
            await producer.send_all(records[start : start + 500])

    async def _disturb(self, url: str) -> None:
        """Kill the worker after each share of the mails; SMTP and the receiver are away in turn."""
        async with self.receiver.serving(self.hook_port):
            self._mail_server()
            for number in range(1, self.kills + 1):
                share = self.told.expected * number // (self.kills + 2)
                await eventually(lambda goal=share: len(self.post.mails) >= goal, seconds=PATIENCE_S)  # type: ignore[misc]
                await self._kill()
                if number % 2 and self._smtp is not None:
                    self._smtp.stop()
                    self._smtp = None
                    await self._start(url)
                    await eventually(self._noticed, seconds=PATIENCE_S)
                    self._mail_server()
                else:
                    await self._start(url)
                    self.receiver.replies = [b"HTTP/1.1 503 X\r\nContent-Length: 0\r\n\r\n"] * 20
            await eventually(self._finished, seconds=PATIENCE_S)

    async def _noticed(self) -> bool:
        return await self.mongo.collection("notifications").count({"error": "smtp-unreachable"}) > 0

    def _mail_server(self) -> None:
        self._smtp = Controller(self.post, hostname="127.0.0.1", port=self.smtp_port)
        self._smtp.start()

    async def _start(self, url: str) -> None:
        own = {
            "HOST": "127.0.0.1",
            "PORT": str(free_ports(1)[0]),
            "KAFKA_BOOTSTRAP_SERVERS": self.infra.kafka,
            "MONGODB_URL": self.infra.mongodb_url,
            "MONGODB_DATABASE": self.database,
            "MEMBERSHIP_URL": url,
            "COURSES_URL": url,
            "SERVICE_CLIENT_SECRET": "secret",
            "SMTP_PORT": str(self.smtp_port),
            "MAIL_FROM": "verbundwerk@verbund.example",
            "WEBHOOK_ALLOW_LOOPBACK": "true",
            "WEBHOOK_RETRY_S": f"[{', '.join(['0.5'] * 60)}]",
        }
        self._worker = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "services.notifications",
            "worker",
            env={**os.environ, **own},
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )

    async def _kill(self) -> None:
        if self._worker is not None and self._worker.returncode is None:
            self._worker.kill()
            await self._worker.wait()

    async def _finished(self) -> bool:
        if len(self.post.mails) < self.told.expected:
            return False
        open_ones = {"state": {"$in": ["queued", "failed"]}}
        waiting = await self.mongo.collection("notifications").count(open_ones)
        hooks = self.mongo.collection("webhook_messages")
        delivered = await hooks.count({"state": "delivered"})
        return waiting == 0 and delivered == len(self.told.records)

    async def verdict(self) -> str:
        """Check everything that is promised and return the measured duplicates."""
        inbox = await self.mongo.collection("inbox").find({}, {"person_id": 1})
        assert len(inbox) == self.told.expected
        mails = Counter(str(mail["Message-ID"]) for mail in self.post.mails)
        assert len(mails) == self.told.expected
        first: dict[str, list[str]] = defaultdict(list)
        for mail in self.post.mails:
            key = mail["To"].addresses[0].username
            subject = str(mail["Subject"]).split(":")[0].strip()
            if subject not in first[key]:
                first[key].append(subject)
        hooks: dict[str, list[int]] = defaultdict(list)
        for body in self.receiver.bodies():
            if body["sequence"] not in hooks[body["subject"]]:
                hooks[body["subject"]].append(body["sequence"])
        for sequences in hooks.values():
            assert all(one + 1 == other for one, other in pairwise(sequences))
        assert sum(len(one) for one in hooks.values()) == len(self.told.records)
        participants = {person_of("participant", one) for one in self.told.of_booking}
        of_participants = [said for to, said in first.items() if to in participants]
        assert len(of_participants) == self.told.bookings
        assert {tuple(said) for said in of_participants} == {
            ("Warteliste", "Sie haben einen Platz", "Ihr Kurs ist storniert")
        }
        again = len(self.post.mails) - len(mails)
        posted = len(self.receiver.got) - len(self.told.records)
        return (
            f"{len(self.told.records)} events, {self.kills} kills: {len(inbox)} inbox entries, {len(mails)} mails "
            f"+ {again} again, {len(self.told.records)} webhook messages + {posted} tries again (503s included)"
        )
