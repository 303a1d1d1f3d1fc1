"""Every line of a list by itself: what is taken, what is refused, and why."""

from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.membership.imports.columns import (
    COLUMNS,
    ColumnMissing,
    ColumnTwice,
    ImportKind,
    mapped,
)
from services.membership.imports.domain import OrganisationLine, PersonLine, Read, Scope, read_lines
from services.membership.imports.handlers import codes
from services.membership.names import folded
from shared.events.membership import MembershipRole, OrganisationKind
from shared.roles import Role

NETWORK, EMPLOYER = Scope("n"), Scope(None, "o")
HEADINGS = [column.de for column in COLUMNS[ImportKind.ORGANISATIONS]]
GOOD = ["Weberei Lindach KG", "Unternehmen", "08415", "WZ2008", "13.20", "", "7", "Entsender", "01.11.2026"]


def organisations(*rows: Sequence[str], headings: Sequence[str] = HEADINGS) -> Read:
    kind = ImportKind.ORGANISATIONS
    return read_lines(kind, list(enumerate(rows, 2)), mapped(kind, headings), codes(), NETWORK)


def people(*rows: Sequence[str], scope: Scope = NETWORK) -> Read:
    kind = ImportKind.PEOPLE
    headings = [column.en for column in COLUMNS[kind]]
    return read_lines(kind, list(enumerate(rows, 2)), mapped(kind, headings), codes(), scope)


def changed(**cells: str) -> list[str]:
    keys = [column.key for column in COLUMNS[ImportKind.ORGANISATIONS]]
    return [cells.get(key, cell) for key, cell in zip(keys, GOOD, strict=True)]


def test_a_good_line_is_read_in_full() -> None:
    assert organisations(GOOD).lines == [
        OrganisationLine(
            line=2,
            name="Weberei Lindach KG",
            kind=OrganisationKind.COMPANY,
            ags="08415",
            industry_scheme="WZ2008",
            industry_code="13.20",
            reference="7",
            roles=(MembershipRole.SENDER,),
            member_since=date(2026, 11, 1),
        )
    ]


@pytest.mark.parametrize(
    ("cells", "wrong"),
    [
        ({"name": ""}, ("name", "missing")),
        ({"name": "x" * 201}, ("name", "too-long")),
        ({"name": "a\u202eb"}, ("name", "text-not-allowed")),
        ({"kind": "Verein"}, ("kind", "not-one-of")),
        ({"district": ""}, ("district", "missing")),
        ({"district": "09162"}, ("district", "no-such-district")),
        ({"district": "München"}, ("district", "no-such-district")),
        ({"district": "Heilbronn"}, ("district", "district-ambiguous")),
        ({"industry_scheme": ""}, ("industry_scheme", "belong-together")),
        ({"industry_code": ""}, ("industry_code", "belong-together")),
        ({"industry_scheme": "WZ2003"}, ("industry_scheme", "not-one-of")),
        ({"industry_code": "99.99"}, ("industry_code", "no-such-industry")),
        ({"industry_code": "2026-11-25"}, ("industry_code", "industry-is-a-date")),
        ({"azav_until": "31.12.2027"}, ("azav_until", "providers-only")),
        ({"azav_until": "31.02.2027", "kind": "Träger"}, ("azav_until", "not-a-date")),
        ({"member_since": "gestern"}, ("member_since", "not-a-date")),
        ({"member_since": "1999-12-31"}, ("member_since", "not-a-date")),
        ({"member_since": ""}, ("roles", "belong-together")),
        ({"roles": "Chef"}, ("roles", "not-one-of")),
        ({"reference": "9" * 61}, ("reference", "too-long")),
    ],
)
def test_a_wrong_cell_is_named_and_explained_twice(cells: dict[str, str], wrong: tuple[str, str]) -> None:
    read = organisations(changed(**cells), changed(name="Other", reference="8"))
    (found,) = read.findings
    assert (found.line, found.column, found.code) == (2, *wrong)
    assert found.de
    assert found.en
    assert "{" not in found.de + found.en
    assert [line.line for line in read.lines] == [3]
    assert read.refused == 1


@pytest.mark.parametrize(
    ("cells", "field", "value"),
    [
        ({"district": "8415"}, "ags", "08415"),
        ({"district": "08415061"}, "ags", "08415"),
        ({"district": "8415061"}, "ags", "08415"),
        ({"district": "Landkreis Heilbronn"}, "ags", "08125"),
        ({"district": "tuebingen"}, "ags", "08416"),
        ({"district": "Freiburg im Breisgau"}, "ags", "08311"),
        ({"kind": "Träger", "azav_until": "31.12.27"}, "azav_until", date(2027, 12, 31)),
        ({"kind": "BILDUNGSTRÄGER"}, "kind", OrganisationKind.PROVIDER),
        ({"kind": "Öffentliche Stelle"}, "kind", OrganisationKind.PUBLIC_BODY),
        ({"kind": "public_body"}, "kind", OrganisationKind.PUBLIC_BODY),
        ({"industry_code": "13,2"}, "industry_code", "13.2"),
        ({"industry_code": "1.11"}, "industry_code", "01.11"),
        ({"industry_scheme": "2025", "industry_code": "25.62"}, "industry_scheme", "WZ2025"),
        ({"roles": "Treiber; driver/Best-Practice-Geber"}, "roles", ("driver", "best_practice_giver")),
        ({"roles": ""}, "roles", ("sender",)),
        ({"name": "'=SUM(A1)"}, "name", "=SUM(A1)"),
    ],
)
def test_what_spreadsheets_and_people_write_is_understood(
    cells: dict[str, str], field: str, value: object
) -> None:
    (line,) = organisations(changed(**cells)).lines
    assert getattr(line, field) == value


def test_of_equal_lines_the_first_counts_and_the_other_is_told_where() -> None:
    read = organisations(GOOD, changed(name="WEBEREI  Lindach, KG"), changed(name="Another", reference=""))
    assert [(one.line, one.code) for one in read.findings] == [(3, "twice-in-file")]
    assert "2" in read.findings[0].de
    twice = organisations(
        changed(reference="", name="Müller AG"), changed(reference="", name="Mueller  AG", district="8415")
    )
    assert [(one.line, one.column) for one in twice.findings] == [(3, "name")]


def test_headings_come_in_any_order_and_language_and_strange_ones_are_told() -> None:
    columns = mapped(ImportKind.ORGANISATIONS, ["Ort", "AGS", "firma"])
    assert (columns.places, columns.ignored) == ({"district": 1, "name": 2}, ("Ort",))
    with pytest.raises(ColumnMissing):
        mapped(ImportKind.ORGANISATIONS, ["Name"])
    with pytest.raises(ColumnTwice):
        mapped(ImportKind.ORGANISATIONS, ["Name", "Firma", "Kreis"])


def test_a_heading_means_one_column_only() -> None:
    for columns in COLUMNS.values():
        names = [folded(name) for one in columns for name in {one.key, one.de, one.en, *one.also}]
        by_column = [{folded(name) for name in (one.key, one.de, one.en, *one.also)} for one in columns]
        assert len(set(names)) == sum(len(one) for one in by_column)


@pytest.mark.parametrize("kind", ImportKind)
@pytest.mark.parametrize("language", ["de", "en"])
def test_the_template_s_own_example_is_taken(kind: ImportKind, language: str) -> None:
    columns = mapped(kind, [one.heading(language) for one in COLUMNS[kind]])
    example = [one.example for one in COLUMNS[kind]]
    read = read_lines(kind, [(2, example)], columns, codes(), NETWORK)
    assert (read.refused, len(read.lines)) == (0, 1)


def test_people_need_an_address_and_an_organisation() -> None:
    read = people(
        ["Ada", "Ada@People.Example", "Personal", "Weberei", "8415", "", ""],
        ["Bob", "bob", "hr", "", "", "7", "de"],
        ["Cleo", "cleo@people.example", "", "Weberei", "", "", ""],
        ["Dora", "dora@people.example", "", "", "", "", "fr"],
        ["Emil", "ada@people.example", "", "", "", "7", ""],
        ["Fred", "fred@people.example", "Teilnehmer", "", "", "7", ""],
    )
    assert read.lines == [
        PersonLine(
            line=2,
            name="Ada",
            email="Ada@people.example",
            role=Role.COMPANY_HR,
            organisation="Weberei",
            ags="08415",
        )
    ]
    assert [(one.line, one.column, one.code) for one in read.findings] == [
        (3, "email", "not-an-address"),
        (4, "district", "missing"),
        (5, "organisation", "missing"),
        (5, "locale", "not-one-of"),
        (6, "email", "twice-in-file"),
        (7, "role", "not-one-of"),
    ]
    assert read.refused == 5


def test_an_employer_enters_employees_only() -> None:
    read = people(["Ada", "ada@people.example"], ["Bob", "bob@people.example", "company_hr"], scope=EMPLOYER)
    assert [line.role for line in read.lines if isinstance(line, PersonLine)] == [Role.PARTICIPANT]
    assert [(one.line, one.code) for one in read.findings] == [(3, "not-one-of")]


@given(st.lists(st.text(max_size=30), max_size=12))
def test_any_cells_are_taken_or_explained(cells: list[str]) -> None:
    read = organisations(cells)
    assert len(read.lines) + read.refused == 1
    assert bool(read.findings) == bool(read.refused)
    for found in read.findings:
        assert len(found.de) > 0
        assert found.column in {column.key for column in COLUMNS[ImportKind.ORGANISATIONS]}


@given(st.text(max_size=40))
def test_folding_is_stable(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Müller & Söhne", "Mueller, Soehne"), ("WEISS GmbH", "Weiß  gmbh"), ("Café Zoë", "cafe zoe")],
)
def test_spellings_of_one_name_meet(one: str, other: str) -> None:
    assert folded(one) == folded(other)
