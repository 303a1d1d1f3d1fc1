"""Dated reference data of this service, read once from services/membership/data."""

import csv
import json
from datetime import date
from functools import cache
from pathlib import Path

from services.membership.networks.domain import Policies
from services.membership.sizes.domain import Threshold
from shared.events.membership import CancellationTier, SmeClass

_FOLDER = Path(__file__).parent / "data"


@cache
def industry_codes() -> dict[str, dict[str, str]]:
    """Return scheme -> code -> German title for WZ 2008 and WZ 2025, without the sections' letters."""
    return {
        scheme: {row["code"]: row["title_de"] for row in _rows(file) if row["level"] != "1"}
        for scheme, file in (("WZ2008", "wz2008.csv"), ("WZ2025", "wz2025.csv"))
    }


@cache
def size_rules() -> tuple[Threshold, ...]:
    """Return the whole rule table; which rows hold in a year is decided by their dates."""
    return tuple(
        Threshold(
            valid_from=date.fromisoformat(row["valid_from"]),
            valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
            sme_class=SmeClass(row["sme_class"]),
            headcount_below=int(row["headcount_below"]),
            turnover_max_cents=int(row["turnover_max_cents"]),
            balance_sheet_max_cents=int(row["balance_sheet_max_cents"]),
            source=row["source"],
        )
        for row in _rows("size_classes.csv")
    )


def default_policies(day: date) -> Policies:
    """Return the policies that a network founded on `day` begins with: the newest edition then in force."""
    rows = _rows("cancellation_tiers.csv")
    editions = sorted({row["valid_from"] for row in rows})
    edition = max((one for one in editions if one <= day.isoformat()), default=editions[0])
    tiers = [
        CancellationTier(days_before=int(row["days_before"]), fee_percent=int(row["fee_percent"]))
        for row in rows
        if row["valid_from"] == edition
    ]
    return Policies(cancellation=tuple(sorted(tiers, key=lambda tier: -tier.days_before)))


@cache
def service_scopes() -> dict[str, tuple[str, ...]]:
    """Return what each service client may ask for."""
    scopes = json.loads((_FOLDER / "service_scopes.json").read_text(encoding="utf-8"))
    return {client: tuple(sorted(granted)) for client, granted in scopes.items()}


def _rows(name: str) -> list[dict[str, str]]:
    with (_FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
