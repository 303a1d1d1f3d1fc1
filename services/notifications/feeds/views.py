"""A feed as calendar programs read it (RFC 5545, RFC 7986)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from icalendar import Calendar

from services.notifications import invitations
from services.notifications.texts import Session
from shared.ids import derived_id

TITLES = {"de": "Verbundwerk: Kurse", "en": "Verbundwerk: courses"}
REFRESH = timedelta(hours=1)


def calendar(
    seats: Sequence[tuple[str, str]],
    sessions: dict[str, Session],
    *,
    domain: str,
    language: str,
    link: str,
    at: datetime,
) -> bytes:
    """Return the calendar of these seats, each a key (booking, or session for a company) and its session's id."""
    made = Calendar()
    made.add("prodid", invitations.PRODUCT)
    made.add("version", "2.0")
    made.add("name", TITLES[language])
    made.add("x-wr-calname", TITLES[language])
    made.add("refresh-interval", REFRESH, parameters={"value": "DURATION"})
    for key, session_id in sorted(seats):
        session = sessions.get(session_id)
        if session is None:
            continue
        for part in invitations.events_of(
            f"{derived_id('calendar', key)}@{domain}",
            session,
            sequence=session.sequence,
            cancelled=session.cancelled,
            language=language,
            at=at,
            link=link,
        ):
            made.add_component(part)
    body: bytes = made.to_ical()
    return body
