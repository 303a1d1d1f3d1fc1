"""Given a session, when somebody books, cancels or substitutes, then these events."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from services.courses.memberships.domain import DEFAULT_POLICY
from services.courses.sessions.domain import (
    Ended,
    ReasonCode,
    Session,
    SessionState,
    bookings,
    lifecycle,
    plan,
)
from services.courses.sessions.domain.bookings import book, cancel_booking, substitute
from services.courses.sessions.domain.endings import fee_percent
from services.courses.sessions.domain.errors import (
    AlreadyBooked,
    BookingEnded,
    SessionStarted,
    WaitlistCapReached,
)
from services.courses.sessions.domain.schedule import days_before
from shared.errors import IdempotencyKeyReused, WrongState
from shared.events.course_values import SeatCounts, SessionDay
from shared.events.courses import (
    BookingCancelled,
    BookingWaitlisted,
    CourseBooked,
    MinimumReached,
    ParticipantSubstituted,
    SessionCancelled,
    WaitlistPromoted,
)
from tests.unit.courses.examples import EARLY, START, asked, booked, booking, person, session


def test_seat_is_confirmed_when_one_is_free() -> None:
    change = book(session(2), asked(1), DEFAULT_POLICY, EARLY)
    event, minimum = change.events
    assert isinstance(event, CourseBooked)
    assert event.seats == SeatCounts(confirmed=1, waitlisted=0, free=1)
    assert minimum == MinimumReached(session_id=event.session_id, network_id=event.network_id, confirmed=1)
    assert change.result == {"status": "confirmed", "position": None, "policy_version": 0}


def test_minimum_is_told_once_when_it_is_reached_again() -> None:
    state = booked(session(2), 1)
    state = cancel_booking(state, booking(1), EARLY).state
    assert [type(event) for event in book(state, asked(2), DEFAULT_POLICY, EARLY).events] == [CourseBooked]


def test_request_waits_in_order_when_the_session_is_full() -> None:
    state = booked(session(1), 1, 2)
    (event,) = book(state, asked(3), DEFAULT_POLICY, EARLY).events
    assert isinstance(event, BookingWaitlisted)
    assert (event.position, event.seats) == (2, SeatCounts(confirmed=1, waitlisted=2, free=0))


def test_person_is_refused_when_booked_already() -> None:
    state = booked(session(2), 1)
    again = asked(1).model_copy(update={"booking_id": booking("other")})
    with pytest.raises(AlreadyBooked):
        book(state, again, DEFAULT_POLICY, EARLY)


def test_repeat_changes_nothing_when_the_booking_is_there_or_has_ended() -> None:
    state = booked(session(1), 1, 2)
    assert not book(state, asked(2, "company of 2"), DEFAULT_POLICY, EARLY).events
    state = cancel_booking(state, booking(2), EARLY).state
    assert not book(state, asked(2, "company of 2"), DEFAULT_POLICY, EARLY).events


def test_changed_request_is_refused_when_the_key_is_the_same() -> None:
    changed = asked(1).model_copy(update={"request": "other"})
    with pytest.raises(IdempotencyKeyReused):
        book(booked(session(1), 1), changed, DEFAULT_POLICY, EARLY)


def test_company_is_refused_at_its_cap_only_when_others_wait() -> None:
    policy = DEFAULT_POLICY.model_copy(update={"waitlist_cap_per_company": 1})
    state = booked(session(1), 1)
    state = book(state, asked(2, "a"), policy, EARLY).state
    state = book(state, asked(3, "a"), policy, EARLY).state  # nobody else waits
    state = book(state, asked(4, "b"), policy, EARLY).state
    with pytest.raises(WaitlistCapReached):
        book(state, asked(5, "a"), policy, EARLY)


def test_first_waiting_moves_up_and_no_fee_is_due_when_a_seat_is_given_back() -> None:
    state = booked(session(1), 1, 2, 3)
    change = cancel_booking(state, booking(1), START - timedelta(days=1))
    cancelled, promoted = change.events
    assert isinstance(cancelled, BookingCancelled)
    assert isinstance(promoted, WaitlistPromoted)
    assert (cancelled.refilled, cancelled.fee_percent, cancelled.fee_cents) == (True, 0, 0)
    assert cancelled.seats == SeatCounts(confirmed=0, waitlisted=2, free=1)
    assert promoted.booking_id == booking(2)
    assert promoted.seats == SeatCounts(confirmed=1, waitlisted=1, free=0)
    assert change.state.position(booking(3)) == 1


@pytest.mark.parametrize(("days", "percent"), [(28, 0), (27, 50), (14, 50), (13, 100), (0, 100)])
def test_fee_follows_the_tiers_when_nobody_waits(days: int, percent: int) -> None:
    at = START - timedelta(days=days)
    state = booked(session(1), 1)
    if days == 0:
        at -= timedelta(minutes=1)
    (event,) = cancel_booking(state, booking(1), at).events
    assert isinstance(event, BookingCancelled)
    assert (event.days_before, event.fee_percent) == (days, percent)
    assert event.fee_cents == 690 * percent


def test_frozen_rules_hold_when_the_network_changes_them() -> None:
    state = booked(session(2), 1)
    free = DEFAULT_POLICY.model_copy(update={"version": 1, "cancellation": ()})
    state = book(state, asked(2), free, EARLY).state
    (event,) = cancel_booking(state, booking(1), START - timedelta(days=20)).events
    assert isinstance(event, BookingCancelled)
    assert event.fee_percent == 50
    assert fee_percent((), 100) == 100


def test_waiting_is_left_for_free_when_cancelled() -> None:
    state = booked(session(1), 1, 2, 3)
    change = cancel_booking(state, booking(2), START - timedelta(days=1))
    (event,) = change.events
    assert isinstance(event, BookingCancelled)
    assert (event.was_confirmed, event.fee_percent) == (False, 0)
    assert change.state.position(booking(3)) == 1
    with pytest.raises(BookingEnded):
        cancel_booking(change.state, booking(2), EARLY)


def test_substitute_keeps_the_booking_when_the_person_is_free() -> None:
    state = booked(session(2), 1, 2)
    change = substitute(state, booking(1), person("new"), EARLY)
    assert [type(event) for event in change.events] == [ParticipantSubstituted]
    assert change.state.booking(booking(1)).participant_id == person("new")
    assert change.state.booking(booking(1)).number == 1
    with pytest.raises(AlreadyBooked):
        substitute(state, booking(1), person(2), EARLY)
    assert not substitute(state, booking(1), person(1), EARLY).events


@pytest.mark.parametrize("at", [START, START + timedelta(days=1)])
def test_everything_is_refused_when_the_session_has_started(at: datetime) -> None:
    state = booked(session(2), 1)
    with pytest.raises(SessionStarted):
        book(state, asked(2), DEFAULT_POLICY, at)
    with pytest.raises(SessionStarted):
        cancel_booking(state, booking(1), at)
    with pytest.raises(SessionStarted):
        substitute(state, booking(1), person(2), at)


def test_bookings_end_without_fee_when_the_session_is_cancelled() -> None:
    state = booked(session(1), 1, 2)
    change = lifecycle.cancel(state, ReasonCode.OTHER)
    assert [type(event) for event in change.events] == [SessionCancelled]
    assert change.state.counts() == SeatCounts(confirmed=0, waitlisted=0, free=1)
    for seat in change.state.ended.values():
        assert isinstance(seat, Ended)
        assert (seat.fee_cents, seat.by_session) == (0, True)
    with pytest.raises(WrongState):
        lifecycle.cancel(change.state, ReasonCode.OTHER)


@pytest.mark.parametrize("state", set(SessionState) - {SessionState.OPEN, SessionState.CONFIRMED})
def test_booking_is_refused_when_the_session_is_not_open(state: SessionState) -> None:
    with pytest.raises(WrongState):
        book(session(state=state), asked(1), DEFAULT_POLICY, EARLY)


@pytest.mark.parametrize(
    ("first", "at", "days"),
    [
        # Midnight in Berlin is 23:00 UTC in winter: a minute decides.
        ("2027-02-10T08:00+01:00", "2027-02-09T22:59:00Z", 1),
        ("2027-02-10T08:00+01:00", "2027-02-09T23:00:00Z", 0),
        # In summer it is 22:00 UTC.
        ("2026-07-10T08:00+02:00", "2026-07-08T21:59:00Z", 2),
        ("2026-07-10T08:00+02:00", "2026-07-08T22:00:00Z", 1),
        # 2026-10-25 has 25 hours, 2027-03-28 has 23: calendar days count all the same.
        ("2026-10-26T00:30+01:00", "2026-10-24T22:00:00Z", 1),
        ("2026-10-26T00:30+01:00", "2026-10-24T21:59:00Z", 2),
        ("2026-10-25T02:30+01:00", "2026-09-27T00:00:00+02:00", 28),
        ("2026-11-08T08:00+01:00", "2026-10-25T23:59:00+01:00", 14),
        ("2027-03-29T00:30+02:00", "2027-03-27T23:00:00Z", 1),
        ("2027-03-28T23:30+02:00", "2027-03-27T22:59:00Z", 1),
        ("2027-03-28T23:30+02:00", "2027-03-27T23:00:00Z", 0),
        ("2027-04-11T08:00+02:00", "2027-03-28T00:30:00+01:00", 14),
    ],
)
def test_calendar_days_are_counted_when_clocks_change(first: str, at: str, days: int) -> None:
    assert (
        days_before(
            datetime.fromisoformat(first).astimezone(UTC), datetime.fromisoformat(at), "Europe/Berlin"
        )
        == days
    )


def test_state_comes_back_equal_when_stored_as_json() -> None:
    state = cancel_booking(booked(session(2), 1, 2, 3), booking(1), EARLY).state
    assert Session.model_validate(state.model_dump(mode="json")) == state


def test_thousand_decisions_share_a_write_when_a_session_is_hot(
    record_property: Callable[[str, object], None],
) -> None:
    state = session(20)
    requests = [asked(number, number % 50) for number in range(1000)]
    begin = time.perf_counter()
    for request in requests:
        state = bookings.book(state, request, DEFAULT_POLICY, EARLY).state
    record_property("ms_for_1000_decisions", round((time.perf_counter() - begin) * 1000, 1))
    assert (len(state.confirmed), len(state.waiting)) == (20, 980)


def test_days_are_part_of_the_event_when_a_session_is_scheduled() -> None:
    planned = session(state=SessionState.DRAFT)
    change = plan.schedule(None, planned)
    (event,) = change.events
    assert event.days == (SessionDay(starts_at=START, ends_at=START.replace(hour=15)),)  # type: ignore[attr-defined]
    assert not plan.schedule(planned, planned).events
