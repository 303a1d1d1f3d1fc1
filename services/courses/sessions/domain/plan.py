"""Schedule a session and open it for bookings. Pure."""

from datetime import datetime, time, timedelta
from typing import Any

from services.courses.rules import require_district, step
from services.courses.sessions.domain.errors import PoolAlreadyPlanned, SessionStarted
from services.courses.sessions.domain.parts import CalendarDay
from services.courses.sessions.domain.phases import current_phase, next_phase
from services.courses.sessions.domain.schedule import days_earlier, require_zone
from services.courses.sessions.domain.state import Session
from services.courses.sessions.domain.table import TABLE, SessionCommand
from shared.decisions import Change
from shared.errors import IdempotencyKeyReused, Invalid
from shared.events.course_values import CourseFormat
from shared.events.courses import BookingOpened, SessionScheduled
from shared.events.envelope import Event
from shared.events.sessions import BookingPhase, BookingPhaseOpened
from shared.reference import topics

WORK_BEGINS = time(8)  # when a decision or a reminder reaches people who can act on it
DECIDED_LATER_DAYS = (14, 7, 3, 1)  # for a session that opens after its day of decision has passed
REMINDER_DAYS = (14, 3, 1)  # domain notes 1, step 10
_DATES = {"days", "time_zone", "venue_ags"}


def schedule(existing: Session | None, session: Session) -> Change[Session]:
    """Schedule a session. Errors: `Invalid`, `IdempotencyKeyReused` 422, `PoolAlreadyPlanned` 409."""
    if existing is not None:
        moved = _DATES if existing.revision else set()
        if _plan(existing, but=moved) != _plan(session, but=moved):
            raise PoolAlreadyPlanned if session.pool_id else IdempotencyKeyReused
        return Change(existing)
    check(session)
    calendar = tuple(CalendarDay(uid=number, day=day) for number, day in enumerate(session.days))
    planned = session.model_copy(update={"calendar": calendar})
    return Change(planned, (SessionScheduled(session_id=session.id, **_plan(session)),))


def _plan(session: Session, but: set[str] = set()) -> dict[str, Any]:  # noqa: B006  never changed
    return session.model_dump(include=set(SessionScheduled.model_fields) - {"type", "session_id"} - but)


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
    check_format(session)
    for number, code in enumerate(session.prerequisites):
        if code not in topics():
            raise Invalid(
                pointer=f"#/prerequisites/{number}",
                reason_en="This is no topic of the catalogue.",
                reason_de="Dieses Thema steht nicht im Katalog.",
            )


def check_format(session: Session) -> None:
    """Refuse days that do not fit the format. Errors: `Invalid` 422."""
    online = {day.online for day in session.days}
    wanted = {
        CourseFormat.ON_SITE: {False},
        CourseFormat.ONLINE: {True},
        CourseFormat.BLENDED: {True, False},
    }
    if online != wanted.get(session.format):
        raise Invalid(
            pointer="#/format",
            reason_en="A session is on_site, online, or blended with days of both kinds.",
            reason_de="Eine Durchführung ist on_site, online oder blended mit Tagen beider Art.",
        )


def open_booking(session: Session, at: datetime) -> Change[Session]:
    """Open a session for bookings. Errors: `WrongState`, `SessionStarted` 409."""
    state = step(TABLE, session.state, SessionCommand.OPEN, "session")
    if at >= session.starts_at:
        raise SessionStarted
    update: dict[str, Any] = {
        "state": state,
        "decide_at": decision_instant(session, at),
        "reminded_days": reminders_past(session, at),
    }
    if session.pool_id and session.pool_first_days and session.pool_members:
        limit = update["decide_at"] or session.starts_at
        update["pool_until"] = min(at + timedelta(days=session.pool_first_days), limit)
    after = session.model_copy(update=update)
    opened: tuple[Event, ...] = (BookingOpened(session_id=session.id, network_id=session.network_id),)
    phase = current_phase(after, at)
    if phase is BookingPhase.NETWORK and next_phase(after, phase) is None:
        return Change(after.model_copy(update={"announced": phase}), opened)
    announced = announce(after, at)
    return Change(announced.state, (*opened, *announced.events))


def announce(session: Session, at: datetime) -> Change[Session]:
    """Tell which phase has begun; phases that passed unseen are not told of."""
    phase = current_phase(session, at)
    event = BookingPhaseOpened(
        session_id=session.id, network_id=session.network_id, phase=phase, until=next_phase(session, phase)
    )
    return Change(session.model_copy(update={"announced": phase}), (event,))


def decision_instant(session: Session, at: datetime) -> datetime | None:
    """Return when go or no go is decided: T-21 days (domain notes 1, step 9), or the next suitable day.

    None if the session starts so soon that only its start can decide.
    """
    wanted = session.decide_days_before
    for days in (wanted, *(later for later in DECIDED_LATER_DAYS if later < wanted)):
        moment = days_earlier(session.starts_at, days, session.time_zone, WORK_BEGINS)
        if moment >= at + timedelta(days=1):
            return moment
    return None


def reminder_at(session: Session, days: int) -> datetime:
    """Return when people are reminded so many days before the start."""
    moment = days_earlier(session.starts_at, days, session.time_zone, WORK_BEGINS)
    return min(moment, session.starts_at)


def reminders_past(session: Session, at: datetime) -> int | None:
    """Return the last reminder whose time has passed, in days before the start; None if all lie ahead."""
    return min((days for days in REMINDER_DAYS if reminder_at(session, days) <= at), default=None)
