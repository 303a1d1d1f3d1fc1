"""A published offering: a session that can be booked, with the words that people search for. Pure."""

import re
from collections.abc import Iterable
from datetime import date, datetime

from services.courses.sessions.domain import Session, SessionState
from shared.events.course_values import CourseFormat, SessionDay
from shared.events.envelope import Value
from shared.reference import districts, topics

PUBLISHED = (SessionState.OPEN, SessionState.CONFIRMED)
ONLINE_WORDS = "online"


class Offering(Value):
    """One bookable session; money in cents net, units of 45 minutes, instants in UTC to be read in `time_zone`."""

    session_id: str
    network_id: str
    course_id: str
    provider_id: str | None
    topic_code: str
    group_code: str
    title_de: str
    title_en: str
    esco_uri: str | None
    teaching_units: int
    format: CourseFormat
    days: tuple[SessionDay, ...]
    time_zone: str
    venue_ags: str | None
    venue_name: str | None
    minimum_seats: int
    capacity: int
    free_seats: int
    price_cents: int | None
    confirmed: bool

    def title(self, language: str) -> str:
        """Return the title for a reader of `language` ("de" or "en")."""
        return self.title_de if language == "de" else self.title_en

    @property
    def sort(self) -> str:
        """By first day, unique."""
        return f"{self.days[0].starts_at.isoformat()}-{self.session_id}"


class Wanted(Value):
    """What somebody looks for; everything that is given has to fit."""

    text: str = ""
    topic_code: str | None = None
    ags: tuple[str, ...] = ()
    first_day: date | None = None
    last_day: date | None = None
    format: CourseFormat | None = None
    free_seats: int = 0


def offering_of(session: Session, *, show_price: bool = True) -> Offering:
    """Return the offering that a session is."""
    topic = topics()[session.topic_code]
    counts = session.counts()
    district = districts().get(session.venue_ags) if session.venue_ags else None
    return Offering(
        session_id=session.id,
        network_id=session.network_id,
        course_id=session.course_id,
        provider_id=session.provider_id,
        topic_code=session.topic_code,
        group_code=topic.parent_code or topic.code,
        title_de=topic.title_de,
        title_en=topic.title_en,
        esco_uri=topic.esco_uri,
        teaching_units=session.teaching_units,
        format=_format(session),
        days=session.days,
        time_zone=session.time_zone,
        venue_ags=session.venue_ags,
        venue_name=None if district is None else district.name,
        minimum_seats=session.minimum_seats,
        capacity=session.capacity,
        free_seats=max(0, counts.free - counts.offered - counts.reserved),
        price_cents=session.price_cents if show_price else None,
        confirmed=session.state is SessionState.CONFIRMED,
    )


def _format(session: Session) -> CourseFormat:
    online = sum(day.online for day in session.days)
    if online == 0:
        return session.format
    return CourseFormat.ONLINE if online == len(session.days) else CourseFormat.BLENDED


def found(
    sessions: Iterable[Session], wanted: Wanted, at: datetime, *, show_price: bool = True
) -> list[Offering]:
    """Return what fits and has not begun, the earliest first."""
    offerings = (
        offering_of(session, show_price=show_price)
        for session in sessions
        if session.state in PUBLISHED and session.starts_at > at
    )
    return sorted((each for each in offerings if fits(each, wanted)), key=lambda each: each.sort)


def fits(offering: Offering, wanted: Wanted) -> bool:
    """Whether an offering is what somebody looks for."""
    first, last = offering.days[0].starts_at.date(), offering.days[-1].ends_at.date()
    return (
        wanted.topic_code in {None, offering.topic_code, offering.group_code}
        and (not wanted.ags or offering.venue_ags in wanted.ags)
        and (wanted.first_day is None or first >= wanted.first_day)
        and (wanted.last_day is None or last <= wanted.last_day)
        and wanted.format in {None, CourseFormat.ANY, offering.format}
        and offering.free_seats >= wanted.free_seats
        and _has_words(offering, wanted.text)
    )


def _has_words(offering: Offering, text: str) -> bool:
    words = re.findall(r"\w+", text.casefold())
    place = offering.venue_name or (ONLINE_WORDS if offering.format is CourseFormat.ONLINE else "")
    group = topics()[offering.group_code]
    names = [offering.title_de, offering.title_en, group.title_de, group.title_en, place]
    haystack = " ".join([*names, offering.topic_code]).casefold()
    return all(word in haystack for word in words)
