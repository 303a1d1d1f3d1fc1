"""Dated reference data of this service, read once from services/membership/data."""

import csv
import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import TypedDict

from services.membership.aid.domain import Ceiling
from services.membership.networks.policies import Policies
from services.membership.organisations.declaring import SizeRules
from services.membership.sizes.domain import Threshold
from services.membership.sizes.headcount import BandRule
from shared.events.membership import CancellationTier, HeadcountBand, SmeClass


class _Validity(TypedDict):
    valid_from: date
    valid_to: date | None


class Source(TypedDict):
    """Where reference data come from, what has to be named with them."""

    name: str
    source: str
    as_of: str
    licence: str


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
            **_validity(row),
            sme_class=SmeClass(row["sme_class"]),
            headcount_below=int(row["headcount_below"]),
            turnover_max_cents=int(row["turnover_max_cents"]),
            balance_sheet_max_cents=int(row["balance_sheet_max_cents"]),
            source=row["source"],
        )
        for row in _rows("size_classes.csv")
    )


@cache
def band_rules() -> tuple[BandRule, ...]:
    """Return the whole rule table of the headcount bands."""
    weights = ("weight_up_to_10", "weight_up_to_20", "weight_up_to_30", "weight_over_30")
    return tuple(
        BandRule(
            **_validity(row),
            band=HeadcountBand(row["band"]),
            from_headcount=int(row["from_headcount"]),
            weights=(int(row[weights[0]]), int(row[weights[1]]), int(row[weights[2]]), int(row[weights[3]])),
            source=row["source"],
        )
        for row in _rows("headcount_bands.csv")
    )


@cache
def both_size_rules() -> SizeRules:
    """Return what a size declaration is judged by."""
    return SizeRules(classes=size_rules(), bands=band_rules())


@cache
def aid_ceilings() -> tuple[Ceiling, ...]:
    """Return the whole rule table of the de-minimis ceiling."""
    return tuple(
        Ceiling(
            **_validity(row),
            ceiling_cents=int(row["ceiling_cents"]),
            window_years=int(row["window_years"]),
            warn_percent=int(row["warn_percent"]),
            source=row["source"],
        )
        for row in _rows("aid_ceilings.csv")
    )


def default_policies(day: date) -> Policies:
    """Return the policies that a network founded on `day` begins with: the newest edition then in force."""
    tiers = [
        CancellationTier(days_before=int(row["days_before"]), fee_percent=int(row["fee_percent"]))
        for row in _edition(_rows("cancellation_tiers.csv"), day)
    ]
    (others,) = _edition(_rows("policy_defaults.csv"), day)
    return Policies(
        cancellation=tuple(sorted(tiers, key=lambda tier: -tier.days_before)),
        pooling_days=int(others["pooling_days"]),
        pool_minimum_companies=int(others["pool_minimum_companies"]),
        pre_emptive_working_days=int(others["pre_emptive_working_days"]),
        cost_key=others["cost_key"],
    )


@cache
def municipalities() -> dict[str, dict[str, str]]:
    """Return the municipalities of Baden-Württemberg by their AGS of 8 digits."""
    return {row["ags_municipality"]: row for row in _rows("places_bw.csv")}


@cache
def occupations() -> dict[str, dict[str, str]]:
    """Return the subset of KldB 2010 (edition 2020) by code of 5 digits."""
    return {row["code"]: row for row in _rows("kldb2010.csv")}


@cache
def sources() -> dict[str, Source]:
    """Return the sources of what choosers offer, by name."""
    return {
        row["name"]: Source(
            name=row["name"], source=row["source"], as_of=row["as_of"], licence=row["licence"]
        )
        for row in _rows("sources.csv")
    }


@cache
def service_scopes() -> dict[str, tuple[str, ...]]:
    """Return what each service client may ask for."""
    scopes = json.loads((_FOLDER / "service_scopes.json").read_text(encoding="utf-8"))
    return {client: tuple(sorted(granted)) for client, granted in scopes.items()}


def _edition(rows: list[dict[str, str]], day: date) -> list[dict[str, str]]:
    """Return the rows of the newest edition in force on `day`, of the first one for an earlier day."""
    editions = sorted({row["valid_from"] for row in rows})
    edition = max((one for one in editions if one <= day.isoformat()), default=editions[0])
    return [row for row in rows if row["valid_from"] == edition]


def _validity(row: dict[str, str]) -> _Validity:
    return {
        "valid_from": date.fromisoformat(row["valid_from"]),
        "valid_to": date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
    }


def _rows(name: str) -> list[dict[str, str]]:
    with (_FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
