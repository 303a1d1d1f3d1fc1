"""A session as a calendar file (RFC 5545): one event a day, with a UID for ever and a SEQUENCE for every change.

A calendar that reads the file again moves, renames or removes the entries it has instead of adding new ones. No names
and no list of participants are in it.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from services.courses.sessions.domain import Ended, Session, SessionState
from services.courses.sessions.domain.parts import CalendarDay
from shared.ids import BookingId
from shared.reference import districts, topics

MEDIA_TYPE = "text/calendar; charset=utf-8"
_STATUS = {
    SessionState.DRAFT: "TENTATIVE",
    SessionState.OPEN: "TENTATIVE",
    SessionState.POSTPONED: "TENTATIVE",
    SessionState.CANCELLED: "CANCELLED",
}


def session_calendar(session: Session, language: str, at: datetime) -> bytes:
    """Return the days of a session for everybody who may see it."""
    return _file(session, language, at, over=False, url=None)


def booking_calendar(session: Session, booking_id: BookingId, language: str, at: datetime) -> bytes:
    """Return the days for who has the booking; once it has ended, the same days as cancelled ones.

    Errors: `NotFound` 404.
    """
    over = isinstance(session.booking(booking_id), Ended)
    url = session.online_url if booking_id in session.confirmed else None
    return _file(session, language, at, over=over, url=url)


def _file(session: Session, language: str, at: datetime, *, over: bool, url: str | None) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", "-//Verbundwerk//courses//DE")
    calendar.add("version", "2.0")
    gone = over or session.state is SessionState.CANCELLED
    calendar.add("method", "CANCEL" if gone else "PUBLISH")
    for entry in session.calendar:
        calendar.add_component(_event(session, entry, language, at, over=over, url=url))
    calendar.add_missing_timezones()
    found: bytes = calendar.to_ical()
    return found


def _event(
    session: Session, entry: CalendarDay, language: str, at: datetime, *, over: bool, url: str | None
) -> Event:
    zone = ZoneInfo(session.time_zone)
    cancelled = entry.cancelled or over
    event = Event()
    event.add("uid", f"{session.id}-{entry.uid}@verbundwerk")
    # An ended booking is one change more than the session's own.
    event.add("sequence", entry.sequence + (1 if over and not entry.cancelled else 0))
    event.add("dtstamp", at)
    event.add("dtstart", entry.day.starts_at.astimezone(zone))
    event.add("dtend", entry.day.ends_at.astimezone(zone))
    event.add("summary", _title(session, language))
    event.add("status", "CANCELLED" if cancelled else _STATUS.get(session.state, "CONFIRMED"))
    place = "online" if entry.day.online else _place(session)
    if place:
        event.add("location", place)
    if url is not None and entry.day.online:
        event.add("url", url)
    return event


def _title(session: Session, language: str) -> str:
    topic = topics().get(session.topic_code)
    return session.topic_code if topic is None else topic.title(language)


def _place(session: Session) -> str:
    district = districts().get(session.venue_ags or "")
    return "" if district is None else district.name
