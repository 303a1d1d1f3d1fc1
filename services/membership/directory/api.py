"""The route that finds organisations."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from services.membership.access import managed_networks
from services.membership.directory.views import Directory, OrganisationItem, Sort, Wanted, search
from services.membership.memberships.domain import MembershipState
from services.membership.parts import BASE, With, refusals
from shared.errors import Forbidden, NotFound
from shared.events.membership import MembershipRole, OrganisationKind, SmeClass
from shared.ids import NetworkId, Ref
from shared.mongo import Document
from shared.web import Caller, Page, Paged

router = APIRouter(prefix=f"{BASE}/organisations", tags=["organisations"])


def _wanted(
    q: Annotated[str | None, Query(max_length=100, description="A name, or what one remembers of it")] = None,
    kind: OrganisationKind | None = None,
    sme_class: SmeClass | None = None,
    ags: Annotated[str | None, Query(pattern=r"^\d{5}$", description="District")] = None,
    division: Annotated[str | None, Query(pattern=r"^\d{2}$", description="WZ division")] = None,
    role: Annotated[MembershipRole | None, Query(description="Role in the network")] = None,
    status: Annotated[MembershipState | None, Query(description="State in the network")] = None,
    sort: Annotated[Sort, Query(description="Order, where no `q` is given")] = Sort.NEWEST,
) -> Wanted:
    return Wanted(q, kind, sme_class, ags, division, role, status, sort)


@router.get("", operation_id="get_organisations", summary="Find organisations", responses=refusals(403, 404))
async def get_organisations(
    principal: Caller,
    paging: Paged,
    parts: With,
    wanted: Annotated[Wanted, Depends(_wanted)],
    network_id: Annotated[
        Ref[NetworkId] | None,
        Query(description="In this network: members, applicants, and those registered for it"),
    ] = None,
) -> Page[OrganisationItem]:
    """Without `network_id`: all for an administrator, else those one acts for or looks after.

    `q` copes with umlauts and typing errors; the most alike come first. `role` and `status` need `network_id`.
    """
    if principal.kind != "person":
        raise Forbidden
    where: Document = {}
    if network_id is not None:
        if not (principal.is_admin or principal.manages(network_id)):
            raise NotFound(kind="network")
    elif not principal.is_admin:
        where = {
            "$or": [
                {"_id": {"$in": sorted(principal.organisations)}},
                {"registered_by": principal.id},
                {"registered_for": {"$in": managed_networks(principal)}},
            ]
        }
    directory = Directory(parts.organisations.collection, parts.memberships.collection, network_id)
    return await search(directory, wanted, where, paging)
