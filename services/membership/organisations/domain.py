"""An organisation: who it is, and its yearly size declarations. Pure."""

from collections.abc import Sequence
from datetime import date

from services.membership.domain import changed
from services.membership.names import natural_key, reference_key
from services.membership.sizes.domain import Declaration, Threshold, classes
from shared.decisions import Change
from shared.errors import AlreadyExists, Rejected
from shared.events.envelope import Value
from shared.events.membership import (
    OrganisationKind,
    OrganisationRegistered,
    OrganisationRevised,
    SizeDeclared,
    SmeClass,
)
from shared.ids import NetworkId, OrganisationId, PersonId

KIND = "organisation"


class YearNotBegun(Rejected):
    status = 422
    en = "The year {year} has not begun yet."
    de = "Das Jahr {year} hat noch nicht begonnen."


class ProvidersOnly(Rejected):
    status = 422
    en = "Only a provider has an AZAV approval."
    de = "Eine AZAV-Zulassung haben nur Bildungsanbieter."


class YearlySize(Value):
    """One declaration with the class that holds in its year."""

    declaration: Declaration
    sme_class: SmeClass
    declared_ms: int


class Particulars(Value):
    """What its own people or its registrar may correct. `azav_until` is the last day of the AZAV approval."""

    name: str
    ags: str
    industry_scheme: str | None = None
    industry_code: str | None = None
    azav_until: date | None = None
    reference: str | None = None


class Organisation(Value):
    """State of an organisation. `name` and figures never leave this service's answers.

    `registered_for` is the network whose managers look after it; `reference` is their own number for it.
    """

    id: OrganisationId
    name: str
    kind: OrganisationKind
    ags: str
    industry_scheme: str | None = None
    industry_code: str | None = None
    azav_until: date | None = None
    reference: str | None = None
    registered_by: PersonId
    registered_for: NetworkId | None = None
    sizes: tuple[YearlySize, ...] = ()
    created_ms: int

    @property
    def sme_class(self) -> SmeClass | None:
        """The class of the newest declared year, None before the first declaration."""
        return self.sizes[-1].sme_class if self.sizes else None

    @property
    def match_keys(self) -> tuple[str, ...]:
        """What a list recognises the organisation by."""
        by_name = natural_key(self.name, self.ags)
        if self.reference is None or self.registered_for is None:
            return (by_name,)
        return (reference_key(self.registered_for, self.reference), by_name)


def register(present: Organisation | None, new: Organisation) -> Change[Organisation]:
    """Register an organisation. Errors: `AlreadyExists` 409 for another one of this id."""
    if present is not None:
        kept = {"sizes": present.sizes, "created_ms": present.created_ms}
        if new.model_copy(update=kept) != present:
            raise AlreadyExists(kind=KIND)
        return Change(present)
    _check_azav(new.kind, new.azav_until)
    return changed(
        new,
        OrganisationRegistered(
            organisation_id=new.id,
            kind=new.kind,
            industry_scheme=new.industry_scheme,
            industry_code=new.industry_code,
            ags=new.ags,
        ),
    )


def revise(organisation: Organisation, particulars: Particulars) -> Change[Organisation]:
    """Correct name, district, industry, AZAV approval or number; equal values change nothing.

    Errors: `ProvidersOnly` 422.
    """
    _check_azav(organisation.kind, particulars.azav_until)
    after = organisation.model_copy(update=dict(particulars))
    if after == organisation:
        return Change(organisation)
    told = OrganisationRevised(
        organisation_id=organisation.id,
        industry_scheme=after.industry_scheme,
        industry_code=after.industry_code,
        ags=after.ags,
    )
    return changed(after, told)


def _check_azav(kind: OrganisationKind, azav_until: date | None) -> None:
    if azav_until is not None and kind is not OrganisationKind.PROVIDER:
        raise ProvidersOnly(pointer="#/azav_until")


def declare_size(
    organisation: Organisation, declaration: Declaration, *, rules: Sequence[Threshold], at_ms: int, year: int
) -> Change[Organisation]:
    """Add the figures of a year, or correct them; tells of every year whose class this changes.

    `year` is the present year. Errors: `YearNotBegun`, `NoSizeRule` 422.
    """
    if declaration.year > year:
        raise YearNotBegun(pointer="#/year", year=declaration.year)
    before = {size.declaration.year: size for size in organisation.sizes}
    declared = {year: size.declaration for year, size in before.items()} | {declaration.year: declaration}
    derived = classes(tuple(declared.values()), rules)
    sizes = tuple(
        YearlySize(
            declaration=declared[year],
            sme_class=derived[year],
            declared_ms=at_ms if year == declaration.year else before[year].declared_ms,
        )
        for year in sorted(declared)
    )
    told = tuple(
        SizeDeclared(organisation_id=organisation.id, year=size.declaration.year, sme_class=size.sme_class)
        for size in sizes
        if size.declaration.year == declaration.year
        or size.sme_class != before[size.declaration.year].sme_class
    )
    return changed(organisation.model_copy(update={"sizes": sizes}), *told)
