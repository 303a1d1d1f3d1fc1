"""Routes of the audit trail."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query

from services.membership.audit import views
from services.membership.audit.views import AuditEntry, Verification
from services.membership.parts import BASE, Parts, With, refusals
from shared.auth import Principal
from shared.clock import epoch_ms
from shared.errors import NotFound
from shared.ids import NetworkId, Ref
from shared.mongo import Document
from shared.web import Caller, Page, Paged

router = APIRouter(prefix=f"{BASE}/networks/{{network_id}}/audit", tags=["audit"])

type Kind = Literal["network", "membership", "organisation", "person", "erasure"]


async def _wanted(
    kind: Annotated[Kind | None, Query(description="Only changes of this kind of thing")] = None,
    aggregate_id: Annotated[str | None, Query(max_length=36, description="Only of this thing")] = None,
    actor: Annotated[str | None, Query(max_length=64, description="Only by this `actor`")] = None,
    operation: Annotated[str | None, Query(max_length=64, description="Only by this operation id")] = None,
    since: Annotated[datetime | None, Query(description="Not before")] = None,
    until: Annotated[datetime | None, Query(description="Before")] = None,
) -> dict[str, Any]:
    asked = {"kind": kind, "aggregate": aggregate_id, "actor": actor, "operation": operation}
    limits = {"$gte": since, "$lt": until}
    bounds = {mark: epoch_ms(moment) for mark, moment in limits.items() if moment is not None}
    where: dict[str, Any] = {name: value for name, value in asked.items() if value is not None}
    return {**where, "at": bounds} if bounds else where


Wanted = Annotated[dict[str, Any], Depends(_wanted)]


@router.get(
    "", operation_id="get_audit", summary="Who changed what, when and why", responses=refusals(403, 404)
)
async def get_audit(
    network_id: Ref[NetworkId],
    principal: Caller,
    paging: Paged,
    parts: With,
    wanted: Wanted,
) -> Page[AuditEntry]:
    """The network's manager: changes of the network, its memberships, its members and their people.

    A change is here a second or so after it was answered; it is noted in the same write, so none is lost.
    """
    where = await _of_network(network_id, principal, parts)
    return await views.entries_where(parts.audit, parts.people.collection, {**where, **wanted}, paging)


@router.get(
    "/verification",
    operation_id="verify_audit",
    summary="Whether the audit trail is whole",
    responses=refusals(403, 404),
)
async def verify_audit(network_id: Ref[NetworkId], principal: Caller, parts: With) -> Verification:
    """The network's manager. Follows the hashes of the network's and its memberships' entries to the last one."""
    await _of_network(network_id, principal, parts)
    projection = {"trail": 1, "chain": 1}
    documents: list[Document] = await parts.networks.collection.find({"_id": network_id}, projection)
    documents += await parts.memberships.collection.find({"network_id": network_id}, projection)
    return await views.verify(parts.audit, {"network_id": network_id}, views.heads_of(documents))


async def _of_network(network_id: str, principal: Principal, parts: Parts) -> dict[str, Any]:
    await parts.networks.get(network_id)
    if not principal.manages(network_id):
        raise NotFound(kind="network")
    members = await parts.memberships.collection.find(
        {"network_id": network_id, "live": True}, {"organisation_id": 1}
    )
    own = [one["organisation_id"] for one in members]
    # A membership's entries name its organisation too; those of another network are not this manager's business.
    return {
        "$or": [
            {"network_id": network_id},
            {"organisation_ids": {"$in": own}, "network_id": {"$exists": False}},
        ]
    }
