"""Sessions in the real store, as several processes see them."""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from services.courses.memberships.domain import DEFAULT_POLICY
from services.courses.sessions.domain import Session, SessionState, bookings, plan
from services.courses.sessions.domain.bookings import Request
from services.courses.sessions.store import keys
from shared.clock import new_id, utc_now
from shared.decisions import Change
from shared.events.course_values import CostKey, SessionDay
from shared.ids import BookingId, OrganisationId, PersonId, SessionId
from shared.mongo import Collection, Document
from shared.store import Aggregates, Cause


class Ignored:
    """A relay that publishes nothing: events stay in the outbox."""

    def hand(self, collection: Collection, image: Document) -> None:
        """Do nothing."""


def replica(collection: Collection, name: str) -> Aggregates[Session]:
    """Return the sessions as one process sees them."""
    return Aggregates(collection, Session, kind="session", relay=Ignored(), replica=name, keys=keys)


def draft(**more: object) -> Session:
    """Return a session far ahead."""
    first = (utc_now() + timedelta(days=90)).replace(hour=8, minute=0, second=0, microsecond=0)
    values: dict[str, object] = {
        "id": SessionId(new_id()),
        "network_id": new_id(),
        "course_id": new_id(),
        "topic_code": "emob-hv1",
        "teaching_units": 4,
        "days": (SessionDay(starts_at=first.astimezone(UTC), ends_at=first + timedelta(hours=7)),),
        "time_zone": "Europe/Berlin",
        "minimum_seats": 1,
        "capacity": 2,
        "price_cents": 69_000,
        "cost_key": CostKey.PER_SEAT,
        "created_ms": 1,
        "state": SessionState.DRAFT,
    }
    return Session.model_validate({**values, **more})


async def opened(sessions: Aggregates[Session], at: datetime | None = None, **more: object) -> Session:
    """Store an open session."""
    planned = draft(**more)
    await sessions.put(planned.id, lambda known: plan.schedule(known, planned), Cause())
    moment = at or utc_now()
    return (await sessions.change(planned.id, lambda state: plan.open_booking(state, moment), Cause())).state


def request(organisation: str | None = None, **more: Any) -> Request:
    """Return somebody new who asks for a seat."""
    return Request(
        booking_id=BookingId(new_id()),
        organisation_id=OrganisationId(organisation or new_id()),
        participant_id=PersonId(new_id()),
        **more,
    )


async def booked(
    sessions: Aggregates[Session], session_id: str, asked: Request, at: datetime | None = None
) -> Session:
    """Book for who asks."""
    moment = at or utc_now()
    return (await sessions.change(session_id, partial(_book, asked, moment), Cause())).state


def _book(asked: Request, at: datetime, state: Session) -> Change[Session]:
    return bookings.book(state, asked, DEFAULT_POLICY, at)
