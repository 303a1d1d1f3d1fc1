"""Calendar files as a calendar program reads them: stable UID, rising SEQUENCE, local time over clock changes."""

from datetime import UTC, datetime, timedelta
from typing import Any

from icalendar import Calendar

from services.courses.sessions.calendars import booking_calendar, session_calendar
from services.courses.sessions.domain import Session, SessionState, bookings, dates, lifecycle, plan
from services.courses.sessions.domain.lifecycle import ReasonCode
from shared.events.course_values import CourseFormat, SessionDay
from tests.unit.courses.examples import EARLY, booked, booking, session


def day(text: str, hours: int = 7, *, online: bool = False) -> SessionDay:
    """Return a day that starts at this local time."""
    start = datetime.fromisoformat(text).astimezone(UTC)
    return SessionDay(starts_at=start, ends_at=start + timedelta(hours=hours), online=online)


# The Saturday before, and the Sunday on which clocks in Berlin go forward.
SPRING = (day("2027-03-27T08:00+01:00"), day("2027-03-28T08:00+02:00"))


def opened(**more: object) -> Session:
    """Return an open session on the two days."""
    draft = plan.schedule(None, session(2, state=SessionState.DRAFT, days=SPRING, **more)).state
    return plan.open_booking(draft, EARLY).state


def read(content: bytes) -> tuple[str, list[Any]]:
    """Return the method and the events of a file."""
    calendar = Calendar.from_ical(content.decode())
    return str(calendar["method"]), list(calendar.walk("VEVENT"))


def rows(content: bytes) -> list[tuple[str, int, str]]:
    """Return UID, SEQUENCE and STATUS of each event."""
    return [(str(each["uid"]), int(each["sequence"]), str(each["status"])) for each in read(content)[1]]


def test_days_start_at_eight_local_time_when_clocks_change_between_them() -> None:
    content = session_calendar(opened(), "en", EARLY)
    assert b"DTSTART;TZID=Europe/Berlin:20270327T080000" in content
    assert b"DTSTART;TZID=Europe/Berlin:20270328T080000" in content
    assert b"BEGIN:VTIMEZONE" in content
    _, events = read(content)
    assert [each.start.astimezone(UTC).hour for each in events] == [7, 6]


def test_uid_stays_and_sequence_rises_when_dates_change() -> None:
    state = opened()
    before = rows(session_calendar(state, "de", EARLY))
    assert [sequence for _, sequence, _ in before] == [0, 0]
    # One day fewer, on the day on which clocks go back in autumn.
    autumn = (day("2027-10-31T08:00+01:00"),)
    new = dates.NewDates(days=autumn, time_zone="Europe/Berlin", venue_ags="08136")
    moved = dates.reschedule(state, new, EARLY).state
    after = rows(session_calendar(moved, "de", EARLY))
    assert [uid for uid, _, _ in after] == [uid for uid, _, _ in before]
    assert [row[1:] for row in after] == [(1, "TENTATIVE"), (1, "CANCELLED")]
    back = dates.reschedule(moved, new.model_copy(update={"days": SPRING}), EARLY).state
    assert [row[1:] for row in rows(session_calendar(back, "de", EARLY))] == [(2, "TENTATIVE")] * 2
    gone = lifecycle.cancel(back, ReasonCode.OTHER).state
    method, _ = read(session_calendar(gone, "de", EARLY))
    assert method == "CANCEL"
    assert [row[1:] for row in rows(session_calendar(gone, "de", EARLY))] == [(3, "CANCELLED")] * 2


def test_entries_are_cancelled_when_the_booking_is() -> None:
    state = booked(opened(), 1)
    assert read(booking_calendar(state, booking(1), "en", EARLY))[0] == "PUBLISH"
    state = bookings.cancel_booking(state, booking(1), EARLY).state
    content = booking_calendar(state, booking(1), "en", EARLY)
    assert read(content)[0] == "CANCEL"
    assert [row[1:] for row in rows(content)] == [(1, "CANCELLED")] * 2


def test_address_is_only_in_the_file_of_a_booked_online_day() -> None:
    url = "https://raum.example/kurs"
    days = (day("2027-03-27T08:00+01:00", online=True), day("2027-03-28T08:00+02:00"))
    draft = session(1, state=SessionState.DRAFT, days=days, format=CourseFormat.BLENDED, online_url=url)
    state = booked(plan.open_booking(plan.schedule(None, draft).state, EARLY).state, 1, 2)
    assert url.encode() not in session_calendar(state, "en", EARLY)
    assert booking_calendar(state, booking(1), "en", EARLY).count(url.encode()) == 1
    assert url.encode() not in booking_calendar(state, booking(2), "en", EARLY)
