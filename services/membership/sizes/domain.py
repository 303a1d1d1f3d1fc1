"""The EU size class of an enterprise (Recommendation 2003/361/EC, annex, Art. 2 to 6). Pure.

Headcount is counted in hundredths of annual work units, money in cents, shares in whole percent.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from pydantic import Field

from shared.errors import Rejected
from shared.events.envelope import Value
from shared.events.membership import SmeClass

ORDER = (SmeClass.MICRO, SmeClass.SMALL, SmeClass.MEDIUM, SmeClass.LARGE)
PARTNER_FROM_PERCENT = 25  # Art. 3(2): a partner holds 25 % or more
LINKED_ABOVE_PERCENT = 50  # Art. 3(3) with Art. 6(2): over 50 % counts whole
PUBLIC_FROM_PERCENT = 25  # Art. 3(4): a public body with 25 % or more ends the SME status


class ExemptHolder(StrEnum):
    """Who may hold 25 to 50 % without being a partner, unless linked otherwise (Art. 3(2), second subparagraph)."""

    PUBLIC_INVESTMENT_OR_VENTURE_CAPITAL = "public_investment_or_venture_capital"
    BUSINESS_ANGEL = "business_angel"  # less than 1.25 million euros in the same enterprise
    UNIVERSITY_OR_RESEARCH = "university_or_research"
    INSTITUTIONAL_INVESTOR = "institutional_investor"
    SMALL_MUNICIPALITY = "small_municipality"  # budget below 10 million euros, fewer than 5,000 inhabitants


class NoSizeRule(Rejected):
    status = 422
    en = "There is no size rule for the year {year}."
    de = "Für das Jahr {year} gibt es keine Größenregel."


@dataclass(frozen=True, slots=True)
class Threshold:
    """One row of the rule table. Headcount must be below, one of the two ceilings must be kept."""

    valid_from: date
    valid_to: date | None
    sme_class: SmeClass
    headcount_below: int
    turnover_max_cents: int
    balance_sheet_max_cents: int
    source: str


class Figures(Value):
    """What one closed year says about one enterprise."""

    awu_hundredths: int = Field(ge=0)
    turnover_cents: int = Field(ge=0)
    balance_sheet_cents: int = Field(ge=0)


class Related(Value):
    """Another enterprise with `share_percent` of capital or votes, the higher of the two, either way."""

    figures: Figures
    share_percent: int = Field(ge=0, le=100)
    exempt: ExemptHolder | None = None


class Staff(Value):
    """Employees by weekly hours, for § 82 SGB III: another count than annual work units, with other weights.

    `group_hundredths` is what the rest of the group (Konzern) employs, weighted alike, in hundredths.
    """

    up_to_10_hours: int = Field(0, ge=0)
    up_to_20_hours: int = Field(0, ge=0)
    up_to_30_hours: int = Field(0, ge=0)
    over_30_hours: int = Field(0, ge=0)
    group_hundredths: int = Field(0, ge=0)


class Declaration(Value):
    """The figures of one year, with those of partner and linked enterprises as given."""

    year: int
    own: Figures
    related: tuple[Related, ...] = ()
    public_share_percent: int = Field(0, ge=0, le=100)
    public_exempt: ExemptHolder | None = None
    ownership_changed: bool = False
    staff: Staff | None = None


def rules_for(table: Sequence[Threshold], year: int) -> tuple[Threshold, ...]:
    """Return the rows valid on the last day of `year`, smallest class first. Errors: `NoSizeRule` 422."""
    day = date(year, 12, 31)
    rows = [row for row in table if row.valid_from <= day and (row.valid_to is None or day <= row.valid_to)]
    if not rows:
        raise NoSizeRule(pointer="#/year", year=year)
    return tuple(sorted(rows, key=lambda row: ORDER.index(row.sme_class)))


def total(declaration: Declaration) -> Figures:
    """Add partners pro rata and linked enterprises whole; under 25 % counts nothing (Art. 6).

    Fractions round up to the next hundredth or cent: a ceiling is never kept by rounding.
    """
    parts = [(declaration.own, 100), *((other.figures, _weight(other)) for other in declaration.related)]
    return Figures(
        awu_hundredths=_sum([(figures.awu_hundredths, weight) for figures, weight in parts]),
        turnover_cents=_sum([(figures.turnover_cents, weight) for figures, weight in parts]),
        balance_sheet_cents=_sum([(figures.balance_sheet_cents, weight) for figures, weight in parts]),
    )


def class_of_year(declaration: Declaration, table: Sequence[Threshold]) -> SmeClass:
    """Return what this year alone says. Errors: `NoSizeRule` 422."""
    rules = rules_for(table, declaration.year)
    if _public(declaration):
        return SmeClass.LARGE
    figures = total(declaration)
    for row in rules:
        if figures.awu_hundredths < row.headcount_below * 100 and (
            figures.turnover_cents <= row.turnover_max_cents
            or figures.balance_sheet_cents <= row.balance_sheet_max_cents
        ):
            return row.sme_class
    return SmeClass.LARGE


def classes(declarations: Sequence[Declaration], table: Sequence[Threshold]) -> Mapping[int, SmeClass]:
    """Return the class that holds in each declared year (Art. 4(2)).

    The first year decides alone. Later the class changes only when two consecutive years lie on the same side
    of it, and then no further than both of them reach.
    """
    found: dict[int, SmeClass] = {}
    status: SmeClass | None = None
    before: tuple[int, SmeClass] | None = None
    for declaration in sorted(declarations, key=lambda one: one.year):
        alone = class_of_year(declaration, table)
        if status is None:
            status = alone
        elif before is not None and before[0] == declaration.year - 1:
            status = _after_two(status, before[1], alone)
        found[declaration.year] = status
        before = (declaration.year, alone)
    return found


def _after_two(status: SmeClass, first: SmeClass, second: SmeClass) -> SmeClass:
    present, low, high = ORDER.index(status), *sorted((ORDER.index(first), ORDER.index(second)))
    if low > present:
        return ORDER[low]
    if high < present:
        return ORDER[high]
    return status


def _public(declaration: Declaration) -> bool:
    share = declaration.public_share_percent
    if declaration.public_exempt is not None and share <= LINKED_ABOVE_PERCENT:
        return False
    return share >= PUBLIC_FROM_PERCENT


def _weight(other: Related) -> int:
    if other.share_percent > LINKED_ABOVE_PERCENT:
        return 100
    if other.exempt is not None:
        return 0
    return other.share_percent if other.share_percent >= PARTNER_FROM_PERCENT else 0


def _sum(parts: Sequence[tuple[int, int]]) -> int:
    return -(-sum(value * weight for value, weight in parts) // 100)
