"""Organisations as they are shown. Figures of a declaration go to the organisation itself only."""

from datetime import date

from services.membership.organisations.domain import Organisation, OrganisationState, Relation
from shared.events.membership import HeadcountBand, OrganisationKind, SmeClass
from shared.mongo import Collection, Document, Filter
from shared.web import Page, Paging, View, page_of


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


async def organisations_where(
    collection: Collection, where: Filter, paging: Paging
) -> Page[OrganisationView]:
    return await page_of(collection, where, paging, _from_document)


async def organisations_of_network(
    memberships: Collection, organisations: Collection, network_id: str, paging: Paging
) -> Page[OrganisationView]:
    """Return members and applicants, in the order of their first application, newest first."""
    page = await page_of(
        memberships,
        {"network_id": network_id, "live": True},
        paging,
        lambda document: str(document["organisation_id"]),
    )
    found = await organisations.find({"_id": {"$in": page.items}}, {"state": 1})
    by_id = {document["_id"]: _from_document(document) for document in found}
    return Page(items=[by_id[one] for one in page.items if one in by_id], next_cursor=page.next_cursor)


def _from_document(document: Document) -> OrganisationView:
    return view_of(Organisation.model_validate(document["state"]))
