"""Book, cancel, substitute: pure decisions over a session's seats. A decision costs one copy of a dict."""

from datetime import datetime
from typing import Any

from pydantic import JsonValue

from services.courses.memberships.domain import Policy
from services.courses.rules import step
from services.courses.sessions.domain.endings import end, fee_percent, left_offer
from services.courses.sessions.domain.errors import (
    AlreadyBooked,
    BookingEnded,
    NotYetBookable,
    OnlyForNetwork,
    PrerequisiteMissing,
    SessionStarted,
    WaitlistCapReached,
)
from services.courses.sessions.domain.parts import Ended, Outcome, Promotion, QueueStep, Seat
from services.courses.sessions.domain.phases import bookable_from, phase_of
from services.courses.sessions.domain.queue import about, decided, fill, minimum_reached, why_not
from services.courses.sessions.domain.schedule import days_before
from services.courses.sessions.domain.state import Session
from services.courses.sessions.domain.table import TABLE, SessionCommand, SessionState
from shared.decisions import Change
from shared.errors import IdempotencyKeyReused
from shared.events.courses import (
    BookingCancelled,
    BookingWaitlisted,
    CourseBooked,
    ParticipantSubstituted,
    WaitlistPromoted,
)
from shared.events.envelope import Event, Value
from shared.events.seats import CancellationFeeWaived, QueueReason
from shared.ids import BookingId, OrganisationId, PersonId


class Request(Value):
    """Who asks for a seat; `request` is short text that tells a repeat from a changed request.

    `member`: whether the company belongs to the session's network. `ask`: offer a free seat later rather than book it
    at once; None leaves it to the session. `warnings` are repeated in the answer and decide nothing.
    """

    booking_id: BookingId
    organisation_id: OrganisationId
    participant_id: PersonId
    request: str = ""
    member: bool = True
    ask: bool | None = None
    attested: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def book(session: Session, asked: Request, policy: Policy, at: datetime) -> Change[Session]:
    """Take a free seat or join the waitlist. Errors: `Rejected` 409, `IdempotencyKeyReused` 422."""
    if (repeated := _repeated(session, asked)) is not None:
        return repeated
    require_bookable(session, asked.organisation_id, at, member=asked.member)
    require_person(session, asked.participant_id, asked.attested, "#/participant_id")
    if session.available(asked.organisation_id) > 0:
        after, events = confirm(session, asked, policy, at)
        return Change(after, events, _answer(asked, "confirmed", None, policy.version))
    require_room_in_waitlist(session, asked.organisation_id, policy.waitlist_cap_per_company)
    after, events = wait(session, asked, policy)
    position = after.position(asked.booking_id)
    return Change(after, events, _answer(asked, "waitlisted", position, policy.version))


def confirm(
    session: Session, asked: Request, policy: Policy, at: datetime, *, group: str | None = None
) -> tuple[Session, tuple[Event, ...]]:
    """Give a free seat to a new request; noted as a decision if others wait, who could not take it."""
    passed = why_not(session)
    after, seat = _added(session, "confirmed", asked, policy, group)
    if passed:
        reason = QueueReason.OTHERS_PASSED_OVER
        after = decided(after, at, QueueStep.SEAT_GIVEN, (asked.booking_id,), reason, passed=passed)
    booked = CourseBooked(
        **about(session, asked.booking_id, seat),
        price_cents=session.price_cents,
        seats=after.counts(),
        policy_version=seat.policy,
    )
    after, more = minimum_reached(after)
    return after, (booked, *more)


def wait(
    session: Session, asked: Request, policy: Policy, *, group: str | None = None
) -> tuple[Session, tuple[Event, ...]]:
    """Put a new request at the end of the waitlist."""
    after, seat = _added(session, "waiting", asked, policy, group)
    event = BookingWaitlisted(
        **about(session, asked.booking_id, seat), position=len(after.waiting), seats=after.counts()
    )
    return after, (event,)


def cancel_booking(session: Session, booking_id: BookingId, at: datetime) -> Change[Session]:
    """Give a seat or a place in the waitlist back; freed seats go on in the same write.

    The fee follows the rules frozen at booking. It is 0 for who waited, while the company is asked about new dates,
    while there are none, and for a seat that is refilled from the waitlist: now, or later, when an offer is accepted.
    Errors: `NotFound` 404, `BookingEnded`, `SessionStarted`, `WrongState` 409.
    """
    seat = _active(session, booking_id, SessionCommand.CANCEL_BOOKING, at)
    was_confirmed = booking_id in session.confirmed
    days = days_before(session.starts_at, at, session.time_zone)
    percent = fee_percent(session.policies[seat.policy], days) if was_confirmed else 0
    if session.state is SessionState.POSTPONED or _asked_about_dates(session, booking_id):
        percent = 0
    session, withdrawn = left_offer(session, booking_id)
    gone = end(session, booking_id, Outcome.CANCELLED, percent=percent)
    after, events = fill(gone, at)
    refilled = was_confirmed and any(isinstance(event, WaitlistPromoted) for event in events)
    # Told by this cancellation itself, so not once more.
    events = tuple(
        event
        for event in events
        if not (isinstance(event, CancellationFeeWaived) and event.booking_id == booking_id)
    )
    if booking_id in after.owed:  # until now it was the first to be refilled, from now on it is the last
        others = tuple(each for each in after.owed if each != booking_id)
        after = after.model_copy(update={"owed": (*others, booking_id)})
    ended = after.ended[booking_id]
    cancelled = BookingCancelled(
        **about(session, booking_id, seat),
        was_confirmed=was_confirmed,
        days_before=days,
        fee_percent=ended.fee_percent,
        fee_cents=ended.fee_cents,
        refilled=refilled,
        seats=gone.counts(),
    )
    return Change(after, (*withdrawn, cancelled, *events))


def substitute(
    session: Session,
    booking_id: BookingId,
    participant_id: PersonId,
    at: datetime,
    attested: tuple[str, ...] = (),
) -> Change[Session]:
    """Let another person of the same company take the place; id, price and order stay. Errors: `Rejected` 409.

    The place is never free in between: one write replaces the person. Prerequisites are asked for again.
    """
    seat = _active(session, booking_id, SessionCommand.SUBSTITUTE, at)
    if participant_id == seat.participant_id:
        return Change(session)
    require_person(session, participant_id, attested, "#/participant_id")
    people = {key: value for key, value in session.people.items() if key != seat.participant_id}
    name = "confirmed" if booking_id in session.confirmed else "waiting"
    taken = seat.model_copy(update={"participant_id": participant_id, "attested": attested})
    after = session.model_copy(
        update={
            "people": {**people, participant_id: booking_id},
            name: {**getattr(session, name), booking_id: taken},
        }
    )
    return Change(after, (ParticipantSubstituted(**about(session, booking_id, seat)),))


def require_bookable(
    session: Session, organisation_id: OrganisationId, at: datetime, *, member: bool
) -> None:
    """Let pass whose turn it is. Errors: `WrongState`, `SessionStarted`, `NotYetBookable` 409."""
    step(TABLE, session.state, SessionCommand.BOOK, "session")
    if at >= session.starts_at:
        raise SessionStarted
    own = phase_of(session, organisation_id, member=member)
    begins = bookable_from(session, own)
    if begins is None:
        raise OnlyForNetwork
    if at < begins:
        raise NotYetBookable(begins=begins.isoformat())


def require_person(session: Session, person: PersonId, attested: tuple[str, ...], pointer: str) -> None:
    """Let pass who is not booked yet and meets the prerequisites. Errors: `Rejected` 409."""
    if person in session.people:
        raise AlreadyBooked(pointer=pointer)
    if missing := [code for code in session.prerequisites if code not in attested]:
        raise PrerequisiteMissing(pointer="#/attested", missing=", ".join(missing))


def require_room_in_waitlist(
    session: Session, organisation_id: OrganisationId, cap: int | None, more: int = 1
) -> None:
    """Let pass a company that stays within its cap, or is alone in the waitlist. Errors: 409."""
    if cap is None:
        return
    own = sum(seat.organisation_id == organisation_id for seat in session.waiting.values())
    if own + more > cap and own < len(session.waiting):
        raise WaitlistCapReached(cap=cap)


def status_of(session: Session, booking_id: BookingId) -> str:
    """Return "confirmed", "offered", "waitlisted", or how it ended."""
    if booking_id in session.confirmed:
        return "confirmed"
    if booking_id in session.waiting:
        return "offered" if session.offer_of(booking_id) else "waitlisted"
    outcome = session.ended[booking_id].outcome
    return "cancelled" if outcome is Outcome.SESSION_CANCELLED else str(outcome)


def _active(session: Session, booking_id: BookingId, command: SessionCommand, at: datetime) -> Seat:
    seat = session.booking(booking_id)
    if isinstance(seat, Ended):
        raise BookingEnded
    step(TABLE, session.state, command, "session")
    if at >= session.starts_at and session.state is not SessionState.POSTPONED:
        raise SessionStarted
    return seat


def _asked_about_dates(session: Session, booking_id: BookingId) -> bool:
    return session.question is not None and booking_id in session.question.open


def _added(
    session: Session, name: str, asked: Request, policy: Policy, group: str | None
) -> tuple[Session, Seat]:
    seat = Seat(
        organisation_id=asked.organisation_id,
        participant_id=asked.participant_id,
        number=session.requests + 1,
        policy=policy.version,
        request=asked.request,
        group=group,
        ask=session.promotion is Promotion.OFFER if asked.ask is None else asked.ask,
        attested=asked.attested,
    )
    update: dict[str, Any] = {
        "people": {**session.people, asked.participant_id: asked.booking_id},
        "requests": seat.number,
        name: {**getattr(session, name), asked.booking_id: seat},
    }
    if policy.version not in session.policies:
        update["policies"] = {**session.policies, policy.version: policy.cancellation}
    return session.model_copy(update=update), seat


def _repeated(session: Session, asked: Request) -> Change[Session] | None:
    if not session.knows(asked.booking_id):
        return None
    seat = session.booking(asked.booking_id)
    if seat.request != asked.request:
        raise IdempotencyKeyReused
    status = status_of(session, asked.booking_id)
    return Change(session, (), _answer(asked, status, session.position(asked.booking_id), seat.policy))


def _answer(asked: Request, status: str, position: int | None, policy_version: int) -> JsonValue:
    answer: JsonValue = {"status": status, "position": position, "policy_version": policy_version}
    return {**answer, "warnings": list(asked.warnings)} if asked.warnings else answer  # type: ignore[dict-item]
