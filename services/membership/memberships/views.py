"""Memberships as they are shown."""

from datetime import date

from services.membership.memberships.domain import DocumentKind, Membership, MembershipState
from shared.events.membership import MembershipRole, OrganisationKind
from shared.mongo import Collection, Document, Filter
from shared.web import Page, Paging, View, page_of


class RoleView(View):
    role: MembershipRole
    since: date


class PastRoleView(RoleView):
    """Held from `since` to the day before `until`."""

    until: date


class AcceptanceView(View):
    document: DocumentKind
    version: int
    accepted_on: date


class InvitationView(View):
    roles: list[MembershipRole]
    until: date


class MembershipView(View):
    id: str
    network_id: str
    organisation_id: str
    organisation_kind: OrganisationKind
    status: MembershipState
    roles: list[RoleView]
    past_roles: list[PastRoleView]
    acceptances: list[AcceptanceView]
    invitation: InvitationView | None
    since: date | None


class MembershipItem(MembershipView):
    organisation_name: str | None


def view_of(membership: Membership) -> MembershipView:
    return MembershipView.model_validate(_values(membership))


async def memberships_where(
    memberships: Collection, organisations: Collection, where: Filter, paging: Paging
) -> Page[MembershipItem]:
    page = await page_of(memberships, where, paging, _from_document)
    ids = [membership.organisation_id for membership in page.items]
    found = await organisations.find({"_id": {"$in": ids}}, {"state.name": 1})
    names = {document["_id"]: document["state"]["name"] for document in found}
    items = [
        MembershipItem.model_validate({**_values(one), "organisation_name": names.get(one.organisation_id)})
        for one in page.items
    ]
    return Page(items=items, next_cursor=page.next_cursor)


def _values(membership: Membership) -> Document:
    return membership.model_dump(mode="json", exclude={"created_ms"})


def _from_document(document: Document) -> Membership:
    return Membership.model_validate(document["state"])
