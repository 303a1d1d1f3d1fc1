"""What time does to a session: each step at its instant, in order, once. Pure.

`next_due` is stored with the session (shared/due.py). `due` asked again, or asked by two processes, changes nothing
more: a step is possible only while the state has not taken it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.courses.sessions.domain import contingents, dates, lifecycle, offers
from services.courses.sessions.domain.phases import next_phase
from services.courses.sessions.domain.plan import REMINDER_DAYS, announce, reminder_at, reminders_past
from services.courses.sessions.domain.schedule import days_before
from services.courses.sessions.domain.state import Session
from services.courses.sessions.domain.table import SOLD, SessionState
from shared.decisions import Change
from shared.events.envelope import Event
from shared.events.sessions import DateAnswersAwaited, SessionReminderDue
from shared.ids import OrganisationId, SeatOfferId

REMIND_ANSWER = timedelta(days=1)
STEPS_AT_ONCE = 50  # bounds one write; what is left is still due and follows at once


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happens at an instant; `rank` orders what happens at the same one."""

    at: datetime
    rank: int
    take: Callable[[Session, datetime], Change[Session]]


def next_due(session: Session) -> datetime | None:
    """Return the instant of the next step, None if time changes nothing any more."""
    return min((step.at for step in steps(session)), default=None)


def due(session: Session, at: datetime) -> Change[Session]:
    """Take all steps whose instant has come, the earliest first, as of now (`at`)."""
    events: tuple[Event, ...] = ()
    for _ in range(STEPS_AT_ONCE):
        first = min(steps(session), key=lambda step: (step.at, step.rank), default=None)
        if first is None or first.at > at:
            break
        change = first.take(session, at)
        session, events = change.state, events + change.events
    return Change(session, events)


def steps(session: Session) -> Iterator[Step]:
    """Return every step that lies ahead."""
    if session.state is SessionState.RUNNING:
        yield Step(session.ends_at, 0, lambda state, _: lifecycle.complete(state))
    if session.state not in SOLD:
        return
    # Before the start all that belongs before it, if they share an instant.
    yield Step(session.starts_at, 9, lifecycle.start)
    yield from _of_seats(session)
    yield from _of_dates(session)
    if session.state is SessionState.OPEN:
        yield from _of_decision(session)
    begins = next_phase(session, session.announced) if session.announced else None
    if begins is not None and begins < session.starts_at:
        yield Step(begins, 5, announce)


def _of_seats(session: Session) -> Iterator[Step]:
    for offer_id, offer in session.offers.items():
        yield Step(offer.expires_at, 0, _expire(offer_id))
    for company, kept in session.contingents.items():
        if not kept.released:
            yield Step(contingents.release_at(session, kept), 1, _release(company))


def _expire(offer_id: SeatOfferId) -> Callable[[Session, datetime], Change[Session]]:
    return lambda session, at: offers.expire(session, offer_id, at)


def _release(company: OrganisationId) -> Callable[[Session, datetime], Change[Session]]:
    return lambda session, at: contingents.release(session, company, at)


def _of_decision(session: Session) -> Iterator[Step]:
    if session.decide_at is not None:
        yield Step(session.decide_at, 3, lifecycle.decide_by_rule)
    elif session.decided is not None and session.decided.takes_effect_at is not None:
        yield Step(session.decided.takes_effect_at, 3, lifecycle.decide_by_rule)


def _of_dates(session: Session) -> Iterator[Step]:
    if session.question is not None:
        answer_by = session.question.answer_by
        yield Step(answer_by, 2, dates.close_question)
        if not session.question.reminded:
            yield Step(answer_by - REMIND_ANSWER, 2, lambda state, _: _remind_of_answer(state))
    for days in REMINDER_DAYS:
        if session.reminded_days is None or days < session.reminded_days:
            yield Step(reminder_at(session, days), 6, remind)


def _remind_of_answer(session: Session) -> Change[Session]:
    question = session.question
    assert question is not None  # noqa: S101  it is asked about it
    after = session.model_copy(update={"question": question.model_copy(update={"reminded": True})})
    event = DateAnswersAwaited(
        session_id=session.id,
        network_id=session.network_id,
        organisation_ids=dates.companies(session, question.open),
        answer_by=question.answer_by,
    )
    return Change(after, (event,))


def remind(session: Session, at: datetime) -> Change[Session]:
    """Remind of the start once for the latest reminder that has come; earlier ones are not made up for."""
    event = SessionReminderDue(
        session_id=session.id,
        network_id=session.network_id,
        days_before=days_before(session.starts_at, at, session.time_zone),
        starts_at=session.starts_at,
    )
    return Change(session.model_copy(update={"reminded_days": reminders_past(session, at)}), (event,))
