"""An organisation: who it is, and its yearly size declarations. Pure."""

from datetime import date
from enum import StrEnum

from services.membership.domain import changed, next_state
from services.membership.names import natural_key, reference_key
from services.membership.sizes.domain import Declaration
from shared.decisions import Change
from shared.errors import AlreadyExists, Rejected
from shared.events.envelope import Value
from shared.events.membership import (
    HeadcountBand,
    OrganisationKind,
    OrganisationRegistered,
    SmeClass,
)
from shared.events.organisations import (
    OrganisationArchived,
    OrganisationGroupChanged,
    OrganisationRevised,
    OrganisationSitesChanged,
    OrganisationVerified,
)
from shared.ids import NetworkId, OrganisationId, PersonId

KIND = "organisation"
MAX_SITES = 200
MAX_LINKS = 50


class OrganisationState(StrEnum):
    REGISTERED = "registered"
    VERIFIED = "verified"
    ARCHIVED = "archived"


class OrganisationCommand(StrEnum):
    VERIFY = "verify"
    ARCHIVE = "archive"
    CHANGE = "change"


_S, _C = OrganisationState, OrganisationCommand
TRANSITIONS: dict[tuple[OrganisationState, OrganisationCommand], OrganisationState] = {
    (_S.REGISTERED, _C.VERIFY): _S.VERIFIED,
    (_S.REGISTERED, _C.CHANGE): _S.REGISTERED,
    (_S.REGISTERED, _C.ARCHIVE): _S.ARCHIVED,
    (_S.VERIFIED, _C.CHANGE): _S.VERIFIED,
    (_S.VERIFIED, _C.ARCHIVE): _S.ARCHIVED,
}


class Relation(StrEnum):
    """Linked: over 50 % or control, one single undertaking. Partner: 25 to 50 %."""

    LINKED = "linked"
    PARTNER = "partner"


class YearNotBegun(Rejected):
    status = 422
    en = "The year {year} has not begun yet."
    de = "Das Jahr {year} hat noch nicht begonnen."


class ProvidersOnly(Rejected):
    status = 422
    en = "Only a provider has an AZAV approval."
    de = "Eine AZAV-Zulassung haben nur Bildungsanbieter."


class TooMany(Rejected):
    status = 409
    en = "At most {limit} are possible."
    de = "Mehr als {limit} sind nicht möglich."


class NotWithItself(Rejected):
    status = 422
    en = "An enterprise is no partner of itself."
    de = "Ein Unternehmen ist nicht mit sich selbst verbunden."


class YearlySize(Value):
    """One declaration with the class that holds in its year, and the band of § 82 SGB III if staff was counted."""

    declaration: Declaration
    sme_class: SmeClass
    headcount_band: HeadcountBand | None = None
    declared_ms: int


class Site(Value):
    """A local establishment (Betriebsstätte); a closed one stays, as courses may have been held there."""

    id: str
    name: str
    ags: str
    municipality: str | None = None
    closed: bool = False


class Link(Value):
    """Another organisation of the platform in the same group, by the higher of capital and votes."""

    organisation_id: OrganisationId
    relation: Relation
    share_percent: int


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
    status: OrganisationState = OrganisationState.REGISTERED
    sites: tuple[Site, ...] = ()
    links: tuple[Link, ...] = ()
    sizes: tuple[YearlySize, ...] = ()
    created_ms: int

    @property
    def sme_class(self) -> SmeClass | None:
        """The class of the newest declared year, None before the first declaration."""
        return self.sizes[-1].sme_class if self.sizes else None

    @property
    def headcount_band(self) -> HeadcountBand | None:
        """The band of the newest year that counted staff; no two-year rule holds for it."""
        return next((size.headcount_band for size in reversed(self.sizes) if size.headcount_band), None)

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
        names = ("sizes", "created_ms", "status", "sites", "links")
        kept = {name: getattr(present, name) for name in names}
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

    Errors: `ProvidersOnly` 422, `WrongState` 409 for an archived one.
    """
    _check_azav(organisation.kind, particulars.azav_until)
    next_state(TRANSITIONS, organisation.status, OrganisationCommand.CHANGE, KIND)
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


def verify(organisation: Organisation) -> Change[Organisation]:
    """Note that a human has checked the particulars. Errors: `WrongState` 409."""
    status = next_state(TRANSITIONS, organisation.status, OrganisationCommand.VERIFY, KIND)
    after = organisation.model_copy(update={"status": status})
    return changed(after, OrganisationVerified(organisation_id=organisation.id))


def archive(organisation: Organisation) -> Change[Organisation]:
    """Keep the organisation for the record; it applies nowhere any more. Errors: `WrongState` 409."""
    status = next_state(TRANSITIONS, organisation.status, OrganisationCommand.ARCHIVE, KIND)
    after = organisation.model_copy(update={"status": status})
    return changed(after, OrganisationArchived(organisation_id=organisation.id))


def set_sites(organisation: Organisation, sites: tuple[Site, ...]) -> Change[Organisation]:
    """Set the open sites; one that is missing is closed and stays. Errors: `TooMany`, `WrongState` 409."""
    next_state(TRANSITIONS, organisation.status, OrganisationCommand.CHANGE, KIND)
    wanted = {site.id for site in sites}
    closed = tuple(
        site.model_copy(update={"closed": True}) for site in organisation.sites if site.id not in wanted
    )
    after = organisation.model_copy(update={"sites": (*sites, *closed)})
    if len(after.sites) > MAX_SITES:
        raise TooMany(limit=MAX_SITES)
    if after == organisation:
        return Change(organisation)
    ags = tuple(sorted({site.ags for site in sites}))
    return changed(after, OrganisationSitesChanged(organisation_id=organisation.id, ags=ags))


def set_links(organisation: Organisation, links: tuple[Link, ...]) -> Change[Organisation]:
    """Set the group on the platform. Errors: `NotWithItself` 422, `TooMany`, `WrongState` 409."""
    next_state(TRANSITIONS, organisation.status, OrganisationCommand.CHANGE, KIND)
    by_id = {link.organisation_id: link for link in links}
    if organisation.id in by_id:
        raise NotWithItself(pointer="#/links")
    if len(by_id) > MAX_LINKS:
        raise TooMany(limit=MAX_LINKS)
    after = organisation.model_copy(update={"links": tuple(by_id[one] for one in sorted(by_id))})
    if after == organisation:
        return Change(organisation)
    kinds = [link.relation for link in after.links]
    told = OrganisationGroupChanged(
        organisation_id=organisation.id,
        linked=kinds.count(Relation.LINKED),
        partners=kinds.count(Relation.PARTNER),
    )
    return changed(after, told)
