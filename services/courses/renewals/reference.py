"""How long the proof of a topic holds: dated rules, read once from services/courses/renewals/data."""

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent / "data" / "validity.csv"


@dataclass(frozen=True, slots=True)
class Validity:
    """A proof holds for `months` from its issue; the need is posted `ask_days_before` its end."""

    months: int
    ask_days_before: int


def validity_of(topic_code: str, issued_on: date) -> Validity | None:
    """Return the rule for a proof issued on a day, None where it has no end."""
    day = issued_on.isoformat()
    for row in _rows():
        holds = row["valid_from"] <= day and (not row["valid_to"] or day <= row["valid_to"])
        if row["topic_code"] == topic_code and holds:
            return Validity(int(row["valid_months"]), int(row["ask_days_before"]))
    return None


@cache
def _rows() -> tuple[dict[str, str], ...]:
    with _FILE.open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))
