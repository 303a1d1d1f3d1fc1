"""Dated reference data of this service, read once from services/courses/data."""

import csv
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

from shared.events.membership import SmeClass

_FOLDER = Path(__file__).parent / "data"


def size_weights(day: date) -> Mapping[SmeClass, int]:
    """Return the weights of the size classes that hold on `day` (domain notes 2.8)."""
    return {
        SmeClass(row["sme_class"]): int(row["weight"])
        for row in _rows("size_weights.csv")
        if row["valid_from"] <= day.isoformat()
        and (not row["valid_to"] or day.isoformat() <= row["valid_to"])
    }


@cache
def _rows(name: str) -> tuple[dict[str, str], ...]:
    with (_FOLDER / name).open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))
