"""Routes of needs."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query

from services.courses.memberships.access import (
    companies_of,
    require_actor,
    require_sight,
)
from services.courses.memberships.store import Memberships
from services.courses.needs import handlers, views
from services.courses.needs.bodies import NeedTerms, PostNeed
from services.courses.needs.demand import Demand
from services.courses.needs.domain import Need, NeedState, Terms
from services.courses.needs.views import NamedNeedView, NeedView, need_view
from services.courses.waves.domain import Wave
from shared.auth import Principal
from shared.clock import Clock, epoch_ms, utc_now
from shared.errors import NotFound
from shared.ids import NeedId, NetworkId, Ref, WaveId
from shared.mongo import Document
from shared.reference import skills, topics
from shared.store import Aggregates
from shared.web import Caller, Command, Commanded, Page, Paged, View

BASE = "/api/courses/v1"


class TopicView(View):
    """A node of the topic tree; groups have no parent and are not bookable. Units of 45 minutes; seats."""

    code: str
    parent_code: str | None
    title_de: str
    title_en: str
    esco_uri: str | None
    typical_units: int | None
    typical_min: int | None
    typical_max: int | None


class SkillView(View):
    """A concept of ESCO v1.2, for exchange with others; people are shown our topic titles."""

    uri: str
    title_de: str
    title_en: str
    theme: str


def narrowed(**fields: str | None) -> Document:
    """Return a condition of the fields that are asked for."""
    return {name: value for name, value in fields.items() if value is not None}


def reference_router() -> APIRouter:
    """Return the routes of reference data."""
    routes = APIRouter(prefix=BASE, tags=["needs"])

    @routes.get("/topics", summary="The topic tree", operation_id="list_topics")
    async def list_topics(_principal: Caller) -> list[TopicView]:
        return [TopicView.model_validate(each, from_attributes=True) for each in topics().values()]

    @routes.get("/skills", summary="ESCO skills that needs may name", operation_id="list_skills")
    async def list_skills(_principal: Caller) -> list[SkillView]:
        return [SkillView.model_validate(each, from_attributes=True) for each in skills().values()]

    return routes


def router(needs: Aggregates[Need], memberships: Memberships) -> APIRouter:
    """Return the routes of needs as lists and figures."""
    routes = APIRouter(prefix=BASE, tags=["needs"])

    @routes.get("/needs", summary="Needs: a manager sees all, a company its own", operation_id="list_needs")
    async def list_needs(
        network_id: Ref[NetworkId],
        principal: Caller,
        paging: Paged,
        state: NeedState | None = None,
        topic_code: Annotated[str | None, Query(max_length=64)] = None,
        wave_id: Ref[WaveId] | None = None,
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
            more=narrowed(topic=topic_code, wave=wave_id),
        )

    @routes.get("/needs/demand", summary="Anonymous open demand", operation_id="get_demand")
    async def get_demand(
        network_id: Ref[NetworkId], principal: Caller, by: Literal["topic", "group"] = "topic"
    ) -> list[Demand]:
        await require_sight(principal, network_id, memberships, "network")
        return await views.demand(needs.collection, network_id, by_group=by == "group")

    @routes.get(
        "/needs/named",
        summary="Open needs of companies that want to be named",
        operation_id="list_named_needs",
    )
    async def list_named_needs(
        network_id: Ref[NetworkId], principal: Caller, paging: Paged
    ) -> Page[NamedNeedView]:
        await require_sight(principal, network_id, memberships, "network")
        return await views.list_named(needs.collection, network_id, paging)

    @routes.get("/needs/{need_id}", summary="One need", operation_id="get_need")
    async def get_need(need_id: Ref[NeedId], principal: Caller) -> NeedView:
        return need_view(_visible(await needs.get(need_id), principal))

    return routes


def command_router(
    needs: Aggregates[Need], waves: Aggregates[Wave], memberships: Memberships, clock: Clock = utc_now
) -> APIRouter:
    """Return the routes that change a need."""
    routes = APIRouter(prefix=BASE, tags=["needs"])

    @routes.post("/needs", status_code=201, summary="Post a training need", operation_id="post_need")
    async def post_need(body: PostNeed, command: Commanded) -> NeedView:
        await require_actor(command.principal, body.network_id, body.organisation_id, memberships, "network")
        posted = await handlers.post_need(
            _need(body, command),
            command.cause,
            needs=needs,
            waves=waves,
            memberships=memberships,
            clock=clock,
        )
        return need_view(posted)

    @routes.post("/needs/{need_id}/revise", summary="Replace what is asked for", operation_id="revise_need")
    async def revise_need(need_id: Ref[NeedId], body: NeedTerms, command: Commanded) -> NeedView:
        _visible(await needs.get(need_id), command.principal)
        terms = Terms.model_validate(body.terms())
        return need_view(
            await handlers.revise_need(
                need_id, terms, body.expires_on, command.cause, needs=needs, clock=clock
            )
        )

    @routes.post("/needs/{need_id}/withdraw", summary="Withdraw a need", operation_id="withdraw_need")
    async def withdraw_need(need_id: Ref[NeedId], command: Commanded) -> NeedView:
        _visible(await needs.get(need_id), command.principal)
        return need_view(await handlers.withdraw_need(need_id, command.cause, needs=needs))

    @routes.post(
        "/needs/{need_id}/cover", summary="Say that a need is met elsewhere", operation_id="cover_need"
    )
    async def cover_need(need_id: Ref[NeedId], command: Commanded) -> NeedView:
        need = _visible(await needs.get(need_id), command.principal)
        by_manager = command.principal.manages(need.network_id)
        covered = await handlers.cover_need(need_id, command.cause, by_manager=by_manager, needs=needs)
        return need_view(covered)

    return routes


def _need(body: PostNeed, command: Command) -> Need:
    return Need(
        **{**body.model_dump(), **body.terms()},
        id=NeedId(command.id_for("need")),
        request=command.cause.fingerprint,
        created_ms=epoch_ms(utc_now()),
    )


def _visible(need: Need, principal: Principal) -> Need:
    if not (principal.acts_for(need.organisation_id) or principal.manages(need.network_id)):
        raise NotFound(kind="need")
    return need
