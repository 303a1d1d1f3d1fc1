"""What is told when, and what is told no more."""

from datetime import UTC, datetime, timedelta

import pytest

from services.notifications import planning, texts
from services.notifications.domain import Audience, Draft, Seat
from shared.events import courses, notifications, seats, sessions
from shared.events.envelope import Event
from shared.ids import BookingId, NetworkId, OrganisationId, SeatOfferId, SessionId, WebhookId

AT = datetime(2026, 11, 24, 8, tzinfo=UTC)
START = datetime(2026, 12, 8, 8, tzinfo=UTC)
N, S = NetworkId("n"), SessionId("s")
COUNTS = courses.SeatCounts(confirmed=1, waitlisted=0, free=3)
SEATS = [
    Seat(booking_id=BookingId("b1"), organisation_id=OrganisationId("o1")),
    Seat(booking_id=BookingId("b2"), organisation_id=OrganisationId("o1")),
    Seat(booking_id=BookingId("b3"), organisation_id=OrganisationId("o2")),
]


def reminder(days: int) -> sessions.SessionReminderDue:
    return sessions.SessionReminderDue(session_id=S, network_id=N, days_before=days, starts_at=START)


def offered(hours: int) -> seats.WaitlistSeatOffered:
    return seats.WaitlistSeatOffered(
        offer_id=SeatOfferId("f"),
        session_id=S,
        network_id=N,
        organisation_id=OrganisationId("o1"),
        booking_ids=(BookingId("b1"),),
        seats_offered=1,
        expires_at=AT + timedelta(hours=hours),
        reason_code=seats.QueueReason.FIRST_IN_QUEUE,
        seats=COUNTS,
    )


def planned(event: Event) -> tuple[Draft, ...]:
    return planning.drafts(event, texts.table(), SEATS, at=AT, members=[OrganisationId("o9")])


class TestWhom:
    @pytest.mark.parametrize(("days", "companies"), [(14, 2), (3, 0), (1, 0)])
    def test_companies_are_reminded_once_and_participants_each_time(self, days: int, companies: int) -> None:
        made = planned(reminder(days))
        assert sum(one.audience is Audience.PARTICIPANT for one in made) == 3
        assert sum(one.audience is Audience.COMPANY_HR for one in made) == companies

    def test_only_companies_whose_answer_is_missing_are_asked_again(self) -> None:
        event = sessions.DateAnswersAwaited(
            session_id=S, network_id=N, organisation_ids=(OrganisationId("o2"),), answer_by=START
        )
        assert [one.organisation_id for one in planned(event)] == ["o2"]

    @pytest.mark.parametrize(("decision", "told"), [("no_go", 1), ("go", 0)])
    def test_managers_hear_of_a_no_go_only(self, decision: str, told: int) -> None:
        event = sessions.GoNoGoDecided(
            session_id=S,
            network_id=N,
            decision=sessions.GoNoGo(decision),
            decided_by=sessions.DecidedBy.RULE,
            reason_code="x",
            confirmed=1,
            minimum_seats=2,
        )
        assert [one.audience for one in planned(event)] == [Audience.NETWORK_MANAGER] * told

    def test_a_stopped_webhook_is_told_to_its_owner_and_new_courses_to_every_member(self) -> None:
        stopped = notifications.WebhookStopped(
            webhook_id=WebhookId("w"), network_id=N, reason=notifications.WebhookStop.DEAD
        )
        (draft,) = planned(stopped)
        assert (draft.audience, draft.session_id) == (Audience.OWNER, None)
        opened = courses.BookingOpened(session_id=S, network_id=N)
        assert [one.organisation_id for one in planned(opened)] == ["o9"]


class TestWhen:
    def test_a_reminder_before_a_deadline_waits_and_names_what_settles_it(self) -> None:
        first, again = planned(offered(48))
        assert first.not_before_ms is None
        assert again.not_before_ms == (AT + timedelta(hours=42)).timestamp() * 1000
        assert again.keys == ("f", "b1")
        declined = seats.SeatOfferDeclined(
            offer_id=SeatOfferId("f"),
            session_id=S,
            network_id=N,
            organisation_id=OrganisationId("o1"),
            booking_ids=(BookingId("b1"),),
            seats=COUNTS,
        )
        assert set(planning.settled_keys(declined)) & set(again.keys)

    def test_there_is_no_reminder_when_the_deadline_is_near(self) -> None:
        assert [one.template for one in planned(offered(4))] == ["offered_hr"]

    @pytest.mark.parametrize(("days", "until"), [(14, 3), (3, 1), (1, 0)])
    def test_a_late_reminder_is_dropped_when_the_next_one_is_due(self, days: int, until: int) -> None:
        expires = round((START - timedelta(days=until)).timestamp() * 1000)
        for draft in planned(reminder(days)):
            document = {"kind": "reminders", "expires": draft.expires_ms, "starts": draft.starts}
            assert draft.expires_ms == expires
            asked = {"starts": START.isoformat(), "cancelled": False, "seat_active": True}
            assert planning.obsolete(document, now_ms=expires - 1, **asked) is None  # type: ignore[arg-type]
            assert planning.obsolete(document, now_ms=expires, **asked) == "too-late"  # type: ignore[arg-type]

    @pytest.mark.parametrize(
        ("changed", "why"),
        [
            ({"cancelled": True}, "session-cancelled"),
            ({"starts": (START + timedelta(days=1)).isoformat()}, "session-moved"),
            ({"seat_active": False}, "booking-ended"),
        ],
    )
    def test_a_reminder_falls_with_its_cause(self, changed: dict[str, object], why: str) -> None:
        document = {"kind": "reminders", "expires": None, "starts": "2026-12-08T08:00:00Z"}
        asked = {"starts": START.isoformat(), "cancelled": False, "seat_active": True} | changed
        assert planning.obsolete(document, now_ms=0, **asked) == why  # type: ignore[arg-type]
        assert planning.obsolete({**document, "kind": "bookings"}, now_ms=0, **asked) is None  # type: ignore[arg-type]
