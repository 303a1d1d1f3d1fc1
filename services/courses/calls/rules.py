"""Dated rules of calls for offers, read once from services/courses/calls/data."""

import csv
from datetime import date
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent / "data" / "procurement.csv"


def minimum_providers(day: date) -> int:
    """Return how many providers are invited at least, unless a reason is stated, by the rule of `day`."""
    return next(
        int(row["value"])
        for row in _rows()
        if row["rule"] == "minimum_providers"
        and row["valid_from"] <= day.isoformat()
        and (not row["valid_to"] or day.isoformat() <= row["valid_to"])
    )


@cache
def _rows() -> tuple[dict[str, str], ...]:
    with _FILE.open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))
