"""A participant with a booking, a message and a session, and the services that hold them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

import httpx
from pydantic import SecretStr

from services.courses.memberships.domain import DEFAULT_POLICY
from services.courses.privacy.handlers import unlink_person
from services.courses.privacy.store import MARKS, MENTIONING, Marks, unlinking_store
from services.courses.sessions.domain import Session, SessionState, bookings
from services.courses.sessions.domain.bookings import Request
from services.courses.sessions.store import keys
from services.membership.erasures.handlers import advance, confirm_elsewhere
from services.membership.erasures.worker import vault_of
from services.membership.parts import Parts
from services.notifications.privacy import HELD, forget_person, forgetting_store
from services.notifications.store import Inbox
from shared.client import Peer
from shared.clock import epoch_ms, new_id, utc_now
from shared.decisions import Change
from shared.events.course_values import CostKey, SessionDay
from shared.events.courses import SessionScheduled
from shared.events.envelope import Envelope, Event
from shared.events.erasures import PersonErased, PersonForgotten, PersonUnlinked
from shared.ids import BookingId, OrganisationId, PersonId, SessionId
from shared.process import Service
from shared.store import Aggregates, Cause
from tests.integration.membership.world import CLIENTS, NUMBERS, PASSWORD, Api

NAME = "Ottilie Quellwasser"


@dataclass
class Trio:
    """The three services that hold or use personal data, and a caller of each one's API."""

    api: Api
    membership: Service
    courses: Service
    notifications: Service
    http: httpx.AsyncClient

    @property
    def parts(self) -> Parts:
        found: Parts = self.membership.app.state.parts
        return found

    def sessions(self) -> Aggregates[Session]:
        """Return the sessions as one more process of courses sees them."""
        store = self.courses.collection("sessions")
        relay = self.courses.relay
        return Aggregates(store, Session, kind="session", relay=relay, replica="test", keys=keys)


async def participant(trio: Trio, world: dict[str, str]) -> dict[str, Any]:
    """Return an employee of the company who can sign in as "ottilie"."""
    email = f"ottilie{next(NUMBERS)}@quellwasser.example"
    body = {
        "name": NAME,
        "email": email,
        "password": PASSWORD,
        "grants": [{"role": "participant", "organisation_id": world["company"]}],
    }
    made = await trio.api.made("/people", "admin", body)
    await trio.api.sign_in("ottilie", email, PASSWORD)
    return made


async def booked(trio: Trio, person_id: str, organisation_id: str, others: int = 0) -> tuple[str, str]:
    """Book a seat for the person, and more for strangers; return session and booking."""
    session_id, booking_id = SessionId(new_id()), BookingId(new_id())
    day = SessionDay(
        starts_at=datetime(2099, 5, 4, 7, tzinfo=UTC), ends_at=datetime(2099, 5, 4, 15, tzinfo=UTC)
    )
    values = {"network_id": new_id(), "course_id": new_id(), "topic_code": "emob-hv1", "teaching_units": 4}
    session = Session.model_validate(
        {
            **values,
            "id": session_id,
            "days": (day,),
            "time_zone": "Europe/Berlin",
            "minimum_seats": 1,
            "capacity": others + 1,
            "price_cents": 13_000,
            "cost_key": CostKey.PER_SEAT,
            "state": SessionState.OPEN,
            "created_ms": 1,
        }
    )
    store = trio.sessions()
    event = SessionScheduled.model_validate({"session_id": session_id, **session.model_dump()})

    def scheduled(_present: Session | None) -> Change[Session]:
        return Change(session, (event,))

    await store.put(session_id, scheduled, Cause())
    for number in range(others + 1):
        request = Request(
            booking_id=booking_id if number == 0 else BookingId(new_id()),
            organisation_id=OrganisationId(organisation_id),
            participant_id=PersonId(person_id if number == 0 else new_id()),
        )
        await store.change(session_id, partial(_book, request), Cause())
    return session_id, booking_id


def _book(request: Request, state: Session) -> Change[Session]:
    return bookings.book(state, request, DEFAULT_POLICY, utc_now())


async def told(trio: Trio, person_id: str, session_id: str, booking_id: str, organisation_id: str) -> None:
    """Put a message about the booking into the person's inbox."""
    notification = {
        "_id": f"{session_id}:2:participant:booked",
        "template": "booked_participant",
        "urgency": "normal",
        "session_id": session_id,
        "booking_id": booking_id,
        "network_id": new_id(),
        "organisation_id": organisation_id,
        "facts": {"price_cents": 13_000},
        "sequence": 2,
        "occurred": 1,
    }
    await Inbox(trio.notifications.collection("inbox")).add(notification, person_id)


async def traced(trio: Trio, person_id: str, organisation_id: str) -> str:
    """Leave something about the person in every other collection; return the text that stands for every secret."""
    secret, at = "must-not-be-shown", epoch_ms(utc_now())
    entry = {"at": "2026-05-04T07:00:00Z", "act": "read", "offer_id": "offer"}
    state = {
        "id": "call",
        "note": secret,
        "journal": [{**entry, "person_id": person_id}, {**entry, "person_id": secret}],
    }
    await trio.courses.collection("calls").insert({"_id": new_id(), "state": state})
    own: dict[str, dict[str, object]] = {
        "preferences": {"wishes": {"time_zone": "Europe/Vienna"}},
        "feeds": {"hash": secret, "created_ms": at, "language": "de"},
        "bundles": {
            "due": at,
            "state": "queued",
            "items": [{"facts": {"price_cents": 13_000}}],
            "claim": secret,
        },
        "suppressions": {"since": at, "code": "550"},
    }
    for name, values in own.items():
        document = {"_id": new_id(), "person_id": person_id, **values}
        await trio.notifications.collection(name).insert(document)
    factor = {
        "_id": person_id,
        "secret": secret,
        "on": False,
        "since": at,
        "recovery": [secret],
        "last_step": 0,
    }
    await trio.membership.collection("second_factors").insert(factor)
    identity = {"_id": secret, "issuer": "https://idp.example", "person_id": person_id}
    await trio.membership.collection("oidc_identities").insert(identity)
    letter = {"_id": new_id(), "person_id": person_id, "state": {"own": 1}, "hashes": [secret]}
    await trio.membership.collection("letters").insert(letter)
    named = {"$set": {"state.registered_by": person_id}}
    await trio.parts.organisations.collection.update_one({"_id": organisation_id}, named)
    return secret


class Fanned:
    """Delivers the erasure's events between the services by hand: in any order, twice, or not at all."""

    def __init__(self, trio: Trio) -> None:
        self._trio = trio
        self.unlinkings = unlinking_store(trio.courses)
        self.forgettings = forgetting_store(trio.notifications)
        self.marks = Marks(trio.courses.collection(MARKS))

    def peer(self, client: str) -> Peer:
        return Peer(
            self._trio.http,
            "http://membership",
            token_url="http://membership/api/membership/v1/service-tokens",
            client_id=client,
            secret=SecretStr(CLIENTS[client]),
        )

    async def advance(self, settle_s: int = 0) -> int:
        """Let membership's worker take its due steps."""
        parts = self._trio.parts
        return await advance(
            erasures=parts.erasures,
            vault=vault_of(self._trio.membership, parts),
            settle_s=settle_s,
            clock=parts.clock,
        )

    async def to_courses(self, erasure_id: str) -> None:
        await unlink_person(
            PersonErased(erasure_id=erasure_id),
            envelope_of(erasure_id, PersonErased),
            membership=self.peer("courses"),
            sessions=self._trio.sessions(),
            unlinkings=self.unlinkings,
            marks=self.marks,
            mentioning=[self._trio.courses.collection(name) for name in MENTIONING],
            clock=utc_now,
        )

    async def to_notifications(self, erasure_id: str) -> None:
        held = {self._trio.notifications.collection(name): field for name, field in HELD.items()}
        await forget_person(
            PersonErased(erasure_id=erasure_id),
            envelope_of(erasure_id, PersonErased),
            membership_api=self.peer("notifications"),
            held=held,
            forgettings=self.forgettings,
            clock=utc_now,
        )

    async def back(self, erasure_id: str, *services: str) -> None:
        """Bring the proofs of these services back to membership."""
        said = {
            "courses": PersonUnlinked(erasure_id=erasure_id, sessions=0, bookings=0),
            "notifications": PersonForgotten(erasure_id=erasure_id, deleted=0),
        }
        for service in services:
            event = said[service]
            await confirm_elsewhere(
                event,  # type: ignore[arg-type]
                envelope_of(erasure_id, type(event)),
                erasures=self._trio.parts.erasures,
                clock=utc_now,
            )


def envelope_of(subject: str, event: type[Event]) -> Envelope:
    return Envelope(f"{subject}:1", "/t", event.type_name(), subject, utc_now(), 1, b"{}")
