"""What people see of sessions and bookings."""

from typing import Any

from services.courses.sessions.bookings import status_of
from services.courses.sessions.domain import Ended, Session, SessionState
from shared.events.course_values import SeatCounts, SessionDay
from shared.events.courses import (
    CostKey,
)
from shared.ids import BookingId
from shared.mongo import Collection
from shared.web import Page, Paging, View, cursor_of, no_cursor, page_of


class SessionView(View):
    """One session with its counters; money in cents."""

    id: str
    network_id: str
    course_id: str
    pool_id: str | None
    provider_id: str | None
    topic_code: str
    teaching_units: int
    days: list[SessionDay]
    time_zone: str
    venue_ags: str | None
    minimum_seats: int
    capacity: int
    price_cents: int
    cost_key: CostKey
    state: SessionState
    seats: SeatCounts


class BookingView(View):
    """One booking; `position` and `reason` say where it stands and why. Money in cents."""

    id: str
    session_id: str
    organisation_id: str
    participant_id: str
    status: str
    position: int | None
    reason: str
    price_cents: int
    policy_version: int
    fee_percent: int | None = None
    fee_cents: int | None = None


class ParticipantView(View):
    """Who takes part, for services that write to that person."""

    participant_id: str
    organisation_id: str


_REASONS = {
    ("confirmed", "en"): "The seat is confirmed.",
    ("confirmed", "de"): "Der Platz ist bestätigt.",
    (
        "waitlisted",
        "en",
    ): "All seats are taken; place {position} on the waitlist. Places move up in the order of the requests.",
    ("waitlisted", "de"): "Alle Plätze sind vergeben; Wartelistenplatz {position}. Nachgerückt wird in der "
    "Reihenfolge der Anmeldungen.",
    ("cancelled", "en"): "The booking was cancelled; the fee is {fee_percent} %.",
    ("cancelled", "de"): "Die Buchung wurde storniert; die Gebühr beträgt {fee_percent} %.",
    ("session", "en"): "The session was cancelled; there is no fee.",
    ("session", "de"): "Die Durchführung wurde abgesagt; es fällt keine Gebühr an.",
}


def session_view(session: Session) -> SessionView:
    """Return what the members of the network may see."""
    shown = session.model_dump(include=set(SessionView.model_fields) - {"seats"})
    return SessionView(**shown, seats=session.counts())


def booking_view(
    session: Session, booking_id: BookingId, language: str, answer: dict[str, Any] | None = None
) -> BookingView:
    """Return a booking as it stands, or as it was first answered. Errors: `NotFound` 404."""
    seat = session.booking(booking_id)
    status = status_of(session, booking_id)
    position = session.position(booking_id)
    if answer is not None:
        status, position = answer["status"], answer["position"]
    ended = seat if isinstance(seat, Ended) else None
    reason = "session" if ended and ended.by_session and status == "cancelled" else status
    percent = ended.fee_percent if ended else None
    return BookingView(
        id=booking_id,
        session_id=session.id,
        organisation_id=seat.organisation_id,
        participant_id=seat.participant_id,
        status=status,
        position=position,
        reason=_REASONS[reason, language].format(position=position, fee_percent=percent),
        price_cents=session.price_cents,
        policy_version=seat.policy,
        fee_percent=percent,
        fee_cents=ended.fee_cents if ended else None,
    )


async def list_sessions(collection: Collection, network_id: str, paging: Paging) -> Page[SessionView]:
    """Return the network's sessions, newest first."""
    return await page_of(
        collection,
        {"network_id": network_id},
        paging,
        lambda found: session_view(Session.model_validate(found["state"])),
    )


def list_bookings(
    session: Session, paging: Paging, language: str, organisations: frozenset[str] | None
) -> Page[BookingView]:
    """Return bookings in the order of the requests; `organisations` None means of all."""
    last = _number(paging.after)
    every = {**session.confirmed, **session.waiting, **session.ended}
    chosen = sorted(
        (seat.number, booking_id)
        for booking_id, seat in every.items()
        if seat.number > last and (organisations is None or seat.organisation_id in organisations)
    )
    shown = chosen[: paging.limit]
    more = len(chosen) > paging.limit
    return Page(
        items=[booking_view(session, booking_id, language) for _, booking_id in shown],
        next_cursor=cursor_of(str(shown[-1][0])) if more else None,
    )


def _number(after: str | None) -> int:
    if after is None:
        return 0
    if not (after.isascii() and after.isdigit() and len(after) <= 9):
        raise no_cursor()
    return int(after)
