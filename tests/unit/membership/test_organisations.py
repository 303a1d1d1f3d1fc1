"""Registering an organisation and its yearly size declarations."""

import pytest

from services.membership.organisations import domain
from services.membership.organisations.domain import Organisation, YearNotBegun
from services.membership.reference import industry_codes, size_rules
from services.membership.sizes.domain import Declaration, Figures
from shared.decisions import Change
from shared.errors import AlreadyExists
from shared.events.membership import OrganisationKind, OrganisationRegistered, SizeDeclared, SmeClass
from shared.ids import OrganisationId, PersonId

NEW = Organisation(
    id=OrganisationId("o"),
    name="Schalttechnik Ohm e.K. (Demo)",
    kind=OrganisationKind.COMPANY,
    ags="08135",
    industry_scheme="WZ2008",
    industry_code="27.12",
    registered_by=PersonId("p"),
    created_ms=1,
)


def declare(organisation: Organisation, year: int, awu: int) -> Change[Organisation]:
    own = Figures(awu_hundredths=awu * 100, turnover_cents=0, balance_sheet_cents=0)
    declaration = Declaration(year=year, own=own)
    return domain.declare_size(organisation, declaration, rules=size_rules(), at_ms=7, year=2026)


def told(change: Change[Organisation]) -> list[tuple[int, str]]:
    return [(one.year, one.sme_class.value) for one in change.events if isinstance(one, SizeDeclared)]


def test_registering_tells_codes_and_no_name() -> None:
    (event,) = domain.register(None, NEW).events
    assert isinstance(event, OrganisationRegistered)
    assert "Ohm" not in event.model_dump_json()


def test_registering_again_changes_nothing() -> None:
    present = declare(NEW, 2025, 9).state
    assert domain.register(present, NEW.model_copy(update={"created_ms": 99})) == Change(present)
    with pytest.raises(AlreadyExists):
        domain.register(present, NEW.model_copy(update={"ags": "08111"}))


def test_a_correction_of_the_past_tells_every_year_that_it_changes() -> None:
    organisation = NEW
    for year, awu in ((2022, 9), (2023, 20), (2024, 9)):
        organisation = declare(organisation, year, awu).state
    assert organisation.sme_class is SmeClass.MICRO
    corrected = declare(organisation, 2024, 20)
    assert told(corrected) == [(2024, "small")]
    corrected = declare(corrected.state, 2022, 30)
    assert told(corrected) == [(2022, "small"), (2023, "small")]


def test_a_declaration_is_told_even_if_the_class_stays() -> None:
    organisation = declare(NEW, 2025, 9).state
    assert told(declare(organisation, 2025, 8)) == [(2025, "micro")]


def test_a_year_that_has_not_begun_is_refused() -> None:
    with pytest.raises(YearNotBegun):
        declare(NEW, 2027, 9)


def test_a_code_means_different_things_in_the_two_editions() -> None:
    codes = industry_codes()
    assert codes["WZ2008"]["25.62"] != codes["WZ2025"]["25.62"]
    assert "A" not in codes["WZ2008"]
    assert {len(codes[scheme]) for scheme in codes} == {975, 1025}
