"""A digest in words: what waited, by course."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from services.notifications import texts
from services.notifications.texts import Rendered, Session
from shared.mongo import Document

MAX_GROUPS = 60
MAX_BOOKINGS = 12


def facts_of(
    items: Sequence[Document], sessions: dict[str, Session], language: str, at: datetime
) -> list[tuple[str, list[str]]]:
    """Return the box of the digest: a heading per course, under it a line per kind of message, with counts."""
    groups: dict[str, dict[str, list[str]]] = {}
    for item in items:
        session = sessions.get(item["session_id"]) if item["session_id"] else None
        values = texts.context(item["facts"], session, language, at)
        heading = (
            f"{values['topic']}, {values['first_day']}" if session else texts.texts(language).words["other"]
        )
        title = _title(item["template"], language, values)
        group = groups.setdefault(heading, {}).setdefault(title, [])
        group.append(texts.short_id(item["booking_id"]) if item["booking_id"] else "")
    shown = [
        (heading, [_line(title, bookings) for title, bookings in lines.items()])
        for heading, lines in list(groups.items())[:MAX_GROUPS]
    ]
    more = len(groups) - MAX_GROUPS
    if more > 0:
        shown.append((texts.texts(language).words["other"], [f"+ {more}"]))
    return shown


def rendered(items: Sequence[Document], language: str) -> Rendered:
    """Return subject, title and the opening sentence."""
    values = {"count": len(items)}
    return texts.fill(texts.texts(language).digest, values)


def _title(template: str, language: str, values: dict[str, Any]) -> str:
    return texts.render(template, language, values).title


def _line(title: str, bookings: list[str]) -> str:
    named = [one for one in bookings if one]
    count = f" ({len(bookings)})" if len(bookings) > 1 else ""
    cut = " …" if len(named) > MAX_BOOKINGS else ""
    return f"{title}{count}" + (f": {', '.join(named[:MAX_BOOKINGS])}{cut}" if named else "")
