"""Notifications on a real store, a real SMTP server, real HTTP peers and, once, real Kafka."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from itertools import permutations
from typing import Any

import httpx
import pytest
import uvicorn
from aiosmtpd.controller import Controller
from fastapi import FastAPI, Request, Response
from pydantic import SecretStr

from deploy.local.ports import free_ports
from services.notifications import domain, handlers, texts
from services.notifications.contacts import Contacts
from services.notifications.dispatcher import Dispatcher
from services.notifications.domain import Outcome, State
from services.notifications.mail import Mailer, Server, Undelivered
from services.notifications.main import NotificationSettings, build
from services.notifications.store import Copies, Inbox, Notifications
from services.notifications.views import DeliveryView, InboxView
from shared.auth import Grant, Principal, Role
from shared.client import Peer
from shared.clock import new_id, utc_now
from shared.errors import NotFound
from shared.events import courses
from shared.events.envelope import Envelope, Event
from shared.ids import NetworkId
from shared.mongo import Document, Mongo
from shared.producer import Producer, Record
from shared.web import Paging, current_principal
from tests.support import Infra, eventually

pytestmark = pytest.mark.connected

TRACE_ID = "0af7651916cd43dd8448eb211c80319c"
NETWORK, SESSION, BOOKING, ORGANISATION = (new_id() for _ in range(4))
HR, COLLEAGUE, PARTICIPANT = (new_id() for _ in range(3))
SEATS = courses.SeatCounts(confirmed=1, waitlisted=0, free=3)
SEAT = {
    "booking_id": BOOKING,
    "session_id": SESSION,
    "network_id": NETWORK,
    "organisation_id": ORGANISATION,
    "seats": SEATS,
}
SCHEDULED = courses.SessionScheduled.model_validate(
    {
        "session_id": SESSION,
        "network_id": NETWORK,
        "course_id": new_id(),
        "topic_code": "emob-hv2s",
        "teaching_units": 8,
        "days": [{"starts_at": "2027-03-10T07:00:00Z", "ends_at": "2027-03-10T14:30:00Z"}],
        "time_zone": "Europe/Berlin",
        "minimum_seats": 2,
        "capacity": 4,
        "price_cents": 79_000,
        "cost_key": "per_seat",
    }
)
BOOKED = courses.CourseBooked.model_validate({**SEAT, "price_cents": 79_000})
WAITLISTED = courses.BookingWaitlisted.model_validate({**SEAT, "position": 1})
PROMOTED = courses.WaitlistPromoted.model_validate({**SEAT, "price_cents": 79_000})


def envelope(event: Event, sequence: int) -> Envelope:
    return Envelope(
        id=f"{SESSION}:{sequence}",
        source="/services/courses",
        type=event.type_name(),
        subject=SESSION,
        time=datetime(2026, 11, 24, 9, 0, sequence, tzinfo=UTC),
        sequence=sequence,
        data=event.model_dump_json().encode(),
        traceparent=f"00-{TRACE_ID}-b7ad6b7169203331-01",
    )


class Post:
    """What the SMTP server took; `refuse` answers a recipient with a reply of its own."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.refuse: dict[str, str] = {}
        self.sessions: set[int] = set()

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        mail = message_from_bytes(envelope.content, policy=default)
        assert isinstance(mail, EmailMessage)
        self.sessions.add(id(session))
        self.mails.append(mail)
        return "250 OK"

    def to(self, address: str) -> list[EmailMessage]:
        return [mail for mail in self.mails if mail["To"].addresses[0].addr_spec == address]


def contact(person_id: str, name: str, email: str, locale: str) -> Document:
    return {"person_id": person_id, "name": name, "email": email, "locale": locale}


@dataclass
class People:
    """What membership and courses answer."""

    hr: list[Document] = field(
        default_factory=lambda: [
            contact(HR, "Nina Maier", "nina@firma.example", "de"),
            contact(COLLEAGUE, "Tom <b>Field</b>", "tom@firma.example", "en"),
        ]
    )
    participants: list[Document] = field(
        default_factory=lambda: [contact(PARTICIPANT, "Łukasz Ćwikła", "lukasz@firma.example", "de")]
    )

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.post("/api/membership/v1/service-tokens")
        async def token() -> Document:
            return {"access_token": "t", "expires_in": 600, "token_type": "Bearer", "scope": ""}

        @app.post("/api/membership/v1/contacts/lookup")
        async def lookup(request: Request) -> Document:
            asked = await request.json()
            assert asked["organisation_id"] == ORGANISATION
            return {"contacts": self.participants if "person_ids" in asked else self.hr}

        @app.get("/api/courses/v1/sessions/{session_id}/bookings/{booking_id}/participant")
        async def participant(session_id: str, booking_id: str) -> Any:
            if booking_id != BOOKING:
                return Response(status_code=404)
            return {"participant_id": PARTICIPANT, "organisation_id": ORGANISATION}

        return app


@pytest.fixture
def post() -> Post:
    return Post()


@contextlib.contextmanager
def smtp(post: Post, port: int) -> Iterator[None]:
    controller = Controller(post, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield
    finally:
        controller.stop()


@pytest.fixture
def port() -> int:
    return free_ports(1)[0]


@pytest.fixture
def people() -> People:
    return People()


@pytest.fixture
async def peers(people: People) -> AsyncIterator[str]:
    (chosen,) = free_ports(1)
    config = uvicorn.Config(people.app(), port=chosen, log_config=None, lifespan="off", ws="none")
    server = uvicorn.Server(config)
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign, assignment]
    task = asyncio.create_task(server.serve())
    await eventually(lambda: server.started)
    yield f"http://127.0.0.1:{chosen}"
    server.should_exit = True
    await task


class World:
    """The parts of a worker without Kafka: events are handed to the handlers."""

    def __init__(self, mongo: Mongo, url: str, port: int, mailer: Mailer | None = None) -> None:
        self.http = httpx.AsyncClient()
        peer = Peer(
            self.http,
            url,
            token_url=f"{url}/api/membership/v1/service-tokens",
            client_id="notifications",
            secret=SecretStr("secret"),
        )
        self.notifications = Notifications(mongo.collection("notifications"))
        self.copies = Copies(*(mongo.collection(name) for name in ("sessions", "bookings", "policies")))
        self.inbox = mongo.collection("inbox")
        self.dispatcher = Dispatcher(
            notifications=self.notifications,
            inbox=Inbox(self.inbox),
            copies=self.copies,
            contacts=Contacts(peer, peer),
            mailer=mailer or Mailer(Server("127.0.0.1", port)),
            sender="verbundwerk@verbund.example",
            link="https://verbund.example/",
        )
        self.stopping = asyncio.Event()
        self._task = asyncio.create_task(self.dispatcher.run(self.stopping))

    async def schedule(self) -> None:
        await handlers.keep_session(SCHEDULED, envelope(SCHEDULED, 1), copies=self.copies)

    async def tell(self, event: Any, sequence: int) -> None:
        tell = (
            handlers.tell_of_session if isinstance(event, courses.SessionCancelled) else handlers.tell_of_seat
        )
        await tell(
            event,
            envelope(event, sequence),
            notifications=self.notifications,
            copies=self.copies,
            wake=self.dispatcher.wake,
        )

    async def states(self) -> dict[str, str]:
        found = await self.notifications.collection.find({}, {"state": 1, "template": 1})
        return {document["template"]: document["state"] for document in found}

    async def settled(self) -> bool:
        states = await self.states()
        return bool(states) and not set(states.values()) & {State.QUEUED, State.FAILED}

    async def close(self) -> None:
        self.stopping.set()
        self.dispatcher.wake()
        await self._task
        await self.http.aclose()


@pytest.fixture
async def world(mongo: Mongo, peers: str, port: int) -> AsyncIterator[World]:
    made = World(mongo, peers, port)
    yield made
    await made.close()


class TestOnce:
    async def test_one_mail_per_recipient_when_events_come_twice_and_in_any_order(
        self, world: World, post: Post, port: int
    ) -> None:
        events = [(WAITLISTED, 2), (PROMOTED, 3)]
        await world.schedule()
        with smtp(post, port):
            for order in permutations(events):
                for event, sequence in order:
                    await world.tell(event, sequence)
            await eventually(world.settled)
            for event, sequence in events:
                await world.tell(event, sequence)
        assert set((await world.states()).values()) == {State.SENT}
        for address in ("nina@firma.example", "tom@firma.example", "lukasz@firma.example"):
            subjects = [mail["Subject"] for mail in post.to(address)]
            assert len(subjects) == 2
            assert "aitlist" in subjects[0] or "arteliste" in subjects[0]
        assert await world.inbox.count({}) == 6
        assert len(post.sessions) == 1

    async def test_two_mails_without_the_insert_once_guard(self, world: World, post: Post, port: int) -> None:
        await world.schedule()
        (draft, *_) = domain.drafts(BOOKED, texts.table(), ())
        with smtp(post, port):
            for _ in range(2):  # what a duplicate would do if the id did not come from the event
                document = world.notifications.document(draft, envelope(BOOKED, 2))
                await world.notifications.collection.insert({**document, "_id": new_id()})
            await eventually(world.settled)
            await eventually(lambda: len(post.to("nina@firma.example")) == 2)


class TestContent:
    async def test_the_mail_continues_the_trace_and_names_people_only_inside(
        self, world: World, post: Post, port: int
    ) -> None:
        await world.schedule()
        with smtp(post, port):
            await world.tell(BOOKED, 2)
            await eventually(world.settled)
        (german,), (english,) = post.to("nina@firma.example"), post.to("tom@firma.example")
        assert german["X-Verbundwerk-Trace"] == english["X-Verbundwerk-Trace"] == TRACE_ID
        body, page = english.get_body(("plain",)), english.get_body(("html",))
        assert body is not None
        assert page is not None
        assert "Łukasz Ćwikła" in body.get_content()
        assert "&lt;b&gt;Field" in page.get_content()
        stored = str(await world.notifications.collection.find({})) + str(await world.inbox.find({}))
        assert not [word for word in ("Maier", "Field", "Ćwikła", "firma.example") if word in stored]

    async def test_everybody_in_the_session_learns_that_it_is_cancelled(
        self, world: World, post: Post, port: int
    ) -> None:
        await world.schedule()
        cancelled = courses.SessionCancelled.model_validate(
            {"session_id": SESSION, "network_id": NETWORK, "reason_code": "below-minimum"}
        )
        with smtp(post, port):
            await world.tell(BOOKED, 2)
            await world.tell(cancelled, 3)
            await eventually(world.settled)
        assert len(post.to("nina@firma.example")) == 2
        assert post.to("lukasz@firma.example")[-1]["Subject"].startswith("Kurs abgesagt")


class TestFaults:
    async def test_it_waits_when_the_session_is_not_known_yet(
        self, world: World, post: Post, port: int
    ) -> None:
        with smtp(post, port):
            await world.tell(BOOKED, 2)
            held = {"error": "session-unknown"}
            await eventually(lambda: _counts(world, held, 2))
            await world.schedule()
            await eventually(world.settled)
        assert len(post.mails) == 3

    async def test_the_mail_arrives_once_when_smtp_was_down(
        self, world: World, post: Post, port: int
    ) -> None:
        await world.schedule()
        await world.tell(BOOKED, 2)
        await eventually(lambda: _counts(world, {"state": State.FAILED.value}, 2))
        assert await world.inbox.count({}) == 3  # the inbox does not wait for the mail
        with smtp(post, port):
            await eventually(world.settled)
        assert len(post.mails) == 3

    async def test_others_go_on_when_one_recipient_is_refused_for_good(
        self, world: World, post: Post, port: int
    ) -> None:
        post.refuse["nina@firma.example"] = "550 no such user"
        post.refuse["lukasz@firma.example"] = "550 no such user"
        await world.schedule()
        with smtp(post, port):
            await world.tell(BOOKED, 2)
            await eventually(world.settled)
        assert len(post.to("tom@firma.example")) == len(post.mails) == 1
        assert await world.states() == {
            "booked_hr": State.SENT.value,
            "booked_participant": State.BOUNCED.value,
        }

    async def test_the_first_gets_no_second_mail_when_the_second_has_to_wait(
        self, world: World, post: Post, port: int
    ) -> None:
        post.refuse["tom@firma.example"] = "451 try later"
        await world.schedule()
        with smtp(post, port):
            await world.tell(BOOKED, 2)
            await eventually(lambda: _counts(world, {"error": "451"}, 1))
            post.refuse.clear()
            await eventually(world.settled)
        assert len(post.to("nina@firma.example")) == len(post.to("tom@firma.example")) == 1

    async def test_it_is_settled_when_nobody_is_there_any_more(
        self, world: World, people: People, post: Post, port: int
    ) -> None:
        people.participants.clear()
        await world.schedule()
        with smtp(post, port):
            await world.tell(BOOKED, 2)
            await eventually(world.settled)
        assert (await world.states())["booked_participant"] == State.UNDELIVERABLE

    async def test_both_copies_carry_one_message_id_when_the_mark_is_lost(
        self, mongo: Mongo, peers: str, people: People, post: Post, port: int
    ) -> None:
        class DiesOnce(Mailer):
            """Dies between the server's acceptance and our mark, as a kill -9 there would."""

            died = False

            async def send(self, message: EmailMessage, address: str) -> None:
                await super().send(message, address)
                if not self.died:
                    self.died = True
                    raise Undelivered("killed")

        people.hr.pop()
        people.participants.clear()
        world = World(mongo, peers, port, DiesOnce(Server("127.0.0.1", port)))
        await world.schedule()
        with smtp(post, port):
            await world.tell(BOOKED, 2)
            await eventually(world.settled)
        await world.close()
        first, second = post.to("nina@firma.example")
        assert first["Message-ID"] == second["Message-ID"]

    async def test_another_replica_takes_over_when_a_claim_lapses(
        self, mongo: Mongo, peers: str, post: Post, port: int
    ) -> None:
        before = utc_now() - timedelta(seconds=90)
        killed = Notifications(mongo.collection("notifications"), clock=lambda: before)
        (draft, *_) = domain.drafts(BOOKED, texts.table(), ())
        await killed.add([draft], envelope(BOOKED, 2))
        claim = await killed.claim("killed")
        assert claim is not None
        assert await killed.claim("another") is None
        with smtp(post, port):
            world = World(mongo, peers, port)
            await world.schedule()
            await eventually(world.settled)
            await world.close()
        assert not await killed.settle(claim, Outcome.REFUSED)
        assert await world.states() == {"booked_hr": State.SENT.value}
        assert len(post.to("nina@firma.example")) == 1


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
        read = await view.mark_read(HR, entry.id, "de")
        assert read == await view.mark_read(HR, entry.id, "de")
        assert read.read_at is not None
        assert (await view.unread(HR)).unread == 1
        with pytest.raises(NotFound):
            await view.mark_read(COLLEAGUE, entry.id, "de")
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
async def api(infra: Infra, database: str, principal: Principal) -> AsyncIterator[httpx.AsyncClient]:
    """Return a client of the api process's app, signed in as `principal`."""
    settings = NotificationSettings(
        role="api", mongodb_url=SecretStr(infra.mongodb_url), mongodb_database=database
    )
    service = build("api", settings)
    service.app.dependency_overrides[current_principal] = lambda: principal
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(service.app), base_url="http://test/api/notifications/v1"
    ) as client:
        yield client
    await service.http.aclose()
    await service.mongo.close()


class TestFromKafka:
    async def test_an_event_becomes_mail(
        self, infra: Infra, database: str, peers: str, post: Post, port: int
    ) -> None:
        settings = NotificationSettings(
            role="worker",
            kafka_bootstrap_servers=infra.kafka,
            mongodb_url=SecretStr(infra.mongodb_url),
            mongodb_database=database,
            membership_url=peers,
            courses_url=peers,
            service_client_secret=SecretStr("secret"),
            smtp_port=port,
        )
        service = build("worker", settings)
        producer = Producer(infra.kafka, "test")
        records = [
            Record(courses.TOPIC, SESSION.encode(), one.data, one.to_headers())
            for one in (envelope(SCHEDULED, 1), envelope(BOOKED, 2), envelope(BOOKED, 2))
        ]
        with smtp(post, port):
            await producer.send_all(records)
            await service._start()
            await eventually(lambda: len(post.mails) == 3)
            service.stopping.set()
            await service._stop()
        await producer.stop()
        assert {mail["X-Verbundwerk-Trace"] for mail in post.mails} == {TRACE_ID}


async def _counts(world: World, where: Document, expected: int) -> bool:
    return await world.notifications.collection.count(where) == expected
