"""Organisations as they are shown. Figures of a declaration go to the organisation itself only."""

from datetime import date

from services.membership.organisations.domain import Organisation, OrganisationState, Relation
from shared.events.membership import HeadcountBand, OrganisationKind, SmeClass
from shared.web import View


class YearView(View):
    """`review` asks for a human's look: the ownership changed in that year."""

    year: int
    sme_class: SmeClass
    headcount_band: HeadcountBand | None
    review: bool


class SiteView(View):
    id: str
    name: str
    ags: str
    municipality: str | None
    closed: bool


class LinkView(View):
    organisation_id: str
    relation: Relation
    share_percent: int


class OrganisationView(View):
    id: str
    name: str
    kind: OrganisationKind
    ags: str
    industry_scheme: str | None
    industry_code: str | None
    azav_until: date | None
    reference: str | None
    registered_for: str | None
    status: OrganisationState
    sites: list[SiteView]
    links: list[LinkView]
    sme_class: SmeClass | None
    headcount_band: HeadcountBand | None
    sizes: list[YearView]


def view_of(organisation: Organisation) -> OrganisationView:
    return OrganisationView(
        id=organisation.id,
        name=organisation.name,
        kind=organisation.kind,
        ags=organisation.ags,
        industry_scheme=organisation.industry_scheme,
        industry_code=organisation.industry_code,
        azav_until=organisation.azav_until,
        reference=organisation.reference,
        registered_for=organisation.registered_for,
        status=organisation.status,
        sites=[SiteView.model_validate(site.model_dump()) for site in organisation.sites],
        links=[LinkView.model_validate(link.model_dump()) for link in organisation.links],
        sme_class=organisation.sme_class,
        headcount_band=organisation.headcount_band,
        sizes=[
            YearView(
                year=size.declaration.year,
                sme_class=size.sme_class,
                headcount_band=size.headcount_band,
                review=size.declaration.ownership_changed,
            )
            for size in organisation.sizes
        ],
    )
