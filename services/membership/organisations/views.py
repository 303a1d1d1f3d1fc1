"""Organisations as they are shown. Figures of a declaration go to the organisation itself only."""

from services.membership.organisations.domain import Organisation
from shared.events.membership import OrganisationKind, SmeClass
from shared.mongo import Collection, Document, Filter
from shared.web import Page, Paging, View, page_of


class YearView(View):
    year: int
    sme_class: SmeClass


class OrganisationView(View):
    id: str
    name: str
    kind: OrganisationKind
    ags: str
    industry_scheme: str | None
    industry_code: str | None
    sme_class: SmeClass | None
    sizes: list[YearView]


def view_of(organisation: Organisation) -> OrganisationView:
    return OrganisationView(
        id=organisation.id,
        name=organisation.name,
        kind=organisation.kind,
        ags=organisation.ags,
        industry_scheme=organisation.industry_scheme,
        industry_code=organisation.industry_code,
        sme_class=organisation.sme_class,
        sizes=[YearView(year=size.declaration.year, sme_class=size.sme_class) for size in organisation.sizes],
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
