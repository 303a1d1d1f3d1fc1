"""New dates: every company with a seat is asked again and may leave for free; calendars follow. Pure."""

from collections.abc import Sequence
from datetime import datetime
from itertools import zip_longest
from typing import Any

from services.courses.rules import require_district, step
from services.courses.sessions.domain.endings import end_free, withdraw
from services.courses.sessions.domain.errors import NothingAsked, SessionStarted
from services.courses.sessions.domain.parts import CalendarDay, DateQuestion, Outcome, Silence
from services.courses.sessions.domain.plan import check_format, decision_instant, reminders_past
from services.courses.sessions.domain.queue import Events, fill
from services.courses.sessions.domain.schedule import require_zone
from services.courses.sessions.domain.state import Session
from services.courses.sessions.domain.table import TABLE, SessionCommand, SessionState
from shared.decisions import Change
from shared.errors import Invalid
from shared.events.course_values import SessionDay
from shared.events.envelope import Value
from shared.events.seats import CancellationCause
from shared.events.sessions import DatesAccepted, SessionPostponed, SessionRescheduled
from shared.ids import BookingId, OrganisationId


class NewDates(Value):
    """When and where instead; `answer_by` is when the companies have to have answered."""

    days: tuple[SessionDay, ...]
    time_zone: str
    venue_ags: str | None
    answer_by: datetime | None = None
    if_silent: Silence = Silence.RELEASE


def reschedule(session: Session, dates: NewDates, at: datetime) -> Change[Session]:
    """Move the session. Who has a seat is asked whether they still come; who waits is asked before getting one.

    Errors: `Invalid` 422, `WrongState`, `SessionStarted` 409.
    """
    state = step(TABLE, session.state, SessionCommand.RESCHEDULE, "session")
    if at >= session.starts_at and session.state not in (SessionState.DRAFT, SessionState.POSTPONED):
        raise SessionStarted
    moved = session.model_copy(
        update={
            "days": dates.days,
            "time_zone": dates.time_zone,
            "venue_ags": dates.venue_ags,
            "state": state,
        }
    )
    same = (session.days, session.time_zone, session.venue_ags)
    if same == (moved.days, moved.time_zone, moved.venue_ags) and state is session.state:
        return Change(session)
    require_zone(dates.time_zone)
    require_district(dates.venue_ags, "#/venue_ags")
    check_format(moved)
    asked = tuple(sorted(session.confirmed, key=lambda each: session.confirmed[each].number))
    _check_instants(dates, at, asked=bool(asked), draft=state is SessionState.DRAFT)
    after, withdrawn = withdraw(_begun_anew(moved, dates, asked, at), tuple(moved.offers))
    event = SessionRescheduled(
        session_id=session.id,
        network_id=session.network_id,
        days=dates.days,
        time_zone=dates.time_zone,
        venue_ags=dates.venue_ags,
        revision=after.revision,
        answer_by=dates.answer_by if asked else None,
        organisation_ids=companies(session, asked),
    )
    after, events = fill(after, at)
    return Change(after, (*withdrawn, event, *events))


def _begun_anew(moved: Session, dates: NewDates, asked: tuple[BookingId, ...], at: datetime) -> Session:
    update: dict[str, Any] = {
        "revision": moved.revision + 1,
        "calendar": _moved(moved.calendar, dates.days),
        "reminded_days": reminders_past(moved, at),
        "question": None,
        # Nobody who waits has agreed to these dates: a seat is offered, not booked at once.
        "waiting": {key: seat.model_copy(update={"ask": True}) for key, seat in moved.waiting.items()},
    }
    if moved.state is SessionState.OPEN:
        update |= {"decide_at": decision_instant(moved, at), "decided": None}
    if asked and dates.answer_by is not None:
        update["question"] = DateQuestion(answer_by=dates.answer_by, open=asked, if_silent=dates.if_silent)
    return moved.model_copy(update=update)


def _check_instants(dates: NewDates, at: datetime, *, asked: bool, draft: bool) -> None:
    starts_at = dates.days[0].starts_at
    if starts_at <= at and not draft:
        raise Invalid(
            pointer="#/days/0",
            reason_en="The new dates are in the past.",
            reason_de="Die neuen Termine liegen in der Vergangenheit.",
        )
    if asked and (dates.answer_by is None or not at < dates.answer_by < starts_at):
        raise Invalid(
            pointer="#/answer_by",
            reason_en="Companies with a seat need a time to answer, in the future and before the first day.",
            reason_de="Betriebe mit Platz brauchen eine Antwortfrist, die in der Zukunft und vor dem ersten Tag liegt.",
        )


def _moved(calendar: tuple[CalendarDay, ...], days: Sequence[SessionDay]) -> tuple[CalendarDay, ...]:
    # Entries keep their uid and place in the order; days that are gone stay as cancelled ones.
    changed = []
    for number, (known, day) in enumerate(zip_longest(calendar, days)):
        if known is None:
            changed.append(CalendarDay(uid=number, day=day))
        elif day is None:
            gone = {"cancelled": True, "sequence": known.sequence + 1}
            changed.append(known if known.cancelled else known.model_copy(update=gone))
        else:
            # A new venue or zone is a change as well, so every entry counts up.
            now = {"day": day, "cancelled": False, "sequence": known.sequence + 1}
            changed.append(known.model_copy(update=now))
    return tuple(changed)


def postpone(session: Session, reason_code: str, at: datetime) -> Change[Session]:
    """Take the dates away until new ones are known; bookings stay, leaving is free. Errors: 409."""
    state = step(TABLE, session.state, SessionCommand.POSTPONE, "session")
    if at >= session.starts_at:
        raise SessionStarted
    calendar = tuple(each.model_copy(update={"sequence": each.sequence + 1}) for each in session.calendar)
    update = {"state": state, "decide_at": None, "decided": None, "question": None, "calendar": calendar}
    after, withdrawn = withdraw(session.model_copy(update=update), tuple(session.offers))
    event = SessionPostponed(session_id=session.id, network_id=session.network_id, reason_code=reason_code)
    return Change(after, (*withdrawn, event))


def answer(
    session: Session, organisation_id: OrganisationId, declined: Sequence[BookingId], at: datetime
) -> Change[Session]:
    """Answer for a company: `declined` bookings end for free, its others stay, with the new dates.

    Errors: `NothingAsked` 409, `Invalid` 422 for a booking that is not being asked about.
    """
    step(TABLE, session.state, SessionCommand.ANSWER_DATES, "session")
    asked = tuple(
        each
        for each in (session.question.open if session.question else ())
        if session.confirmed[each].organisation_id == organisation_id
    )
    if session.question is None or not asked or at >= session.question.answer_by:
        raise NothingAsked
    if not set(declined) <= set(asked):
        raise Invalid(
            pointer="#/declined",
            reason_en="Only bookings that are being asked about can be declined.",
            reason_de="Ablehnen lassen sich nur Buchungen, nach denen gefragt ist.",
        )
    kept = tuple(each for each in asked if each not in declined)
    after, events = accepted(session, kept)
    gone = tuple(each for each in asked if each in declined)
    after, ended = end_free(after, gone, Outcome.DATES_DECLINED, CancellationCause.DATES_DECLINED, at)
    after, more = fill(after, at)
    return Change(after, events + ended + more)


def close_question(session: Session, at: datetime) -> Change[Session]:
    """Do with the bookings whose companies did not answer as they were told."""
    question = session.question
    assert question is not None  # noqa: S101  called when its time has come
    if question.if_silent is Silence.KEEP:
        return Change(*accepted(session, question.open))
    after, events = end_free(
        session, question.open, Outcome.DATES_UNANSWERED, CancellationCause.DATES_UNANSWERED, at
    )
    after, more = fill(after, at)
    return Change(after, events + more)


def accepted(session: Session, kept: Sequence[BookingId]) -> tuple[Session, Events]:
    """Note that these bookings stay, an event for each company."""
    question = session.question
    if question is None or not kept:
        return session, ()
    left = tuple(each for each in question.open if each not in kept)
    update = {"question": question.model_copy(update={"open": left}) if left else None}
    events = tuple(
        DatesAccepted(
            session_id=session.id,
            network_id=session.network_id,
            organisation_id=organisation_id,
            booking_ids=tuple(
                each for each in kept if session.confirmed[each].organisation_id == organisation_id
            ),
        )
        for organisation_id in companies(session, kept)
    )
    return session.model_copy(update=update), events


def companies(session: Session, booking_ids: Sequence[BookingId]) -> tuple[OrganisationId, ...]:
    """Return the companies of these confirmed bookings."""
    return tuple(sorted({session.confirmed[each].organisation_id for each in booking_ids}))
