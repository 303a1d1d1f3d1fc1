"""Needs from a list: one line a need, each checked by the rules of a single one. Pure.

Columns are recognised by their German or English heading, in any order; dates as 2027-03-31 or 31.03.2027.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from pydantic import ValidationError

from services.courses.needs.bodies import PostNeed
from services.courses.needs.domain import Need, checked, require_future
from shared.errors import Invalid, Problem, Rejected
from shared.events.courses import NeedOrigin
from shared.events.envelope import Value
from shared.ids import NeedId, NetworkId, OrganisationId, derived_id
from shared.reference import topics
from shared.tables import Table

MAX_NEEDS = 500  # in one file: they are posted while the caller waits
_HEADINGS: dict[str, tuple[str, ...]] = {
    "topic_code": ("thema", "topic", "topic_code"),
    "headcount": ("personen", "headcount", "people", "anzahl"),
    "window_from": ("von", "from", "window_from"),
    "window_to": ("bis", "to", "until", "window_to"),
    "format": ("format",),
    "level": ("stufe", "level"),
    "kldb": ("kldb", "zielgruppe (kldb)", "target group (kldb)"),
    "ags": ("kreis", "kreis (ags)", "district", "ags"),
    "goal": ("ziel", "goal"),
    "budget_cents_per_seat": ("budget je platz", "budget je platz (euro)", "budget per seat"),
    "max_distance_km": ("höchstens km", "entfernung (km)", "max km", "distance (km)"),
    "mandatory": ("pflicht", "mandatory"),
    "recurs_every_months": ("wiederholung (monate)", "recurs (months)"),
}
_WORDS: dict[str, dict[str, Any]] = {
    "format": {"vor ort": "on_site", "präsenz": "on_site", "gemischt": "blended", "beliebig": "any"},
    "level": {"grundlagen": "basic", "aufbau": "advanced", "experte": "expert"},
    "mandatory": {
        "ja": True,
        "x": True,
        "yes": True,
        "true": True,
        "nein": False,
        "no": False,
        "false": False,
    },
}
_NUMBERS = {"headcount", "max_distance_km", "recurs_every_months"}
_DATES = {"window_from", "window_to"}
_ORDER = ("%Y-%m-%d", "%d.%m.%Y")


class NoColumn(Rejected):
    status = 422
    en = "The list has no column {column}; a heading may be one of: {headings}."
    de = "Der Liste fehlt die Spalte {column}; die Überschrift lautet zum Beispiel: {headings}."


class TooManyNeeds(Rejected):
    status = 422
    en = "The list has more than {limit} needs; please divide it."
    de = "Die Liste hat mehr als {limit} Bedarfe; bitte teilen."


class Finding(Value):
    """What is wrong in a line, in which column (its English name), in both languages."""

    line: int
    column: str | None
    code: str
    detail_de: str
    detail_en: str


class Line(Value):
    """One line: the need that it asks for, or what is wrong with it."""

    number: int
    need: Need | None = None
    findings: tuple[Finding, ...] = ()


def read_needs(
    table: Table, network_id: NetworkId, organisation_id: OrganisationId, today: date, created_ms: int
) -> list[Line]:
    """Return every line as a need or with its findings. Errors: `NoColumn`, `TooManyNeeds` 422."""
    if len(table.lines) > MAX_NEEDS:
        raise TooManyNeeds(limit=MAX_NEEDS)
    places = _places(table.headings)
    return [
        _line(number, cells, places, (network_id, organisation_id), today, created_ms)
        for number, cells in table.lines
    ]


def _places(headings: Sequence[str]) -> dict[str, int]:
    folded = [heading.strip().casefold() for heading in headings]
    places = {
        field: folded.index(name) for field, names in _HEADINGS.items() for name in names if name in folded
    }
    for needed in ("topic_code", "headcount", "window_from", "window_to"):
        if needed not in places:
            raise NoColumn(column=needed, headings=", ".join(_HEADINGS[needed]))
    return places


def _line(
    number: int,
    cells: Sequence[str],
    places: Mapping[str, int],
    owner: tuple[NetworkId, OrganisationId],
    today: date,
    created_ms: int,
) -> Line:
    given = {field: cells[place] for field, place in places.items() if place < len(cells) and cells[place]}
    try:
        values = {field: _meaning(field, text) for field, text in given.items()}
        body = PostNeed.model_validate(
            {"network_id": owner[0], "organisation_id": owner[1], "format": "any", **values}
        )
        need = _need(body, created_ms)
        checked(need)
        require_future(need.last_day, need.window_to, today)
    except ValidationError as error:
        return Line(number=number, findings=tuple(_of_field(number, each) for each in error.errors()))
    except Problem as problem:
        return Line(number=number, findings=(_of_problem(number, problem),))
    return Line(number=number, need=need)


def _need(body: PostNeed, created_ms: int) -> Need:
    # The same line for the same company is the same need, however often its list is imported.
    content = body.model_dump_json()
    return Need(
        **{**body.model_dump(), **body.terms()},
        id=NeedId(derived_id("imported-need", content)),
        origin=NeedOrigin.IMPORTED,
        request=derived_id("line", content),
        created_ms=created_ms,
    )


def _meaning(field: str, text: str) -> Any:
    text = text.strip()
    if field in _WORDS:
        return _WORDS[field].get(text.casefold(), text)
    if field in _NUMBERS:
        return int(text) if text.isascii() and text.isdigit() else text
    if field in _DATES:
        return _day(text)
    if field == "topic_code":
        return _topic(text)
    if field == "budget_cents_per_seat":
        return _cents(text)
    return text


def _day(text: str) -> Any:
    for order in _ORDER:
        try:
            return datetime.strptime(text[:10], order).date()  # noqa: DTZ007  a day has no zone
        except ValueError:
            continue
    return text


def _topic(text: str) -> str:
    wanted = text.casefold()
    titles = {
        title.casefold(): topic.code
        for topic in topics().values()
        for title in (topic.title_de, topic.title_en)
    }
    return titles.get(wanted, text)


def _cents(text: str) -> Any:
    found = re.fullmatch(r"(\d{1,3}(?:\.?\d{3})*|\d+)(?:[,.](\d{2}))?\s*(?:€|EUR)?", text)
    if found is None:
        return text
    return int(found[1].replace(".", "")) * 100 + int(found[2] or 0)


def _of_field(number: int, error: Mapping[str, Any]) -> Finding:
    column = str(error["loc"][0]) if error["loc"] else None
    return Finding(
        line=number,
        column=column,
        code=str(error["type"]),
        detail_de=f"Dieser Wert passt nicht ({column}).",
        detail_en=str(error["msg"]),
    )


def _of_problem(number: int, problem: Problem) -> Finding:
    column = problem.pointer.split("/")[1] if problem.pointer else None
    code = problem.slug if not isinstance(problem, Invalid) else "invalid"
    return Finding(
        line=number,
        column=column,
        code=code,
        detail_de=problem.text("de"),
        detail_en=problem.text("en"),
    )
