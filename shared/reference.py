"""Reference data with source and date, read once from shared/data: topics, ESCO skills, districts."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Topic:
    """A node of the topic tree; groups have no `parent_id` and no figures. Units are 45 minutes each."""

    code: str
    parent_code: str | None
    title_de: str
    title_en: str
    esco_uri: str | None
    typical_units: int | None
    typical_min: int | None = None
    typical_max: int | None = None

    def title(self, language: str) -> str:
        """Return the title for a reader of `language` ("de" or "en")."""
        return self.title_de if language == "de" else self.title_en


@dataclass(frozen=True, slots=True)
class Skill:
    """A concept of ESCO v1.2 with its preferred labels."""

    uri: str
    title_de: str
    title_en: str
    theme: str


@dataclass(frozen=True, slots=True)
class District:
    """One of the 44 Stadt- and Landkreise of Baden-Württemberg; `ags` has 5 digits."""

    ags: str
    nuts3: str
    name: str
    official_name: str
    kind: str

    @property
    def names(self) -> tuple[str, ...]:
        """What people call it; some names stand for two districts."""
        full = {"Landkreis": ("Landkreis", "Kreis", "LK"), "Stadtkreis": ("Stadtkreis", "Stadt", "SK")}
        return (
            self.name,
            self.official_name,
            *(f"{word} {self.official_name}" for word in full[self.kind]),
        )


@cache
def topics() -> dict[str, Topic]:
    """Return the topic tree by code."""
    return {
        row["id"]: Topic(
            code=row["id"],
            parent_code=row["parent_id"] or None,
            title_de=row["title_de"],
            title_en=row["title_en"],
            esco_uri=row["esco_uri"] or None,
            typical_units=_number(row["typical_units"]),
            typical_min=_number(row["typical_min"]),
            typical_max=_number(row["typical_max"]),
        )
        for row in _rows("topics.csv")
    }


@cache
def skills() -> dict[str, Skill]:
    """Return the ESCO skills by URI."""
    return {
        row["uri"]: Skill(row["uri"], row["title_de"], row["title_en"], row["theme"])
        for row in _rows("esco_skills.csv")
    }


@cache
def districts() -> dict[str, District]:
    """Return the districts by AGS."""
    columns = ("ags", "nuts3", "name", "official_name", "kind")
    return {row["ags"]: District(*(row[name] for name in columns)) for row in _rows("districts_bw.csv")}


def _number(text: str) -> int | None:
    return int(text) if text else None


def _rows(name: str) -> list[dict[str, str]]:
    with (_FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
