"""The catalogue for feed readers and calendars: RSS 2.0, Atom (RFC 4287), iCalendar (RFC 5545)."""

# Documents are written here, never parsed, so the parser's weaknesses do not matter.
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from services.courses.catalogue.offerings import Offering
from shared.events.course_values import CourseFormat
from shared.events.envelope import Value

ATOM = "http://www.w3.org/2005/Atom"
_WORDS = {
    "de": {"units": "Unterrichtseinheiten", "free": "freie Plätze", "online": "online", "from": "ab"},
    "en": {"units": "teaching units", "free": "free seats", "online": "online", "from": "from"},
}


class Feed(Value):
    """What a feed says of itself; `updated` is when the newest of its offerings was published or booked."""

    title: str
    url: str
    self_url: str
    updated: datetime
    language: str = "de"


def rss(feed: Feed, offerings: Sequence[Offering]) -> bytes:
    """Return the offerings as RSS 2.0."""
    root = ET.Element("rss", {"version": "2.0", "xmlns:atom": ATOM})
    channel = ET.SubElement(root, "channel")
    _text(channel, "title", feed.title)
    _text(channel, "link", feed.url)
    _text(channel, "description", feed.title)
    _text(channel, "language", feed.language)
    _text(channel, "lastBuildDate", format_datetime(feed.updated))
    ET.SubElement(channel, "atom:link", {"href": feed.self_url, "rel": "self", "type": "application/rss+xml"})
    for offering in offerings:
        item = ET.SubElement(channel, "item")
        _text(item, "title", headline(offering, feed.language))
        _text(item, "link", _link(feed, offering))
        _text(item, "description", summary(offering, feed.language))
        _text(item, "category", offering.topic_code)
        guid = ET.SubElement(item, "guid", {"isPermaLink": "false"})
        guid.text = f"urn:uuid:{offering.session_id}"
    return _document(root)


def atom(feed: Feed, offerings: Sequence[Offering]) -> bytes:
    """Return the offerings as Atom."""
    root = ET.Element("feed", {"xmlns": ATOM, "xml:lang": feed.language})
    _text(root, "id", feed.self_url)
    _text(root, "title", feed.title)
    _text(root, "updated", feed.updated.isoformat())
    ET.SubElement(root, "link", {"href": feed.self_url, "rel": "self"})
    ET.SubElement(root, "link", {"href": feed.url, "rel": "alternate"})
    _text(ET.SubElement(root, "author"), "name", feed.title)
    for offering in offerings:
        entry = ET.SubElement(root, "entry")
        _text(entry, "id", f"urn:uuid:{offering.session_id}")
        _text(entry, "title", headline(offering, feed.language))
        _text(entry, "updated", feed.updated.isoformat())
        ET.SubElement(entry, "link", {"href": _link(feed, offering), "rel": "alternate"})
        ET.SubElement(entry, "category", {"term": offering.topic_code})
        _text(entry, "summary", summary(offering, feed.language))
    return _document(root)


def ics(feed: Feed, offerings: Sequence[Offering]) -> bytes:
    """Return every day of every offering as an event of a calendar."""
    calendar = Calendar()
    calendar.add("prodid", "-//Verbundwerk//courses//DE")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", feed.title)
    for offering in offerings:
        zone = ZoneInfo(offering.time_zone)
        for number, day in enumerate(offering.days):
            event = Event()
            event.add("uid", f"{offering.session_id}-{number}@verbundwerk")
            event.add("dtstamp", feed.updated)
            event.add("dtstart", day.starts_at.astimezone(zone))
            event.add("dtend", day.ends_at.astimezone(zone))
            event.add("summary", headline(offering, feed.language))
            event.add("description", summary(offering, feed.language))
            if offering.venue_name:
                event.add("location", offering.venue_name)
            event.add("url", _link(feed, offering))
            calendar.add_component(event)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def headline(offering: Offering, language: str) -> str:
    """Return the title with the first day."""
    first = offering.days[0].starts_at.astimezone(ZoneInfo(offering.time_zone))
    day = first.strftime("%d.%m.%Y") if language == "de" else first.strftime("%d %b %Y")
    return f"{offering.title(language)} ({_WORDS[language]['from']} {day})"


def summary(offering: Offering, language: str) -> str:
    """Return the facts in one line."""
    words = _WORDS[language]
    place = words["online"] if offering.format is CourseFormat.ONLINE else offering.venue_name
    facts = [f"{offering.teaching_units} {words['units']}", place, f"{offering.free_seats} {words['free']}"]
    if offering.price_cents is not None:
        facts.append(f"{offering.price_cents / 100:.2f} EUR")
    return ", ".join(fact for fact in facts if fact)


def _link(feed: Feed, offering: Offering) -> str:
    return f"{feed.url}#{offering.session_id}"


def _text(parent: ET.Element, tag: str, text: str) -> None:
    ET.SubElement(parent, tag).text = text


def _document(root: ET.Element) -> bytes:
    ET.indent(root)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))
