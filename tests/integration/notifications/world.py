"""The worker of notifications without Kafka, the people it writes to, and the servers around it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import httpx
from aiosmtpd.controller import Controller
from fastapi import FastAPI, Request, Response
from pydantic import SecretStr

from services.notifications import handlers
from services.notifications.contacts import Contacts
from services.notifications.copies import Copies
from services.notifications.digests.sender import DigestSender
from services.notifications.digests.store import Bundles
from services.notifications.dispatcher import Dispatcher
from services.notifications.domain import State
from services.notifications.mail import Mailer, Server
from services.notifications.members import Members
from services.notifications.preferences import api as preferences_api
from services.notifications.preferences.store import Wishes
from services.notifications.sending import Sending
from services.notifications.store import Inbox, Notifications
from services.notifications.suppression import Suppressions
from services.notifications.unsubscribe import Links
from services.notifications.wordings.store import Wordings
from services.notifications.writing import Writer
from shared.client import Peer
from shared.clock import Clock, new_id, utc_now
from shared.events import courses, sessions
from shared.events.envelope import Envelope, Event
from shared.mongo import Document, Mongo
from shared.web import create_app

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
SUBSTITUTED = courses.ParticipantSubstituted.model_validate(SEAT)
PROMOTED = courses.WaitlistPromoted.model_validate({**SEAT, "price_cents": 79_000})


def envelope(event: Event, sequence: int) -> Envelope:
    return Envelope(
        id=f"{SESSION}:{sequence}",
        source="/services/courses",
        type=event.type_name(),
        subject=SESSION,
        time=datetime(2026, 11, 24, 9, tzinfo=UTC) + timedelta(seconds=sequence),
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
            return answer(await request.json())

        @app.post("/api/membership/v1/contacts/lookups")
        async def lookups(request: Request) -> Document:
            return {"answers": [answer(asked) for asked in (await request.json())["questions"]]}

        def answer(asked: Document) -> Document:
            assert asked.get("organisation_id", ORGANISATION) == ORGANISATION
            everybody = [*self.hr, *self.participants]
            if "organisation_id" not in asked:
                return {"contacts": [one for one in everybody if one["person_id"] in asked["person_ids"]]}
            return {"contacts": self.participants if "person_ids" in asked else self.hr}

        @app.get("/api/courses/v1/sessions/{session_id}/bookings/{booking_id}/participant")
        async def participant(session_id: str, booking_id: str) -> Any:
            if booking_id != BOOKING:
                return Response(status_code=404)
            return {"participant_id": PARTICIPANT, "organisation_id": ORGANISATION}

        return app


@contextlib.contextmanager
def smtp(post: Post, port: int) -> Iterator[None]:
    controller = Controller(post, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield
    finally:
        controller.stop()


class World:
    """The parts of a worker without Kafka: events are handed to the handlers."""

    def __init__(
        self, mongo: Mongo, url: str, port: int, mailer: Mailer | None = None, clock: Clock = utc_now
    ) -> None:
        self.http = httpx.AsyncClient()
        peer = Peer(
            self.http,
            url,
            token_url=f"{url}/api/membership/v1/service-tokens",
            client_id="notifications",
            secret=SecretStr("secret"),
        )
        self.notifications = Notifications(mongo.collection("notifications"), clock=clock)
        self.copies = Copies(*(mongo.collection(name) for name in ("sessions", "bookings", "policies")))
        self.inbox = mongo.collection("inbox")
        self.members = Members(mongo.collection("members"))
        self.sending = Sending(
            copies=self.copies,
            contacts=Contacts(peer, peer),
            mailer=mailer or Mailer(Server("127.0.0.1", port, connections=1)),
            writer=Writer(
                "verbundwerk@verbund.example",
                "https://verbund.example/",
                Links(SecretStr("secret"), "https://verbund.example"),
            ),
            wishes=Wishes(mongo.collection("preferences")),
            wordings=Wordings(mongo.collection("wordings")),
            bundles=Bundles(mongo.collection("bundles"), clock=clock),
            suppressions=Suppressions(mongo.collection("suppressions")),
        )
        self.digests = DigestSender(self.sending, clock=clock)
        self.dispatcher = Dispatcher(
            notifications=self.notifications, inbox=Inbox(self.inbox), sending=self.sending, clock=clock
        )
        self.parts = handlers.Parts(self.notifications, self.copies, self.members, self.dispatcher.wake)
        self.stopping = asyncio.Event()
        self._task = asyncio.create_task(self.dispatcher.run(self.stopping))

    async def schedule(self) -> None:
        await handlers.keep_session(SCHEDULED, envelope(SCHEDULED, 1), copies=self.copies)

    async def tell(self, event: Any, sequence: int) -> None:
        await handlers.tell(event, envelope(event, sequence), parts=self.parts)

    async def reschedule(self, event: sessions.SessionRescheduled, sequence: int) -> None:
        await handlers.keep_dates(event, envelope(event, sequence), copies=self.copies)
        await self.tell(event, sequence)

    @contextlib.asynccontextmanager
    async def api(self) -> AsyncIterator[httpx.AsyncClient]:
        """Return a client of the routes that need no sign-in."""
        app = create_app("notifications", title="t", description="d", version="0")
        app.include_router(preferences_api.router(self.sending.wishes, self.sending.writer.links))
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            yield client

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

    async def counts(self, where: Document, expected: int) -> bool:
        return await self.notifications.collection.count(where) == expected
