"""Golden cases of enterprise size (domain notes 2.1 and 2.2), each with its edges: two counts that never mix."""

from datetime import date

import pytest

from services.membership.reference import band_rules, size_rules
from services.membership.sizes.domain import (
    ORDER,
    Declaration,
    ExemptHolder,
    Figures,
    NoSizeRule,
    Related,
    Staff,
    class_of_year,
    classes,
    total,
)
from services.membership.sizes.headcount import band_of, headcount
from shared.events.membership import HeadcountBand, SmeClass

MICRO, SMALL, MEDIUM, LARGE = ORDER
MILLION = 100_000_000  # cents


def figures(awu: float, turnover: float = 1, balance: float = 1) -> Figures:
    return Figures(
        awu_hundredths=round(awu * 100),
        turnover_cents=round(turnover * MILLION),
        balance_sheet_cents=round(balance * MILLION),
    )


def year(number: int, awu: float, *related: Related) -> Declaration:
    return Declaration(year=number, own=figures(awu), related=related)


def partner(awu: float, share: int, exempt: ExemptHolder | None = None) -> Related:
    return Related(figures=figures(awu), share_percent=share, exempt=exempt)


def test_240_own_and_30_percent_of_a_partner_with_100_are_270_and_no_sme_in_the_second_year() -> None:
    declared = [year(2024, 240), *(year(number, 240, partner(100, 30)) for number in (2025, 2026))]
    assert total(declared[1]).awu_hundredths == 270_00
    assert classes(declared, size_rules()) == {2024: MEDIUM, 2025: MEDIUM, 2026: LARGE}


@pytest.mark.parametrize(
    ("headcounts", "expected"),
    [
        ((49.99, 50, 50), (SMALL, SMALL, MEDIUM)),
        ((50, 49.99, 49.99), (MEDIUM, MEDIUM, SMALL)),
        ((249.99, 250, 250), (MEDIUM, MEDIUM, LARGE)),
        ((250, 249.99, 249.99), (LARGE, LARGE, MEDIUM)),
        ((9.99, 10, 9.99, 10, 10), (MICRO, MICRO, MICRO, MICRO, SMALL)),
        ((249, 250, 249), (MEDIUM, MEDIUM, MEDIUM)),
        # Two years over, but not over the same border: it changes as far as both of them reach.
        ((9, 60, 300), (MICRO, MICRO, MEDIUM)),
    ],
)
def test_exactly_50_and_250_change_the_class_after_two_years(
    headcounts: tuple[float, ...], expected: tuple[SmeClass, ...]
) -> None:
    declared = [year(2020 + number, awu) for number, awu in enumerate(headcounts)]
    assert tuple(classes(declared, size_rules()).values()) == expected


@pytest.mark.parametrize(
    ("share", "exempt", "awu"),
    [
        (24, None, 240),
        (25, None, 265),
        (50, None, 290),
        (51, None, 340),
        (100, None, 340),
        (25, ExemptHolder.BUSINESS_ANGEL, 240),
        (50, ExemptHolder.UNIVERSITY_OR_RESEARCH, 240),
        (50, ExemptHolder.SMALL_MUNICIPALITY, 240),
        # Whoever holds more than a half is linked, whoever he is.
        (51, ExemptHolder.INSTITUTIONAL_INVESTOR, 340),
    ],
)
def test_partners_and_linked_enterprises_at_every_border(
    share: int, exempt: ExemptHolder | None, awu: float
) -> None:
    assert total(year(2025, 240, partner(100, share, exempt))).awu_hundredths == awu * 100


@pytest.mark.parametrize(
    ("share", "exempt", "expected"),
    [
        (24, None, MICRO),
        (25, None, LARGE),
        (50, ExemptHolder.SMALL_MUNICIPALITY, MICRO),
        (51, ExemptHolder.SMALL_MUNICIPALITY, LARGE),
    ],
)
def test_a_public_body_from_a_quarter_on_ends_the_status(
    share: int, exempt: ExemptHolder | None, expected: SmeClass
) -> None:
    declared = Declaration(year=2025, own=figures(5), public_share_percent=share, public_exempt=exempt)
    assert class_of_year(declared, size_rules()) is expected


@pytest.mark.parametrize(
    ("staff", "expected"),
    [
        (Staff(), HeadcountBand.UNDER_50),
        (Staff(over_30_hours=49), HeadcountBand.UNDER_50),
        (Staff(over_30_hours=49, up_to_30_hours=1), HeadcountBand.UNDER_50),
        (Staff(over_30_hours=50), HeadcountBand.FROM_50),
        (Staff(over_30_hours=49, up_to_10_hours=4), HeadcountBand.FROM_50),
        (Staff(over_30_hours=499, up_to_30_hours=1), HeadcountBand.FROM_50),
        (Staff(over_30_hours=500), HeadcountBand.FROM_500),
        (Staff(over_30_hours=180), HeadcountBand.FROM_50),
        (Staff(over_30_hours=620), HeadcountBand.FROM_500),
        # The whole group counts (§ 82(6) sentence 3), not a share of it.
        (Staff(over_30_hours=20, group_hundredths=30_00), HeadcountBand.FROM_50),
        (Staff(over_30_hours=20, group_hundredths=29_99), HeadcountBand.UNDER_50),
    ],
)
def test_exactly_50_and_500_employees_are_in_the_higher_band(staff: Staff, expected: HeadcountBand) -> None:
    assert band_of(staff, band_rules(), date(2025, 12, 31)) is expected


def test_part_time_staff_weigh_a_quarter_a_half_and_three_quarters() -> None:
    staff = Staff(up_to_10_hours=1, up_to_20_hours=1, up_to_30_hours=1, over_30_hours=1)
    assert headcount(staff, band_rules()[0].weights) == 250


def test_before_the_rules_of_2024_there_is_no_band() -> None:
    with pytest.raises(NoSizeRule):
        band_of(Staff(), band_rules(), date(2024, 3, 31))
    assert band_of(Staff(), band_rules(), date(2024, 4, 1)) is HeadcountBand.UNDER_50


def test_the_two_counts_of_one_firm_differ() -> None:
    staff = Staff(over_30_hours=40, up_to_20_hours=10, group_hundredths=10_00)
    declared = Declaration(year=2025, own=figures(44), staff=staff)
    assert class_of_year(declared, size_rules()) is SMALL
    assert band_of(staff, band_rules(), date(2025, 12, 31)) is HeadcountBand.FROM_50
