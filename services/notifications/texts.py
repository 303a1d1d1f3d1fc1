"""The message table and its texts, from data; rendered in the reader's language, formats and time zone."""

import re
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
from jinja2 import StrictUndefined, meta
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import BaseModel, ConfigDict, Field

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
_HOLE = re.compile(r"\{\{\s*([a-z_]{1,40})\s*\}\}")


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
    digest: Text
    templates: dict[str, Text]


class Session(_Strict):
    """The local copy of a session, as far as texts need it."""

    topic_code: str
    days: tuple[SessionDay, ...]
    time_zone: str
    cancellation: tuple[CancellationTier, ...] = domain.DEFAULT_CANCELLATION
    earlier: dict[int, tuple[CancellationTier, ...]] = Field(default_factory=dict)
    cancelled: bool = False
    sequence: int = 1

    def terms(self, version: int | None) -> tuple[CancellationTier, ...]:
        """Return the cancellation terms that a booking froze, the present ones where it is not known which."""
        if version == 0:
            return domain.DEFAULT_CANCELLATION
        return self.earlier.get(version, self.cancellation) if version is not None else self.cancellation


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


def topic(code: str, language: str) -> str:
    """Return the topic's title in the language."""
    found = topics().get(code)
    return found.title(language) if found else code


def moment(at: str, zone: str, language: str) -> str:
    """Return an instant, e.g. "Mi., 9. Dez. 2026, 14:30 Uhr"."""
    local = datetime.fromisoformat(at).astimezone(ZoneInfo(zone))
    clock = format_time(local.time(), _TIMES[language], locale=_LOCALES[language])
    day = format_date(local.date(), _DATES[language], locale=_LOCALES[language])
    return f"{day}, {clock} {texts(language).words['clock']}".rstrip()


def context(facts: Mapping[str, Any], session: Session | None, language: str, at: datetime) -> dict[str, Any]:
    """Return what the texts of a notification may name; `at` is when it is written."""
    values: dict[str, Any] = dict(facts)
    for name in ("price", "fee"):
        if f"{name}_cents" in facts:
            values[name] = money(facts[f"{name}_cents"], language)
    zone = session.time_zone if session else _HOME
    for name in ("expires_at", "answer_by", "takes_effect_at"):
        if name in facts:
            values[name] = moment(facts[name], zone, language)
    if "reason" in facts:
        values["reason_text"] = texts(language).words.get(f"reason_{facts['reason']}", "")
    if session is None:
        return values
    tz = ZoneInfo(session.time_zone)
    first = session.days[0].starts_at
    tiers = session.terms(facts.get("policy_version"))
    free = domain.free_until(first.astimezone(tz).date(), at.astimezone(tz).date(), tiers)
    values |= {
        "topic": topic(session.topic_code, language),
        "first_day": _day(first, tz, language),
        "free_until": format_date(free, _DATES[language], locale=_LOCALES[language]) if free else None,
    }
    values["free_until_text"] = _fill(texts(language).shared["free_until"], values)
    return values


def render(template: str, language: str, values: Mapping[str, Any], own: Text | None = None) -> Rendered:
    """Return the message in words, `own` being a network's wording of it.

    Errors: jinja2's `UndefinedError` for a value that is not there.
    """
    if own is not None:
        return Rendered(
            _put(own.subject, values),
            _put(own.title, values),
            tuple(paragraph for paragraph in (_put(source, values) for source in own.body) if paragraph),
        )
    return fill(texts(language).templates[template], values)


def fill(text: Text, values: Mapping[str, Any]) -> Rendered:
    """Return one of our own texts with its values. Errors: as `render`."""
    paragraphs = (_fill(source, values) for source in text.body)
    return Rendered(
        _fill(text.subject, values),
        _fill(text.title, values),
        tuple(paragraph for paragraph in paragraphs if paragraph),
    )


def placeholders(template: str) -> frozenset[str]:
    """Return what a network's own wording of a template may name: what ours names, and nothing computed."""
    found: set[str] = set()
    for language in LANGUAGES:
        text = texts(language).templates[template]
        for source in (text.subject, text.title, *text.body):
            found |= meta.find_undeclared_variables(_plain.parse(source))
    return frozenset(found)


def used(text: Text) -> frozenset[str]:
    """Return the placeholders in a network's own wording."""
    return frozenset(name for part in (text.subject, text.title, *text.body) for name in _HOLE.findall(part))


def without_holes(source: str) -> str:
    """Return what is left of a network's own wording when the placeholders are taken out."""
    return _HOLE.sub("", source)


def _put(source: str, values: Mapping[str, Any]) -> str:
    # No template language here: a hole is filled once, and what fills it is never looked at again.
    filled = _HOLE.sub(lambda found: str(values.get(found[1]) or ""), source)
    return " ".join(filled.split())


def _fill(source: str, values: Mapping[str, Any]) -> str:
    return " ".join(_compiled(source).render(values).split())


@cache
def _compiled(source: str) -> Any:
    return _plain.from_string(source)


def facts_of(
    session: Session | None,
    facts: Mapping[str, Any],
    booking_id: str | None,
    reader: Reader,
) -> list[tuple[str, list[str]]]:
    """Return the box of a mail: course, dates, and what else the reader may see."""
    words = texts(reader.language).words
    lines: list[tuple[str, list[str]]] = []
    if session is not None:
        lines += [
            (words["course"], [topic(session.topic_code, reader.language)]),
            (words["dates"], [_span(day, session, reader.language) for day in session.days]),
        ]
    if "price_cents" in facts and reader.pays:
        lines.append((words["price"], [money(facts["price_cents"], reader.language)]))
    if reader.participant:
        lines.append((words["participant"], [reader.participant]))
    if booking_id is not None:
        lines.append((words["booking"], [short_id(booking_id)]))
    return lines
