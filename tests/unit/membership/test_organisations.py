"""Registering an organisation and its yearly size declarations."""

from collections.abc import Callable
from datetime import date

import pytest

from services.membership.organisations import domain
from services.membership.organisations.declaring import declare_size
from services.membership.organisations.domain import (
    TRANSITIONS,
    Link,
    NotWithItself,
    Organisation,
    OrganisationCommand,
    OrganisationState,
    Particulars,
    ProvidersOnly,
    Relation,
    Site,
    YearNotBegun,
)
from services.membership.reference import both_size_rules, industry_codes
from services.membership.sizes.domain import Declaration, Figures
from shared.decisions import Change
from shared.errors import AlreadyExists, WrongState
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
PARTICULARS = Particulars(name="Neu GmbH (Demo)", ags="08111")


def declare(organisation: Organisation, year: int, awu: int) -> Change[Organisation]:
    own = Figures(awu_hundredths=awu * 100, turnover_cents=0, balance_sheet_cents=0)
    declaration = Declaration(year=year, own=own)
    return declare_size(organisation, declaration, rules=both_size_rules(), at_ms=7, year=2026)


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


DECIDERS: dict[OrganisationCommand, Callable[[Organisation], Change[Organisation]]] = {
    OrganisationCommand.VERIFY: domain.verify,
    OrganisationCommand.ARCHIVE: domain.archive,
    OrganisationCommand.CHANGE: lambda one: domain.revise(one, PARTICULARS),
}


@pytest.mark.parametrize("state", OrganisationState)
@pytest.mark.parametrize("command", OrganisationCommand)
def test_every_pair_of_state_and_command(state: OrganisationState, command: OrganisationCommand) -> None:
    organisation = NEW.model_copy(update={"status": state})
    if (state, command) in TRANSITIONS:
        change = DECIDERS[command](organisation)
        assert change.state.status is TRANSITIONS[state, command]
        assert len(change.events) == 1
    else:
        with pytest.raises(WrongState):
            DECIDERS[command](organisation)


def test_a_correction_tells_codes_only_and_an_equal_one_changes_nothing() -> None:
    change = domain.revise(NEW, PARTICULARS)
    assert "Neu" not in change.events[0].model_dump_json()
    assert domain.revise(change.state, PARTICULARS) == Change(change.state)


def test_only_a_provider_has_an_azav_approval() -> None:
    approved = PARTICULARS.model_copy(update={"azav_until": date(2027, 12, 31)})
    with pytest.raises(ProvidersOnly):
        domain.revise(NEW, approved)
    with pytest.raises(ProvidersOnly):
        domain.register(None, NEW.model_copy(update={"azav_until": date(2027, 12, 31)}))
    provider = NEW.model_copy(update={"kind": OrganisationKind.PROVIDER})
    assert domain.revise(provider, approved).state.azav_until == date(2027, 12, 31)


def test_a_site_that_is_left_out_is_closed_and_stays() -> None:
    one, two = (Site(id=name, name=f"Werk {name}", ags=ags) for name, ags in (("1", "08111"), ("2", "08115")))
    both = domain.set_sites(NEW, (one, two)).state
    left = domain.set_sites(both, (two,))
    assert [(site.id, site.closed) for site in left.state.sites] == [("2", False), ("1", True)]
    assert left.events[0].model_dump()["ags"] == ("08115",)
    assert domain.set_sites(left.state, (two,)) == Change(left.state)
    assert domain.set_sites(left.state, (two, one)).state.sites == (two, one)


def test_a_group_holds_each_enterprise_once_and_never_itself() -> None:
    linked = Link(organisation_id="b", relation=Relation.LINKED, share_percent=60)
    partner = Link(organisation_id="a", relation=Relation.PARTNER, share_percent=30)
    change = domain.set_links(NEW, (linked, partner, linked))
    assert change.state.links == (partner, linked)
    assert change.events[0].model_dump(include={"linked", "partners"}) == {"linked": 1, "partners": 1}
    assert domain.set_links(change.state, (partner, linked)) == Change(change.state)
    with pytest.raises(NotWithItself):
        domain.set_links(NEW, (linked.model_copy(update={"organisation_id": NEW.id}),))
