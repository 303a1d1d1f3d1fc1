"""Lists of needs: headings in two languages, line reports, and the same need for the same line."""

from datetime import date

import pytest

from services.courses.needs.lists import NoColumn, TooManyNeeds, read_needs
from shared.events.courses import CourseFormat, NeedLevel, NeedOrigin
from shared.tables import Table, read_table
from tests.unit.courses.examples import NETWORK, company

TODAY = date(2027, 1, 4)
HEAD = "Thema;Personen;Von;Bis;Format;Stufe;Budget je Platz (Euro);Pflicht;Kreis (AGS)\n"


def read(text: str) -> list[object]:
    table = read_table(text.encode())
    return read_needs(table, NETWORK, company(1), TODAY, 1)  # type: ignore[return-value]


def test_german_list_is_read_when_excel_wrote_it() -> None:
    (line,) = read(
        HEAD
        + "Lean-Grundlagen und Shopfloor-Management;3;01.02.2027;30.06.2027;vor Ort;Grundlagen;1.290,50 €;ja;08136\n"
    )
    need = line.need  # type: ignore[attr-defined]
    assert (need.topic_code, need.headcount, need.format) == ("lean-basic", 3, CourseFormat.ON_SITE)
    assert (need.level, need.budget_cents_per_seat, need.mandatory) == (NeedLevel.BASIC, 129_050, True)
    assert (need.window_to, need.origin, need.ags) == (date(2027, 6, 30), NeedOrigin.IMPORTED, "08136")


def test_english_headings_are_read_in_any_order() -> None:
    (line,) = read("to,from,headcount,topic\n2027-06-30,2027-02-01,2,emob-hv1\n")
    assert line.need.topic_code == "emob-hv1"  # type: ignore[attr-defined]
    assert line.need.format is CourseFormat.ANY  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ("nichts;3;01.02.2027;30.06.2027;vor Ort;;;;", "topic_code"),
        ("emob-hv1;viele;01.02.2027;30.06.2027;vor Ort;;;;", "headcount"),
        ("emob-hv1;0;01.02.2027;30.06.2027;vor Ort;;;;", "headcount"),
        ("emob-hv1;3;bald;30.06.2027;vor Ort;;;;", "window_from"),
        ("emob-hv1;3;01.07.2027;30.06.2027;vor Ort;;;;", "window_to"),
        ("emob-hv1;3;01.02.2020;30.06.2020;vor Ort;;;;", "expires_on"),
        ("emob-hv1;3;01.02.2027;30.06.2027;irgendwo;;;;", "format"),
        ("emob-hv1;3;01.02.2027;30.06.2027;vor Ort;;teuer;;", "budget_cents_per_seat"),
        ("emob-hv1;3;01.02.2027;30.06.2027;vor Ort;;;;99999", "ags"),
    ],
)
def test_line_is_reported_with_its_number_and_column_when_it_is_wrong(cells: str, column: str) -> None:
    good = "emob-hv1;3;01.02.2027;30.06.2027;vor Ort;;;;\n"
    first, second = read(HEAD + good + cells + "\n")
    assert first.need is not None  # type: ignore[attr-defined]
    assert second.need is None  # type: ignore[attr-defined]
    (finding,) = second.findings  # type: ignore[attr-defined]
    assert (finding.line, finding.column) == (3, column)
    assert finding.detail_de


def test_same_line_is_the_same_need_and_another_company_another_one() -> None:
    text = HEAD + "emob-hv1;3;01.02.2027;30.06.2027;vor Ort;;;;\n"
    one, again = read(text), read(text)
    assert one[0].need.id == again[0].need.id  # type: ignore[attr-defined]
    other = read_needs(read_table(text.encode()), NETWORK, company(2), TODAY, 1)
    assert other[0].need is not None
    assert other[0].need.id != one[0].need.id  # type: ignore[attr-defined]


def test_list_is_refused_when_a_column_is_missing_or_it_is_too_long() -> None:
    with pytest.raises(NoColumn):
        read("Thema;Personen\nemob-hv1;3\n")
    table = Table(("Thema", "Personen", "Von", "Bis"), tuple((n, ("a",)) for n in range(501)))
    with pytest.raises(TooManyNeeds):
        read_needs(table, NETWORK, company(1), TODAY, 1)
