"""Routes of needs."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from services.courses.memberships.access import (
    companies_of,
    require_actor,
    require_sight,
)
from services.courses.memberships.store import Memberships
from services.courses.needs import handlers, views
from services.courses.needs.domain import Need, NeedState
from services.courses.needs.views import DemandView, NeedView, need_view
from shared.clock import epoch_ms, utc_now
from shared.errors import NotFound
from shared.events.courses import CourseFormat
from shared.ids import NeedId, NetworkId, OrganisationId, Ref
from shared.reference import topics
from shared.store import Aggregates
from shared.web import Body, Caller, Commanded, Page, Paged, View

BASE = "/api/courses/v1"


class PostNeed(Body):
    """How many people need what, and when."""

    network_id: Ref[NetworkId]
    organisation_id: Ref[OrganisationId]
    topic_code: Annotated[str, Field(max_length=64)]
    headcount: Annotated[int, Field(strict=True, ge=1, le=500)]
    window_from: date
    window_to: date
    format: CourseFormat
    kldb: Annotated[str, Field(pattern=r"^[0-9]{5}$")] | None = None
    ags: Annotated[str, Field(max_length=5)] | None = None


class TopicView(View):
    """A node of the topic tree; groups have no parent and are not bookable."""

    code: str
    parent_code: str | None
    title_de: str
    title_en: str
    esco_uri: str | None
    typical_units: int | None


def router(needs: Aggregates[Need], memberships: Memberships) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(prefix=BASE, tags=["needs"])

    @routes.get("/topics", summary="The topic tree", operation_id="list_topics")
    async def list_topics(_principal: Caller) -> list[TopicView]:
        return [TopicView.model_validate(each, from_attributes=True) for each in topics().values()]

    @routes.post("/needs", status_code=201, summary="Post a training need", operation_id="post_need")
    async def post_need(body: PostNeed, command: Commanded) -> NeedView:
        await require_actor(command.principal, body.network_id, body.organisation_id, memberships, "network")
        need = Need(
            **body.model_dump(),
            id=NeedId(command.id_for("need")),
            request=command.cause.fingerprint,
            created_ms=epoch_ms(utc_now()),
        )
        posted = await handlers.post_need(need, command.cause, needs=needs, memberships=memberships)
        return need_view(posted)

    @routes.get("/needs", summary="Needs: a manager sees all, a company its own", operation_id="list_needs")
    async def list_needs(
        network_id: Ref[NetworkId], principal: Caller, paging: Paged, state: NeedState | None = None
    ) -> Page[NeedView]:
        manager = principal.manages(network_id)
        if not manager:
            await require_sight(principal, network_id, memberships, "network")
        return await views.list_needs(
            needs.collection,
            network_id,
            paging,
            state=state,
            organisations=None if manager else companies_of(principal),
        )

    @routes.get("/needs/demand", summary="Anonymous open demand by topic", operation_id="get_demand")
    async def get_demand(network_id: Ref[NetworkId], principal: Caller) -> list[DemandView]:
        await require_sight(principal, network_id, memberships, "network")
        return await views.demand(needs.collection, network_id)

    @routes.post("/needs/{need_id}/withdraw", summary="Withdraw a need", operation_id="withdraw_need")
    async def withdraw_need(need_id: Ref[NeedId], command: Commanded) -> NeedView:
        need = await needs.get(need_id)
        principal = command.principal
        if not (principal.acts_for(need.organisation_id) or principal.manages(need.network_id)):
            raise NotFound(kind="need")
        return need_view(await handlers.withdraw_need(need_id, command.cause, needs=needs))

    return routes
