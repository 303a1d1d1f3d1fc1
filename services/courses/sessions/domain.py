"""A session and everything that is decided while it is sold. It owns seats and waitlist in one state. Pure.

Bookings are keyed by their id; who waits is ordered by `number`, the order in which requests were accepted.
Positions are computed, not stored, and a network's rules are kept once per version: see docs/adr/0007.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import Field

from services.courses.rules import require_district, step
from services.courses.sessions.errors import PoolAlreadyPlanned
from services.courses.sessions.schedule import require_zone
from shared.decisions import Change
from shared.errors import IdempotencyKeyReused, Invalid, NotFound
from shared.events.course_values import SeatCounts, SessionDay
from shared.events.courses import (
    BookingOpened,
    CostKey,
    SessionCancelled,
    SessionScheduled,
)
from shared.events.envelope import Value
from shared.events.membership import CancellationTier
from shared.ids import BookingId, CourseId, NetworkId, OrganisationId, PersonId, PoolId, SessionId


class SessionState(StrEnum):
    DRAFT = "draft"
    OPEN = "open"
    CONFIRMED = "confirmed"
    RUNNING = "running"
    COMPLETED = "completed"
    SETTLED = "settled"
    CANCELLED = "cancelled"


class SessionCommand(StrEnum):
    OPEN = "open"
    BOOK = "book"
    CANCEL_BOOKING = "cancel_booking"
    SUBSTITUTE = "substitute"
    CONFIRM = "confirm"
    START = "start"
    COMPLETE = "complete"
    SETTLE = "settle"
    CANCEL = "cancel"


class ReasonCode(StrEnum):
    """Why a session does not take place."""

    MINIMUM_NOT_REACHED = "minimum_not_reached"
    PROVIDER_UNAVAILABLE = "provider_unavailable"
    VENUE_UNAVAILABLE = "venue_unavailable"
    OTHER = "other"


_S, _C = SessionState, SessionCommand
TABLE: dict[tuple[SessionState, SessionCommand], SessionState] = {
    (_S.DRAFT, _C.OPEN): _S.OPEN,
    (_S.DRAFT, _C.CANCEL): _S.CANCELLED,
    (_S.OPEN, _C.BOOK): _S.OPEN,
    (_S.OPEN, _C.CANCEL_BOOKING): _S.OPEN,
    (_S.OPEN, _C.SUBSTITUTE): _S.OPEN,
    (_S.OPEN, _C.CONFIRM): _S.CONFIRMED,
    (_S.OPEN, _C.CANCEL): _S.CANCELLED,
    (_S.CONFIRMED, _C.BOOK): _S.CONFIRMED,
    (_S.CONFIRMED, _C.CANCEL_BOOKING): _S.CONFIRMED,
    (_S.CONFIRMED, _C.SUBSTITUTE): _S.CONFIRMED,
    (_S.CONFIRMED, _C.START): _S.RUNNING,
    (_S.CONFIRMED, _C.CANCEL): _S.CANCELLED,
    (_S.RUNNING, _C.COMPLETE): _S.COMPLETED,
    (_S.COMPLETED, _C.SETTLE): _S.SETTLED,
}


class Seat(Value):
    """A booking that holds a seat or waits for one; `policy` is the version of the rules it froze."""

    organisation_id: OrganisationId
    participant_id: PersonId
    number: int
    policy: int
    request: str = ""


class Ended(Seat):
    """A booking that was cancelled, or whose session was."""

    fee_percent: int = 0
    fee_cents: int = 0
    by_session: bool = False


class Session(Value):
    """The state of a session; money in integer cents, instants in UTC."""

    id: SessionId
    network_id: NetworkId
    course_id: CourseId
    pool_id: PoolId | None = None
    provider_id: OrganisationId | None = None
    topic_code: str
    teaching_units: int
    days: tuple[SessionDay, ...]
    time_zone: str
    venue_ags: str | None = None
    minimum_seats: int
    capacity: int
    price_cents: int
    cost_key: CostKey
    state: SessionState = SessionState.DRAFT
    confirmed: dict[BookingId, Seat] = Field(default_factory=dict)
    waiting: dict[BookingId, Seat] = Field(default_factory=dict)
    ended: dict[BookingId, Ended] = Field(default_factory=dict)
    people: dict[PersonId, BookingId] = Field(default_factory=dict)
    policies: dict[int, tuple[CancellationTier, ...]] = Field(default_factory=dict)
    requests: int = 0
    minimum_reached: bool = False
    created_ms: int

    @property
    def starts_at(self) -> datetime:
        """The instant at which the first day starts."""
        return self.days[0].starts_at

    def counts(self) -> SeatCounts:
        """Return the seat counters."""
        return SeatCounts(
            confirmed=len(self.confirmed),
            waitlisted=len(self.waiting),
            free=self.capacity - len(self.confirmed),
        )

    def knows(self, booking_id: BookingId) -> bool:
        """Whether the booking is or was part of the session."""
        return booking_id in self.confirmed or booking_id in self.waiting or booking_id in self.ended

    def booking(self, booking_id: BookingId) -> Seat:
        """Return a booking, also an ended one. Errors: `NotFound` 404."""
        for seats in (self.confirmed, self.waiting, self.ended):
            if (seat := seats.get(booking_id)) is not None:
                return seat
        raise NotFound(kind="booking")

    def position(self, booking_id: BookingId) -> int | None:
        """Return the place in the waitlist, from 1, or None."""
        seat = self.waiting.get(booking_id)
        if seat is None:
            return None
        return sum(other.number <= seat.number for other in self.waiting.values())


def schedule(existing: Session | None, session: Session) -> Change[Session]:
    """Schedule a session. Errors: `Invalid`, `IdempotencyKeyReused` 422, `PoolAlreadyPlanned` 409."""
    if existing is not None:
        if _plan(existing) != _plan(session):
            raise PoolAlreadyPlanned if session.pool_id else IdempotencyKeyReused
        return Change(existing)
    check(session)
    event = SessionScheduled(
        session_id=session.id,
        **_plan(session),
    )
    return Change(session, (event,))


def _plan(session: Session) -> dict[str, Any]:
    return session.model_dump(include=set(SessionScheduled.model_fields) - {"type", "session_id"})


def check(session: Session) -> None:
    """Refuse a plan that cannot be. Errors: `Invalid` 422."""
    require_zone(session.time_zone)
    require_district(session.venue_ags, "#/venue_ags")
    if session.minimum_seats > session.capacity:
        raise Invalid(
            pointer="#/minimum_seats",
            reason_en="The minimum is above the capacity.",
            reason_de="Die Mindestteilnehmerzahl liegt über der Kapazität.",
        )


def open_booking(session: Session) -> Change[Session]:
    """Open a session for bookings. Errors: `WrongState` 409."""
    state = step(TABLE, session.state, SessionCommand.OPEN, "session")
    after = session.model_copy(update={"state": state})
    return Change(after, (BookingOpened(session_id=session.id, network_id=session.network_id),))


def cancel(session: Session, reason: ReasonCode) -> Change[Session]:
    """Cancel the session; every booking ends without a fee. Errors: `WrongState` 409."""
    state = step(TABLE, session.state, SessionCommand.CANCEL, "session")
    active = {**session.confirmed, **session.waiting}
    ended = {key: Ended(**seat.model_dump(), by_session=True) for key, seat in active.items()}
    update = {
        "state": state,
        "confirmed": {},
        "waiting": {},
        "people": {},
        "ended": {**session.ended, **ended},
    }
    event = SessionCancelled(session_id=session.id, network_id=session.network_id, reason_code=str(reason))
    return Change(session.model_copy(update=update), (event,))
