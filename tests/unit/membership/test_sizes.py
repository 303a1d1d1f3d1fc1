"""The EU size class: every border of the rule table, partners, and the two years."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.membership.reference import size_rules
from services.membership.sizes.domain import (
    ORDER,
    Declaration,
    Figures,
    NoSizeRule,
    Related,
    class_of_year,
    classes,
    rules_for,
)
from shared.events.membership import SmeClass

MILLION = 100_000_000  # cents
MICRO, SMALL, MEDIUM, LARGE = ORDER


def declared(
    awu: float,
    turnover: float = 0,
    balance: float = 0,
    *,
    year: int = 2025,
    related: tuple[Related, ...] = (),
) -> Declaration:
    return Declaration(year=year, own=_figures(awu, turnover, balance), related=related)


def _figures(awu: float, turnover: float = 0, balance: float = 0) -> Figures:
    return Figures(
        awu_hundredths=round(awu * 100),
        turnover_cents=round(turnover * MILLION),
        balance_sheet_cents=round(balance * MILLION),
    )


@pytest.mark.parametrize(
    ("awu", "turnover", "balance", "expected"),
    [
        (9.99, 0, 0, MICRO),
        (10, 0, 0, SMALL),
        (49.9, 0, 0, SMALL),
        (50, 0, 0, MEDIUM),
        (249, 0, 0, MEDIUM),
        (249.99, 0, 0, MEDIUM),
        (250, 0, 0, LARGE),
        (9, 2, 99, MICRO),
        (9, 99, 2, MICRO),
        (9, 2.01, 2.01, SMALL),
        (49, 10, 99, SMALL),
        (49, 10.01, 10.01, MEDIUM),
        (249, 50, 99, MEDIUM),
        (249, 99, 43, MEDIUM),
        (249, 50.01, 43, MEDIUM),
        (249, 50.01, 43.01, LARGE),
        (1, 500, 500, LARGE),
    ],
)
def test_headcount_and_one_ceiling_decide(
    awu: float, turnover: float, balance: float, expected: SmeClass
) -> None:
    assert class_of_year(declared(awu, turnover, balance), size_rules()) is expected


@pytest.mark.parametrize(
    ("share", "expected"),
    [(24, MEDIUM), (25, LARGE), (30, LARGE), (50, LARGE), (51, LARGE)],
)
def test_partners_count_pro_rata_and_linked_enterprises_whole(share: int, expected: SmeClass) -> None:
    related = (Related(figures=_figures(100), share_percent=share),)
    assert class_of_year(declared(240, related=related), size_rules()) is expected


def test_a_small_share_of_a_partner_is_never_rounded_away() -> None:
    related = (
        Related(figures=Figures(awu_hundredths=1, turnover_cents=0, balance_sheet_cents=0), share_percent=25),
    )
    assert class_of_year(declared(249.99, related=related), size_rules()) is LARGE


def test_a_public_body_with_a_quarter_ends_the_status() -> None:
    for share, expected in ((24, MICRO), (25, LARGE)):
        one = declared(1).model_copy(update={"public_share_percent": share})
        assert class_of_year(one, size_rules()) is expected


def test_a_year_without_a_rule_is_refused() -> None:
    with pytest.raises(NoSizeRule):
        rules_for(size_rules(), 2004)
    assert rules_for(size_rules(), 2005)[0].valid_from == date(2005, 1, 1)


@pytest.mark.parametrize(
    ("headcounts", "expected"),
    [
        ([240, 270], [MEDIUM, MEDIUM]),
        ([240, 270, 270], [MEDIUM, MEDIUM, LARGE]),
        ([240, 270, 240, 270], [MEDIUM] * 4),
        ([270, 240, 240], [LARGE, LARGE, MEDIUM]),
        ([40, 60, 300], [SMALL, SMALL, MEDIUM]),
        ([100, 5, 20], [MEDIUM, MEDIUM, SMALL]),
        ([40, 60, 5], [SMALL, SMALL, SMALL]),
        ([40, None, 60, 60], [SMALL, SMALL, MEDIUM]),
        ([40, 60, None, 60], [SMALL, SMALL, SMALL]),
    ],
)
def test_two_years_in_a_row_change_the_class(headcounts: list[int | None], expected: list[SmeClass]) -> None:
    years = [declared(one, year=2015 + n) for n, one in enumerate(headcounts) if one is not None]
    found = classes(list(reversed(years)), size_rules())
    assert list(found.values()) == expected


_amounts = st.integers(0, 10**11)


@given(_amounts, _amounts, _amounts, _amounts, _amounts, _amounts)
def test_growing_never_makes_the_class_smaller(
    a: int, b: int, c: int, more_a: int, more_b: int, more_c: int
) -> None:
    def found(awu: int, turnover: int, balance: int) -> int:
        own = Figures(awu_hundredths=awu % 50_000, turnover_cents=turnover, balance_sheet_cents=balance)
        return ORDER.index(class_of_year(Declaration(year=2025, own=own), size_rules()))

    assert found(a % 25_000, b, c) <= found(a % 25_000 + more_a % 25_000, b + more_b, c + more_c)


@given(st.lists(st.integers(0, 300), min_size=1, max_size=8))
def test_a_class_only_changes_between_what_two_years_say(headcounts: list[int]) -> None:
    years = [declared(one, year=2010 + n) for n, one in enumerate(headcounts)]
    alone = [ORDER.index(class_of_year(one, size_rules())) for one in years]
    status = [ORDER.index(one) for one in classes(years, size_rules()).values()]
    assert status[0] == alone[0]
    for n in range(1, len(years)):
        if status[n] != status[n - 1]:
            assert status[n] in alone[n - 1 : n + 1]
            assert min(alone[n - 1 : n + 1]) > status[n - 1] or max(alone[n - 1 : n + 1]) < status[n - 1]
