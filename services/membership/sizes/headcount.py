"""The headcount band of § 82 SGB III, from employees by weekly hours. Pure.

It decides who pays which share of a course, and is no EU size class: part-time staff weigh otherwise, and the
whole group counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.membership.sizes.domain import NoSizeRule, Staff
from shared.events.membership import HeadcountBand


@dataclass(frozen=True, slots=True)
class BandRule:
    """One row of the rule table: the band begins at `from_headcount` employees; weights in hundredths."""

    valid_from: date
    valid_to: date | None
    band: HeadcountBand
    from_headcount: int
    weights: tuple[int, int, int, int]
    source: str


def headcount(staff: Staff, weights: tuple[int, int, int, int]) -> int:
    """Return the weighted number of employees, in hundredths (§ 82(6) sentence 2 SGB III)."""
    counts = (staff.up_to_10_hours, staff.up_to_20_hours, staff.up_to_30_hours, staff.over_30_hours)
    return sum(count * weight for count, weight in zip(counts, weights, strict=True)) + staff.group_hundredths


def band_of(staff: Staff, table: Sequence[BandRule], day: date) -> HeadcountBand:
    """Return the band by the rules valid on `day`; exactly 50 is in "50 to 499". Errors: `NoSizeRule` 422."""
    rows = [row for row in table if row.valid_from <= day and (row.valid_to is None or day <= row.valid_to)]
    if not rows:
        raise NoSizeRule(pointer="#/year", year=day.year)
    reached = [row for row in rows if headcount(staff, row.weights) >= row.from_headcount * 100]
    return max(reached, key=lambda row: row.from_headcount).band
