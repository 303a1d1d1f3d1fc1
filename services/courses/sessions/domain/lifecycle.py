"""Go or no go, cancel, start, complete, settle. Pure."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from services.courses.rules import step
from services.courses.sessions.domain.endings import end, end_free
from services.courses.sessions.domain.errors import AlreadyDecided, NotStartedYet, SessionStarted
from services.courses.sessions.domain.parts import Decided, Outcome
from services.courses.sessions.domain.state import Session
from services.courses.sessions.domain.table import TABLE, SessionCommand, SessionState
from shared.decisions import Change
from shared.events.courses import SessionCancelled
from shared.events.envelope import Event
from shared.events.seats import CancellationCause
from shared.events.sessions import (
    DecidedBy,
    GoNoGo,
    GoNoGoDecided,
    SessionCompleted,
    SessionConfirmed,
    SessionSettled,
)
from shared.events.sessions import (
    SessionStarted as Started,
)

OVERRULE_HOURS = 24  # a "no go" by rule waits so long for a person to say otherwise


class ReasonCode(StrEnum):
    """Why a session does not take place, or not yet."""

    MINIMUM_NOT_REACHED = "minimum_not_reached"
    PROVIDER_UNAVAILABLE = "provider_unavailable"
    VENUE_UNAVAILABLE = "venue_unavailable"
    OTHER = "other"


class GoReason(StrEnum):
    """Why go or no go."""

    MINIMUM_REACHED = "minimum_reached"
    MINIMUM_NOT_REACHED = "minimum_not_reached"
    COST_COVERED = "cost_covered"
    MORE_BOOKINGS_EXPECTED = "more_bookings_expected"
    PROVIDER_UNAVAILABLE = "provider_unavailable"
    VENUE_UNAVAILABLE = "venue_unavailable"
    OTHER = "other"


def decide(session: Session, decision: GoNoGo, reason: GoReason, note: str, at: datetime) -> Change[Session]:
    """Decide as a person, before the rule or against it; takes effect at once. Errors: 409."""
    step(TABLE, session.state, SessionCommand.CONFIRM, "session")
    if at >= session.starts_at:
        raise SessionStarted
    made = Decided(decision=decision, by=DecidedBy.PERSON, reason_code=str(reason), note=note, at=at)
    return _carried_out(session, made)


def decide_by_rule(session: Session, at: datetime) -> Change[Session]:
    """Go if the minimum is reached; else "no go", which a person can overrule for a day. Changes nothing twice."""
    if session.decided is not None and session.decided.takes_effect_at is None:
        raise AlreadyDecided
    reached = len(session.confirmed) >= session.minimum_seats
    reason = GoReason.MINIMUM_REACHED if reached else GoReason.MINIMUM_NOT_REACHED
    decision = GoNoGo.GO if reached else GoNoGo.NO_GO
    made = Decided(decision=decision, by=DecidedBy.RULE, reason_code=str(reason), at=at)
    if reached or session.decided is not None or at >= session.starts_at:
        return _carried_out(session, made)
    effect = min(at + timedelta(hours=OVERRULE_HOURS), session.starts_at)
    waits = made.model_copy(update={"takes_effect_at": effect})
    after = session.model_copy(update={"decided": waits, "decide_at": None})
    return Change(after, (_told(session, waits),))


def _carried_out(session: Session, made: Decided) -> Change[Session]:
    after = session.model_copy(update={"decided": made, "decide_at": None})
    told = _told(session, made)
    if made.decision is GoNoGo.NO_GO:
        known = set(ReasonCode)
        reason = ReasonCode(made.reason_code) if made.reason_code in known else ReasonCode.OTHER
        cancelled = cancel(after, reason)
        return Change(cancelled.state, (told, *cancelled.events))
    state = step(TABLE, session.state, SessionCommand.CONFIRM, "session")
    event = SessionConfirmed(
        session_id=session.id, network_id=session.network_id, confirmed=len(session.confirmed)
    )
    return Change(after.model_copy(update={"state": state}), (told, event))


def _told(session: Session, made: Decided) -> Event:
    return GoNoGoDecided(
        session_id=session.id,
        network_id=session.network_id,
        decision=made.decision,
        decided_by=made.by,
        reason_code=made.reason_code,
        confirmed=len(session.confirmed),
        minimum_seats=session.minimum_seats,
        takes_effect_at=made.takes_effect_at,
    )


def cancel(session: Session, reason: ReasonCode) -> Change[Session]:
    """Cancel the session; every booking ends without a fee. Errors: `WrongState` 409."""
    state = step(TABLE, session.state, SessionCommand.CANCEL, "session")
    after = session
    for booking_id in (*session.confirmed, *session.waiting):
        after = end(after, booking_id, Outcome.SESSION_CANCELLED)
    calendar = tuple(
        each if each.cancelled else each.model_copy(update={"sequence": each.sequence + 1, "cancelled": True})
        for each in session.calendar
    )
    update: dict[str, Any] = {
        "state": state,
        "offers": {},
        "question": None,
        "decide_at": None,
        "calendar": calendar,
    }
    event = SessionCancelled(session_id=session.id, network_id=session.network_id, reason_code=str(reason))
    return Change(after.model_copy(update=update), (event,))


def begin(session: Session, at: datetime) -> Change[Session]:
    """Start by hand, once the first day has begun. Errors: `NotStartedYet`, `WrongState` 409."""
    if at < session.starts_at:
        raise NotStartedYet
    return start(session, at)


def start(session: Session, at: datetime) -> Change[Session]:
    """Begin: the waitlist is closed. A session that nobody confirmed is decided by the rule now. Errors: 409."""
    events: tuple[Event, ...] = ()
    if session.state is SessionState.OPEN:
        session, events = _undecided(session, at)
        if session.state is SessionState.CANCELLED:
            return Change(session, events)
    state = step(TABLE, session.state, SessionCommand.START, "session")
    session = session.model_copy(update={"state": state, "offers": {}, "question": None})
    waiting = sorted(session.waiting, key=lambda each: session.waiting[each].number)
    after, closed = end_free(session, waiting, Outcome.NOT_PLACED, CancellationCause.NOT_PLACED, at)
    began = Started(session_id=session.id, network_id=session.network_id, seats=after.counts())
    return Change(after, (*events, *closed, began))


def _undecided(session: Session, at: datetime) -> tuple[Session, tuple[Event, ...]]:
    change = decide_by_rule(session, max(at, session.starts_at))
    return change.state, change.events


def complete(session: Session) -> Change[Session]:
    """End the delivery. Errors: `WrongState` 409."""
    state = step(TABLE, session.state, SessionCommand.COMPLETE, "session")
    event = SessionCompleted(
        session_id=session.id,
        network_id=session.network_id,
        booked=len(session.confirmed),
        teaching_units=session.teaching_units,
    )
    return Change(session.model_copy(update={"state": state}), (event,))


def settle(session: Session) -> Change[Session]:
    """Close the books. Errors: `WrongState` 409."""
    state = step(TABLE, session.state, SessionCommand.SETTLE, "session")
    event = SessionSettled(session_id=session.id, network_id=session.network_id)
    return Change(session.model_copy(update={"state": state}), (event,))
