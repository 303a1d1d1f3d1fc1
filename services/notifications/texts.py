"""The message table and its texts, from data; rendered in the reader's language, formats and time zone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from babel.dates import format_date, format_time
from babel.numbers import format_currency
from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import BaseModel, ConfigDict

from services.notifications import domain
from services.notifications.domain import Row
from shared.events.course_values import SessionDay
from shared.events.membership import CancellationTier
from shared.reference import topics

LANGUAGES = ("de", "en")
_HERE = Path(__file__).parent
_LOCALES = {"de": "de_DE", "en": "en_GB"}
_DATES = {"de": "EEE, d. MMM y", "en": "EEE d MMM y"}
_TIMES = {"de": "H:mm", "en": "HH:mm"}
_HOME = "Europe/Berlin"


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Text(_Strict):
    """One template: Jinja sources of subject, title and paragraphs."""

    subject: str
    title: str
    body: tuple[str, ...]


class Texts(_Strict):
    """Everything that is said in one language."""

    words: dict[str, str]
    shared: dict[str, str]
    templates: dict[str, Text]


class Session(_Strict):
    """The local copy of a session, as far as texts need it."""

    topic_code: str
    days: tuple[SessionDay, ...]
    time_zone: str
    cancellation: tuple[CancellationTier, ...] = domain.DEFAULT_CANCELLATION


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom a mail is rendered; the names exist only for the time of rendering."""

    name: str
    language: str
    participant: str | None = None
    pays: bool = False  # the company's people see prices


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message in words."""

    subject: str
    title: str
    paragraphs: tuple[str, ...]


@cache
def table() -> tuple[Row, ...]:
    """Return the message table. Errors: `ValidationError` for an unknown or missing field."""
    rows = yaml.safe_load((_HERE / "data" / "messages.yaml").read_text(encoding="utf-8"))
    return tuple(Row.model_validate(row) for row in rows)


@cache
def texts(language: str) -> Texts:
    """Return the texts of a language of `LANGUAGES`. Errors: `ValidationError`."""
    return Texts.model_validate(
        yaml.safe_load((_HERE / "data" / f"texts.{language}.yaml").read_text(encoding="utf-8"))
    )


# The texts are plain text; escaping happens once, where they are put into HTML.
_plain = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
_layouts = ImmutableSandboxedEnvironment(
    loader=FileSystemLoader(_HERE / "layouts"),
    undefined=StrictUndefined,
    autoescape=lambda name: bool(name and name.endswith(".html.j2")),
    keep_trailing_newline=True,
)


def language_for(locale: str) -> str:
    """Return the language of our texts that serves `locale`; German where there is none."""
    language = locale[:2].lower()
    return language if language in LANGUAGES else "de"


def short_id(booking_id: str) -> str:
    """Return the last 8 characters of a booking id in upper case: what people say on the phone."""
    return booking_id.replace("-", "")[-8:].upper()


def money(cents: int, language: str) -> str:
    """Return net euros, e.g. "1.173,00 € netto"."""
    amount = format_currency(Decimal(cents) / 100, "EUR", locale=_LOCALES[language])
    return f"{amount} {texts(language).words['net']}"


def _day(moment: datetime, zone: ZoneInfo, language: str) -> str:
    return format_date(moment.astimezone(zone).date(), _DATES[language], locale=_LOCALES[language])


def _span(day: SessionDay, session: Session, language: str) -> str:
    zone = ZoneInfo(session.time_zone)
    start, end = (
        format_time(at.astimezone(zone).time(), _TIMES[language], locale=_LOCALES[language])
        for at in (day.starts_at, day.ends_at)
    )
    said = f"{_day(day.starts_at, zone, language)}, {start}–{end} {texts(language).words['clock']}".rstrip()
    return said if session.time_zone == _HOME else f"{said} ({session.time_zone})"


def _topic(code: str, language: str) -> str:
    found = topics().get(code)
    return found.title(language) if found else code


def context(facts: Mapping[str, Any], session: Session, language: str, at: datetime) -> dict[str, Any]:
    """Return what the texts of a notification may name; `at` is when it is written."""
    zone = ZoneInfo(session.time_zone)
    first = session.days[0].starts_at
    free = domain.free_until(first.astimezone(zone).date(), at.astimezone(zone).date(), session.cancellation)
    values: dict[str, Any] = {
        **facts,
        "topic": _topic(session.topic_code, language),
        "first_day": _day(first, zone, language),
        "free_until": format_date(free, _DATES[language], locale=_LOCALES[language]) if free else None,
    }
    if "price_cents" in facts:
        values["price"] = money(facts["price_cents"], language)
    if "fee_cents" in facts:
        values["fee"] = money(facts["fee_cents"], language)
    values["free_until_text"] = _fill(texts(language).shared["free_until"], values)
    return values


def render(template: str, language: str, values: Mapping[str, Any]) -> Rendered:
    """Return the message in words. Errors: jinja2's `UndefinedError` for a value that is not there."""
    text = texts(language).templates[template]
    paragraphs = (_fill(source, values) for source in text.body)
    return Rendered(
        _fill(text.subject, values),
        _fill(text.title, values),
        tuple(paragraph for paragraph in paragraphs if paragraph),
    )


def _fill(source: str, values: Mapping[str, Any]) -> str:
    return " ".join(_compiled(source).render(values).split())


@cache
def _compiled(source: str) -> Any:
    return _plain.from_string(source)


def lay_out(
    medium: str,
    rendered: Rendered,
    reader: Reader,
    *,
    session: Session,
    facts: Mapping[str, Any],
    booking_id: str | None,
    link: str,
) -> str:
    """Return a mail's body; `medium` is "html" or "txt". Errors: `UndefinedError`."""
    words = texts(reader.language).words
    lines: list[tuple[str, list[str]]] = [
        (words["course"], [_topic(session.topic_code, reader.language)]),
        (words["dates"], [_span(day, session, reader.language) for day in session.days]),
    ]
    if "price_cents" in facts and reader.pays:
        lines.append((words["price"], [money(facts["price_cents"], reader.language)]))
    if reader.participant:
        lines.append((words["participant"], [reader.participant]))
    if booking_id is not None:
        lines.append((words["booking"], [short_id(booking_id)]))
    return _layouts.get_template(f"mail.{medium}.j2").render(
        language=reader.language,
        words=words,
        subject=rendered.subject,
        title=rendered.title,
        paragraphs=rendered.paragraphs,
        name=reader.name,
        facts=lines,
        link=link,
    )
