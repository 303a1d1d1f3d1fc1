"""Book, cancel, substitute: pure decisions over a session's seats. A decision costs one copy of a dict."""

from datetime import datetime
from typing import Any

from services.courses.memberships.domain import Policy
from services.courses.rules import step
from services.courses.sessions.domain import TABLE, Ended, Seat, Session, SessionCommand
from services.courses.sessions.errors import (
    AlreadyBooked,
    BookingEnded,
    SessionStarted,
    WaitlistCapReached,
)
from services.courses.sessions.schedule import days_before
from shared.decisions import Change
from shared.errors import IdempotencyKeyReused
from shared.events.courses import (
    BookingCancelled,
    BookingWaitlisted,
    CourseBooked,
    MinimumReached,
    ParticipantSubstituted,
    WaitlistPromoted,
)
from shared.events.envelope import Event, Value
from shared.events.membership import CancellationTier
from shared.ids import BookingId, OrganisationId, PersonId


class Request(Value):
    """Who asks for a seat; `request` is short text that tells a repeat from a changed request."""

    booking_id: BookingId
    organisation_id: OrganisationId
    participant_id: PersonId
    request: str = ""


def book(session: Session, asked: Request, policy: Policy, at: datetime) -> Change[Session]:
    """Take a free seat or join the waitlist. Errors: `Rejected` 409, `IdempotencyKeyReused` 422."""
    if (repeated := _repeated(session, asked)) is not None:
        return repeated
    step(TABLE, session.state, SessionCommand.BOOK, "session")
    if at >= session.starts_at:
        raise SessionStarted
    if asked.participant_id in session.people:
        raise AlreadyBooked(pointer="#/participant_id")
    full = len(session.confirmed) >= session.capacity
    if full:
        _require_room_in_waitlist(session, asked.organisation_id, policy.waitlist_cap_per_company)
    number = session.requests + 1
    seat = Seat(
        organisation_id=asked.organisation_id,
        participant_id=asked.participant_id,
        number=number,
        policy=policy.version,
        request=asked.request,
    )
    update: dict[str, Any] = {
        "people": {**session.people, asked.participant_id: asked.booking_id},
        "requests": number,
    }
    if policy.version not in session.policies:
        update["policies"] = {**session.policies, policy.version: policy.cancellation}
    name = "waiting" if full else "confirmed"
    update[name] = {**getattr(session, name), asked.booking_id: seat}
    after = session.model_copy(update=update)
    about = _about(session, asked.booking_id, seat)
    if full:
        position = len(after.waiting)
        waits = BookingWaitlisted(**about, position=position, seats=after.counts())
        return Change(after, (waits,), _answer("waitlisted", position, policy.version))
    events: tuple[Event, ...] = (
        CourseBooked(**about, price_cents=session.price_cents, seats=after.counts()),
    )
    after, more = _minimum(after)
    return Change(after, events + more, _answer("confirmed", None, policy.version))


def cancel_booking(session: Session, booking_id: BookingId, at: datetime) -> Change[Session]:
    """Give a seat or a place in the waitlist back; who waits longest moves up in the same write.

    The fee follows the rules frozen at booking; it is 0 for who waited and for a seat that is refilled.
    Errors: `NotFound` 404, `BookingEnded`, `SessionStarted`, `WrongState` 409.
    """
    seat = session.booking(booking_id)
    if isinstance(seat, Ended):
        raise BookingEnded
    step(TABLE, session.state, SessionCommand.CANCEL_BOOKING, "session")
    if at >= session.starts_at:
        raise SessionStarted
    was_confirmed = booking_id in session.confirmed
    refilled = was_confirmed and bool(session.waiting)
    days = days_before(session.starts_at, at, session.time_zone)
    percent = 0
    if was_confirmed and not refilled:
        percent = fee_percent(session.policies[seat.policy], days)
    fee = (session.price_cents * percent + 50) // 100  # half a cent is rounded up
    after = _without(session, booking_id, seat, percent, fee)
    cancelled = BookingCancelled(
        **_about(session, booking_id, seat),
        was_confirmed=was_confirmed,
        days_before=days,
        fee_percent=percent,
        fee_cents=fee,
        refilled=refilled,
        seats=after.counts(),
    )
    events: tuple[Event, ...] = (cancelled,)
    if refilled:
        after, promoted = _promote(after)
        events += promoted
    return Change(after, events)


def substitute(
    session: Session, booking_id: BookingId, participant_id: PersonId, at: datetime
) -> Change[Session]:
    """Let another person of the same company take the place; id, price and order stay. Errors: `Rejected` 409."""
    seat = session.booking(booking_id)
    if isinstance(seat, Ended):
        raise BookingEnded
    step(TABLE, session.state, SessionCommand.SUBSTITUTE, "session")
    if at >= session.starts_at:
        raise SessionStarted
    if participant_id == seat.participant_id:
        return Change(session)
    if participant_id in session.people:
        raise AlreadyBooked(pointer="#/participant_id")
    people = {key: value for key, value in session.people.items() if key != seat.participant_id}
    name = "confirmed" if booking_id in session.confirmed else "waiting"
    taken = seat.model_copy(update={"participant_id": participant_id})
    after = session.model_copy(
        update={
            "people": {**people, participant_id: booking_id},
            name: {**getattr(session, name), booking_id: taken},
        }
    )
    return Change(after, (ParticipantSubstituted(**_about(session, booking_id, seat)),))


def fee_percent(tiers: tuple[CancellationTier, ...], days: int) -> int:
    """Return the fee of the highest tier that `days` reaches; below every tier the seat is paid in full."""
    reached = [tier for tier in tiers if tier.days_before <= days]
    return max(reached, key=lambda tier: tier.days_before).fee_percent if reached else 100


def _repeated(session: Session, asked: Request) -> Change[Session] | None:
    if not session.knows(asked.booking_id):
        return None
    seat = session.booking(asked.booking_id)
    if seat.request != asked.request:
        raise IdempotencyKeyReused
    status = status_of(session, asked.booking_id)
    return Change(session, (), _answer(status, session.position(asked.booking_id), seat.policy))


def status_of(session: Session, booking_id: BookingId) -> str:
    """Return "confirmed", "waitlisted" or "cancelled"."""
    if booking_id in session.confirmed:
        return "confirmed"
    return "waitlisted" if booking_id in session.waiting else "cancelled"


def _require_room_in_waitlist(session: Session, organisation_id: OrganisationId, cap: int | None) -> None:
    if cap is None:
        return
    own = sum(seat.organisation_id == organisation_id for seat in session.waiting.values())
    if own >= cap and own < len(session.waiting):
        raise WaitlistCapReached(cap=cap)


def _minimum(session: Session) -> tuple[Session, tuple[Event, ...]]:
    if session.minimum_reached or len(session.confirmed) < session.minimum_seats:
        return session, ()
    event = MinimumReached(
        session_id=session.id, network_id=session.network_id, confirmed=len(session.confirmed)
    )
    return session.model_copy(update={"minimum_reached": True}), (event,)


def _promote(session: Session) -> tuple[Session, tuple[Event, ...]]:
    first = min(session.waiting, key=lambda booking_id: session.waiting[booking_id].number)
    seat = session.waiting[first]
    after = session.model_copy(
        update={
            "waiting": {key: value for key, value in session.waiting.items() if key != first},
            "confirmed": {**session.confirmed, first: seat},
        }
    )
    event = WaitlistPromoted(
        **_about(session, first, seat), price_cents=session.price_cents, seats=after.counts()
    )
    return after, (event,)


def _without(session: Session, booking_id: BookingId, seat: Seat, percent: int, fee: int) -> Session:
    ended = Ended(**seat.model_dump(), fee_percent=percent, fee_cents=fee)
    return session.model_copy(
        update={
            "confirmed": {key: each for key, each in session.confirmed.items() if key != booking_id},
            "waiting": {key: each for key, each in session.waiting.items() if key != booking_id},
            "people": {key: each for key, each in session.people.items() if each != booking_id},
            "ended": {**session.ended, booking_id: ended},
        }
    )


def _about(session: Session, booking_id: BookingId, seat: Seat) -> dict[str, Any]:
    return {
        "booking_id": booking_id,
        "session_id": session.id,
        "network_id": session.network_id,
        "organisation_id": seat.organisation_id,
    }


def _answer(status: str, position: int | None, policy_version: int) -> dict[str, Any]:
    return {"status": status, "position": position, "policy_version": policy_version}
