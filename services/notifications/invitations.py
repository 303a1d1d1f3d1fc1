"""The calendar entry of a seat: one event that is invited, updated and cancelled (RFC 5545, RFC 5546).

UID is the booking's, SEQUENCE the number of the session's event that the mail tells of, so every later mail replaces
the earlier ones, whatever order they arrive in. Further days are recurrence dates of the one event; days of another
length are overrides (RECURRENCE-ID) of it.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from icalendar import Calendar, Event, vCalAddress, vText

from services.notifications import texts
from services.notifications.texts import Session

PRODUCT = "-//Verbundwerk//Notifications 1//DE"


@dataclass(frozen=True, slots=True)
class Entry:
    """What a calendar program is told; `method` is REQUEST or CANCEL."""

    method: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Guest:
    """Who is invited by whom; gone once the mail is written."""

    name: str
    email: str
    organiser: str


def entry(
    uid: str,
    session: Session,
    *,
    sequence: int,
    cancelled: bool,
    language: str,
    at: datetime,
    link: str,
    guest: Guest | None = None,
) -> Entry:
    """Return the invitation, update or cancellation; an update is an invitation with a higher `sequence`."""
    method = "CANCEL" if cancelled else "REQUEST"
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    for part in events_of(
        uid, session, sequence=sequence, cancelled=cancelled, language=language, at=at, link=link
    ):
        if guest is not None:
            _invite(part, guest)
        calendar.add_component(part)
    return Entry(method, calendar.to_ical())


def events_of(
    uid: str,
    session: Session,
    *,
    sequence: int,
    cancelled: bool,
    language: str,
    at: datetime,
    link: str,
) -> list[Event]:
    """Return the event and the overrides of days that last longer or shorter than the first."""
    first, *others = session.days
    length = first.ends_at - first.starts_at
    parts = []
    for number, day in enumerate(session.days):
        if number > 0 and day.ends_at - day.starts_at == length:
            continue
        part = Event()
        part.add("uid", uid)
        part.add("dtstamp", at.astimezone(UTC))
        part.add("dtstart", day.starts_at.astimezone(UTC))
        part.add("dtend", day.ends_at.astimezone(UTC))
        part.add("sequence", sequence)
        part.add("summary", texts.topic(session.topic_code, language))
        part.add("status", "CANCELLED" if cancelled else "CONFIRMED")
        part.add("transp", "OPAQUE")
        part.add("url", link)
        if number == 0 and others:
            part.add("rdate", [other.starts_at.astimezone(UTC) for other in others])
        if number > 0:
            part.add("recurrence-id", day.starts_at.astimezone(UTC))
        parts.append(part)
    return parts


def _invite(part: Event, guest: Guest) -> None:
    organiser = vCalAddress(f"mailto:{guest.organiser}")
    organiser.params["CN"] = vText("Verbundwerk")
    attendee = vCalAddress(f"mailto:{guest.email}")
    # A double quote cannot stand in a parameter value (RFC 5545, 3.1).
    attendee.params["CN"] = vText(guest.name.replace('"', "'"))
    attendee.params["PARTSTAT"] = vText("ACCEPTED")
    attendee.params["RSVP"] = vText("FALSE")
    part.add("organizer", organiser, encode=False)
    part.add("attendee", attendee, encode=False)
