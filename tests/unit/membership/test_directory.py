"""Names are ranked by likeness, word by word."""

import pytest

from services.membership.directory.views import LIKENESS, likeness, ranked
from services.membership.names import grams, searched

NAMES = {
    name: searched(name)
    for name in (
        "Müller Drehteile GmbH",
        "Kallmann Drehteile GmbH",
        "Müller & Söhne Metallbau GmbH",
        "Mueller Präzisionstechnik AG",
        "Weberei Lindach KG",
        "O’Connor Consulting",
        "Schäfer Logistik GmbH & Co. KG",
    )
}


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("Muler Drehteile", "Müller Drehteile GmbH"),
        ("kalmann dreh", "Kallmann Drehteile GmbH"),
        ("mueler soehne", "Müller & Söhne Metallbau GmbH"),
        ("Präzision Müler", "Mueller Präzisionstechnik AG"),
        ("lidnach", "Weberei Lindach KG"),
        ("oconnor", "O’Connor Consulting"),
        ("Shäfer Logistic", "Schäfer Logistik GmbH & Co. KG"),
        ("metall bau", "Müller & Söhne Metallbau GmbH"),
    ],
)
def test_the_most_alike_comes_first_and_shares_something_to_be_found_by(query: str, first: str) -> None:
    text = searched(query)
    assert ranked(text, NAMES)[0] == first
    assert grams(text) & grams(NAMES[first])


def test_what_is_not_alike_is_left_out() -> None:
    assert ranked(searched("Bäckerei Brüggemann"), NAMES) == []
    assert likeness([], ["x"]) == likeness(["x"], []) == 0
    assert likeness(["same"], ["same"]) == 100 > LIKENESS


def test_legal_forms_say_nothing_unless_they_are_all_there_is() -> None:
    assert searched("Müller GmbH & Co. KG") == "muller"
    assert searched("AG") == "ag"
