"""The catalogue of personal data: which field, what for, on which legal basis, how long, what erasure does."""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict

_FILE = Path(__file__).parent.parent / "data" / "personal_data.yaml"

type Start = Literal["none", "invited", "deactivated", "expiry", "last_access", "change"]
type Seer = Literal[
    "self", "company_hr", "network_manager", "own_organisation", "platform_admin", "contact_lookup", "funder"
]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Retention(_Strict):
    """How long: `days` after the start, None where nothing but the purpose ends it."""

    start: Start
    days: int | None = None
    action: Literal["none", "erase", "delete"]
    en: str
    de: str
    source: str


class DataField(_Strict):
    """One field. `model` is None where the store's document has no model of its own."""

    service: str
    collection: str
    model: str | None
    field: str
    en: str
    de: str
    purpose_en: str
    purpose_de: str
    legal_basis: str
    retention: str
    erasure: Literal["deleted", "pseudonymised", "kept"]
    seen_by: tuple[Seer, ...]


class Catalogue(_Strict):
    valid_from: date
    retention: dict[str, Retention]
    fields: tuple[DataField, ...]
    not_personal: tuple[str, ...]

    def days(self, rule: str) -> int:
        """Return after how many days data under this rule is due. Errors: KeyError for a rule without days."""
        days = self.retention[rule].days
        if days is None:
            raise KeyError(rule)
        return days


@cache
def catalogue() -> Catalogue:
    """Read the catalogue. Errors: `ValidationError` for an unknown or missing key, ValueError for a rule."""
    raw = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    for rule in raw["retention"].values():
        rule["start"] = rule.pop("from")
    found = Catalogue.model_validate(raw)
    unknown = {field.retention for field in found.fields} - set(found.retention)
    if unknown:
        raise ValueError(f"personal_data.yaml: no retention rule {sorted(unknown)}")
    return found


def markdown(language: Literal["en", "de"] = "en") -> str:
    """Return the catalogue as a page for people."""
    found = catalogue()
    lines = [
        "# Personal data",
        "",
        f"Edition of {found.valid_from.isoformat()}; `make docs` writes this page from the service's data.",
        "The running system answers the same at `GET /api/membership/v1/privacy/catalogue`.",
        "",
        "| Where | Field | What | Purpose | Legal basis | Kept | Erasure | Seen by |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for one in found.fields:
        what, purpose = (one.en, one.purpose_en) if language == "en" else (one.de, one.purpose_de)
        seen = ", ".join(one.seen_by) or "nobody"
        lines.append(
            f"| {one.service}.{one.collection} | {one.field} | {what} | {purpose} | {one.legal_basis} "
            f"| {one.retention} | {one.erasure} | {seen} |"
        )
    lines += ["", "## How long", "", "| Rule | Kept | Then | Source |", "|---|---|---|---|"]
    for name, rule in found.retention.items():
        text = rule.en if language == "en" else rule.de
        lines.append(f"| {name} | {text} | {rule.action} | {rule.source} |")
    return "\n".join(lines) + "\n"
