"""Figures are defined, computed, added up and withheld as they should be."""

import pytest

from services.reporting.definitions import definitions
from services.reporting.figures import (
    COMPANY_FIGURES,
    COMPUTED,
    Summary,
    facts_of,
    figures_of,
    overall,
    suppress,
)
from services.reporting.projections import Kind, Row


def test_every_defined_figure_is_computed_in_the_same_order() -> None:
    assert list(definitions()) == list(COMPUTED)
    assert set(COMPANY_FIGURES) < set(COMPUTED)


@pytest.mark.parametrize("kind", Kind)
def test_a_row_of_every_kind_can_be_counted(kind: Kind) -> None:
    assert facts_of(Row(kind))["applied"] == 0


def test_every_figure_is_explained_in_both_languages() -> None:
    for meaning in definitions().values():
        assert all([meaning.label.de, meaning.label.en, meaning.definition.de, meaning.definition.en])


@pytest.mark.parametrize(
    ("value", "for_manager", "shown"),
    [(0, False, 0), (1, False, None), (2, False, None), (3, False, 3), (1, True, 1), (2, True, 2)],
)
def test_company_count_is_withheld_when_few_and_not_for_the_manager(
    value: int, *, for_manager: bool, shown: int | None
) -> None:
    found = suppress({"companies_reached": value}, for_manager=for_manager)["companies_reached"]
    assert found.value == shown
    assert (found.suppressed is None) == (shown is not None)


def test_other_counts_are_shown_when_few() -> None:
    assert suppress({"needs_posted": 1}, for_manager=False)["needs_posted"].value == 1


def test_fill_rate_has_one_decimal_when_seats_are_offered() -> None:
    assert figures_of(Summary(counts={"seats_offered": 3, "seats_confirmed": 2}))["fill_rate_percent"] == 66.7


def test_company_counts_once_when_it_is_in_two_networks() -> None:
    one = Summary(
        counts={"needs_posted": 2}, reached=frozenset({"a", "b"}), sizes={"a": "small", "b": "large"}
    )
    two = Summary(counts={"needs_posted": 1}, reached=frozenset({"a", "c"}), sizes={"a": "small"})
    found = figures_of(overall([one, two]))
    assert found["needs_posted"] == 3
    assert (found["companies_reached"], found["smes_reached"], found["reached_unknown_size"]) == (3, 1, 1)
