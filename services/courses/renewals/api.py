"""Routes of renewals."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from services.courses.memberships.access import companies_of, require_actor, require_sight
from services.courses.memberships.store import Memberships
from services.courses.renewals import handlers
from services.courses.renewals.domain import Renewal, RenewalState
from shared.ids import NetworkId, OrganisationId, Ref
from shared.mongo import Document
from shared.store import Aggregates
from shared.web import Body, Caller, Commanded, Page, Paged, View, page_of


class CountProofs(Body):
    """Proofs that a company's people have already: how many, for what, issued on which day. No names."""

    network_id: Ref[NetworkId]
    organisation_id: Ref[OrganisationId]
    topic_code: Annotated[str, Field(max_length=64)]
    issued_on: date
    headcount: Annotated[int, Field(strict=True, ge=1, le=500)]


class RenewalView(View):
    """When proofs end, for how many people, and when a need is posted for them."""

    id: str
    network_id: str
    organisation_id: str
    topic_code: str
    headcount: int
    expires_on: date
    ask_on: date
    state: RenewalState


def renewal_view(renewal: Renewal) -> RenewalView:
    """Return a renewal for its company and the managers."""
    return RenewalView.model_validate(renewal, from_attributes=True)


def router(renewals: Aggregates[Renewal], memberships: Memberships) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(prefix="/api/courses/v1/renewals", tags=["renewals"])

    @routes.post("", status_code=201, summary="Count in proofs that will end", operation_id="count_proofs")
    async def count_proofs(body: CountProofs, command: Commanded) -> RenewalView:
        await require_actor(command.principal, body.network_id, body.organisation_id, memberships, "network")
        kept = await handlers.count_in(
            body.network_id,
            body.organisation_id,
            body.topic_code,
            body.issued_on,
            body.headcount,
            command.id_for("proofs"),
            command.cause,
            renewals=renewals,
        )
        return renewal_view(kept)

    @routes.get(
        "", summary="Proofs that end: a manager sees all, a company its own", operation_id="list_renewals"
    )
    async def list_renewals(
        network_id: Ref[NetworkId], principal: Caller, paging: Paged
    ) -> Page[RenewalView]:
        where: Document = {"network_id": network_id}
        if not principal.manages(network_id):
            await require_sight(principal, network_id, memberships, "network")
            where["organisation_id"] = {"$in": sorted(companies_of(principal))}
        return await page_of(
            renewals.collection,
            where,
            paging,
            lambda found: renewal_view(Renewal.model_validate(found["state"])),
        )

    return routes
