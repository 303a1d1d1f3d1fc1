"""The table, the states and the waits of notifications."""

from datetime import UTC, date, datetime
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications import domain, planning, texts
from services.notifications.domain import OPEN, TRANSITIONS, Audience, Outcome, Seat, State
from services.notifications.preferences.store import kinds
from shared.events import courses, notifications
from shared.events.membership import CancellationTier
from shared.ids import BookingId, NetworkId, OrganisationId, SessionId

NETWORK, SESSION = NetworkId("network"), SessionId("session")
BOOKING, ORGANISATION = BookingId("booking"), OrganisationId("organisation")
AT = datetime(2026, 11, 24, tzinfo=UTC)
SEATS = courses.SeatCounts(confirmed=1, waitlisted=0, free=3)


def booked() -> courses.CourseBooked:
    return courses.CourseBooked(
        booking_id=BOOKING,
        session_id=SESSION,
        network_id=NETWORK,
        organisation_id=ORGANISATION,
        price_cents=69_000,
        seats=SEATS,
    )


class TestTable:
    def test_every_event_exists(self) -> None:
        known = {event.type_name() for event in (*courses.EVENTS, *notifications.EVENTS)}
        assert {row.event for row in texts.table()} <= known
        assert {row.kind for row in texts.table()} == set(kinds())

    def test_every_template_has_texts_in_both_languages_and_none_is_left_over(self) -> None:
        templates = {row.template for row in texts.table()}
        for language in texts.LANGUAGES:
            assert set(texts.texts(language).templates) == templates
        german, english = (texts.texts(language) for language in texts.LANGUAGES)
        assert set(german.words) == set(english.words)
        assert set(german.shared) == set(english.shared)

    def test_no_event_tells_an_audience_twice(self) -> None:
        rows = [(row.event, row.audience, row.hours_before) for row in texts.table()]
        assert len(rows) == len(set(rows))


class TestDrafts:
    def test_one_per_audience_when_a_seat_is_booked(self) -> None:
        made = planning.drafts(booked(), texts.table(), at=AT)
        assert {draft.id_for("s:1") for draft in made} == {
            "s:1:company_hr:booked_hr",
            "s:1:participant:booked_participant",
        }
        assert all(draft.facts == {"price_cents": 69_000} for draft in made)

    def test_each_organisation_and_each_participant_once_when_a_session_is_cancelled(self) -> None:
        event = courses.SessionCancelled(session_id=SESSION, network_id=NETWORK, reason_code="below-minimum")
        pairs = (("b1", "o1"), ("b2", "o1"), ("b3", "o2"))
        seats = [Seat(booking_id=BookingId(b), organisation_id=OrganisationId(o)) for b, o in pairs]
        made = planning.drafts(event, texts.table(), seats, at=AT)
        of = {
            audience: [d.target for d in made if d.audience is audience]
            for audience in (Audience.COMPANY_HR, Audience.PARTICIPANT)
        }
        assert of == {Audience.COMPANY_HR: ["o1", "o2"], Audience.PARTICIPANT: ["b1", "b2", "b3"]}
        assert len({draft.id_for("s:9") for draft in made}) == len(made)

    def test_nothing_when_the_table_has_no_row(self) -> None:
        event = courses.BookingOpened(session_id=SESSION, network_id=NETWORK)
        assert planning.drafts(event, texts.table(), at=AT) == ()


class TestAfter:
    @pytest.mark.parametrize(("state", "outcome"), list(product(State, Outcome)))
    def test_open_states_take_every_outcome_and_settled_ones_none(
        self, state: State, outcome: Outcome
    ) -> None:
        if state not in OPEN:
            with pytest.raises(ValueError, match="no transition"):
                domain.after(state, outcome)
            return
        found = domain.after(state, outcome)
        waits = outcome in {Outcome.POSTPONED, Outcome.TEMPORARY}
        assert (found in OPEN) is waits

    def test_every_state_is_reached(self) -> None:
        assert set(TRANSITIONS.values()) == set(State)


class TestWaits:
    @given(st.integers(1, 10_000), st.floats(0, 1))
    def test_the_wait_stays_in_its_bounds_and_never_shrinks(self, tries: int, jitter: float) -> None:
        wait = domain.backoff_s(tries, jitter)
        assert 0.75 <= wait <= 750
        assert domain.backoff_s(tries + 1, jitter) >= wait

    def test_failures_expire_after_three_days(self) -> None:
        assert domain.failure(0, 3 * domain.DAY_MS - 1) is Outcome.TEMPORARY
        assert domain.failure(0, 3 * domain.DAY_MS) is Outcome.EXPIRED


class TestFreeUntil:
    @pytest.mark.parametrize(
        ("today", "expected"),
        [(date(2026, 10, 1), date(2026, 11, 11)), (date(2026, 11, 11), date(2026, 11, 11))],
    )
    def test_the_last_free_day_counts(self, today: date, expected: date) -> None:
        assert domain.free_until(date(2026, 12, 9), today, domain.DEFAULT_CANCELLATION) == expected

    def test_none_when_it_has_passed_or_there_is_none(self) -> None:
        first = date(2026, 12, 9)
        assert domain.free_until(first, date(2026, 11, 12), domain.DEFAULT_CANCELLATION) is None
        assert domain.free_until(first, first, [CancellationTier(days_before=0, fee_percent=20)]) is None
