"""Phases, go or no go, new dates, start and end: what time and people do to a session; and broken states."""

from datetime import UTC, datetime, timedelta

import pytest

from services.courses.memberships.domain import DEFAULT_POLICY
from services.courses.sessions.domain import Session, SessionState, bookings, dates, lifecycle, plan
from services.courses.sessions.domain.due import due, next_due
from services.courses.sessions.domain.errors import NotYetBookable, OnlyForNetwork
from services.courses.sessions.domain.lifecycle import GoReason
from services.courses.sessions.domain.parts import Outcome, Silence
from services.courses.sessions.domain.schedule import days_earlier
from services.courses.sessions.invariants import CHECKS, violations
from shared.events.course_values import SessionDay
from shared.events.sessions import (
    BookingPhase,
    BookingPhaseOpened,
    DecidedBy,
    GoNoGo,
    GoNoGoDecided,
    SessionReminderDue,
)
from tests.unit.courses.examples import EARLY, START, asked, booked, booking, company, session

DECIDES = datetime(2027, 4, 12, 6, tzinfo=UTC)  # T-21, 8:00 in Berlin


def opened(capacity: int = 2, **more: object) -> Session:
    """Return a session opened at `EARLY`."""
    draft = session(capacity, state=SessionState.DRAFT, **more)
    return plan.open_booking(plan.schedule(None, draft).state, EARLY).state


@pytest.mark.parametrize(
    ("first", "days", "instant"),
    [
        # 28 days before, across each change of clocks in Berlin: local midnight stays local midnight.
        ("2027-04-10T08:00+02:00", 28, "2027-03-12T23:00:00+00:00"),
        ("2026-11-10T08:00+01:00", 28, "2026-10-12T22:00:00+00:00"),
        ("2027-03-28T08:00+02:00", 0, "2027-03-27T23:00:00+00:00"),
        ("2026-10-25T08:00+01:00", 0, "2026-10-24T22:00:00+00:00"),
    ],
)
def test_instant_is_local_midnight_when_clocks_change(first: str, days: int, instant: str) -> None:
    assert days_earlier(datetime.fromisoformat(first), days, "Europe/Berlin").isoformat() == instant


def test_pool_books_first_then_the_network_then_others() -> None:
    members = (company("a"),)
    state = opened(pool_id="p", pool_members=members, pool_first_days=14, others_days_before=30)
    assert (state.announced, state.pool_until) == (BookingPhase.POOL, EARLY + timedelta(days=14))
    assert bookings.book(state, asked(1, "a"), DEFAULT_POLICY, EARLY).events
    with pytest.raises(NotYetBookable):
        bookings.book(state, asked(2, "b"), DEFAULT_POLICY, EARLY)
    later = EARLY + timedelta(days=14)
    (told,) = due(state, later).events
    assert isinstance(told, BookingPhaseOpened)
    assert told.phase is BookingPhase.NETWORK
    assert bookings.book(state, asked(2, "b"), DEFAULT_POLICY, later).events
    stranger = asked(3, "c").model_copy(update={"member": False})
    with pytest.raises(NotYetBookable):
        bookings.book(state, stranger, DEFAULT_POLICY, later)
    assert bookings.book(state, stranger, DEFAULT_POLICY, START - timedelta(days=29)).events
    with pytest.raises(OnlyForNetwork):
        bookings.book(opened(), stranger, DEFAULT_POLICY, later)


def test_session_is_confirmed_by_rule_when_the_minimum_is_reached() -> None:
    state = booked(opened(minimum_seats=1), 1)
    assert state.decide_at == DECIDES
    change = due(state, DECIDES)
    assert change.state.state is SessionState.CONFIRMED
    assert not due(change.state, DECIDES).events


def test_no_go_waits_a_day_for_a_person_to_overrule_it() -> None:
    change = due(booked(opened(minimum_seats=2), 1), DECIDES)
    decided = next(event for event in change.events if isinstance(event, GoNoGoDecided))
    assert (decided.decision, decided.decided_by) == (GoNoGo.NO_GO, DecidedBy.RULE)
    effect = DECIDES + timedelta(hours=24)
    assert (decided.takes_effect_at, next_due(change.state)) == (effect, effect)
    assert due(change.state, effect).state.state is SessionState.CANCELLED
    overruled = lifecycle.decide(change.state, GoNoGo.GO, GoReason.COST_COVERED, "", DECIDES).state
    assert overruled.state is SessionState.CONFIRMED
    full = bookings.book(change.state, asked(2, "b"), DEFAULT_POLICY, DECIDES).state
    assert due(full, effect).state.state is SessionState.CONFIRMED


def test_everything_happens_in_order_once_when_all_was_down_for_months() -> None:
    state = booked(opened(1, minimum_seats=1), 1, 2)
    change = due(state, START + timedelta(days=1))
    names = [event.type.split(".")[2] for event in change.events]
    assert names == [
        "go-no-go-decided",
        "session-confirmed",
        "session-reminder-due",
        "booking-cancelled",
        "session-started",
        "session-completed",
    ]
    assert change.state.ended[booking(2)].outcome is Outcome.NOT_PLACED
    assert next_due(change.state) is None
    assert lifecycle.settle(change.state).state.state is SessionState.SETTLED


def test_one_reminder_is_due_at_each_of_its_days() -> None:
    state = booked(opened(minimum_seats=1), 1)
    told = []
    for days in range(30, 0, -1):
        change = due(state, START - timedelta(days=days) + timedelta(hours=2))
        state = change.state
        told += [event.days_before for event in change.events if isinstance(event, SessionReminderDue)]
    assert told == [14, 3, 1]


def moved(state: Session, silence: Silence = Silence.RELEASE) -> Session:
    """Return the session moved by a week; companies answer within three days."""
    later = timedelta(days=7)
    days = tuple(SessionDay(starts_at=d.starts_at + later, ends_at=d.ends_at + later) for d in state.days)
    new = dates.NewDates(
        days=days,
        time_zone=state.time_zone,
        venue_ags=None,
        answer_by=EARLY + timedelta(days=3),
        if_silent=silence,
    )
    return dates.reschedule(state, new, EARLY).state


def test_company_leaves_for_free_when_asked_about_new_dates() -> None:
    tiers = DEFAULT_POLICY.model_copy(update={"cancellation": ()})  # 100 % always
    state = bookings.book(opened(2), asked(1, "a"), tiers, EARLY).state
    state = bookings.book(state, asked(2, "b"), tiers, EARLY).state
    state = moved(state)
    assert state.question is not None
    free = bookings.cancel_booking(state, booking(1), EARLY).state
    assert free.ended[booking(1)].fee_cents == 0
    kept = dates.answer(state, company("a"), (), EARLY).state
    assert bookings.cancel_booking(kept, booking(1), EARLY).state.ended[booking(1)].fee_percent == 100
    gone = dates.answer(kept, company("b"), (booking(2),), EARLY).state
    assert (gone.ended[booking(2)].outcome, gone.question) == (Outcome.DATES_DECLINED, None)


@pytest.mark.parametrize(("silence", "seats"), [(Silence.RELEASE, 0), (Silence.KEEP, 1)])
def test_silence_means_what_was_announced_when_the_time_is_over(silence: Silence, seats: int) -> None:
    state = moved(booked(opened(1), 1), silence)
    after = due(state, EARLY + timedelta(days=3)).state
    assert (len(after.confirmed), after.question) == (seats, None)


def test_waiting_company_is_asked_first_when_dates_changed() -> None:
    state = moved(booked(opened(1), 1, 2))
    after = bookings.cancel_booking(state, booking(1), EARLY).state
    assert bookings.status_of(after, booking(2)) == "offered"


def test_postponed_session_keeps_bookings_and_opens_anew_with_new_dates() -> None:
    state = dates.postpone(booked(opened(2, minimum_seats=1), 1), "venue_unavailable", EARLY).state
    assert (state.state, next_due(state)) == (SessionState.POSTPONED, None)
    assert bookings.cancel_booking(state, booking(1), START).state.ended[booking(1)].fee_cents == 0
    again = moved(state)
    assert (again.state, again.decide_at) == (SessionState.OPEN, DECIDES + timedelta(days=7))


def broken() -> list[tuple[str, Session]]:
    """Return a state that breaks each of these rules."""
    full = booked(opened(2), 1, 2, 3)
    one = full.confirmed[booking(1)]
    cancelled = bookings.cancel_booking(booked(opened(2), 1), booking(1), START - timedelta(days=20)).state
    wrong_fee = cancelled.ended[booking(1)].model_copy(update={"fee_cents": 1})
    return [
        ("capacity", full.model_copy(update={"capacity": 1})),
        ("one_booking_a_person", full.model_copy(update={"people": {}})),
        ("bookings", full.model_copy(update={"ended": {booking(1): one}})),
        ("queue", full.model_copy(update={"capacity": 3})),
        ("states", full.model_copy(update={"state": SessionState.RUNNING})),
        ("money", cancelled.model_copy(update={"ended": {booking(1): wrong_fee}})),
        ("calendar", full.model_copy(update={"calendar": full.calendar * 2})),
    ]


@pytest.mark.parametrize(("rule", "state"), broken(), ids=[rule for rule, _ in broken()])
def test_rule_is_reported_when_a_state_breaks_it(rule: str, state: Session) -> None:
    assert rule in CHECKS
    assert list(CHECKS[rule](state))
    assert rule == "bookings" or rule in {each.rule for each in violations(state, EARLY)}
