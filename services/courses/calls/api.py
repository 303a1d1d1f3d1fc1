"""Routes of calls for offers, for the network's management."""

from fastapi import APIRouter

from services.courses.calls import bidding, handlers, views
from services.courses.calls.bodies import (
    AnswerQuestion,
    AwardOffer,
    CallTerms,
    CancelCall,
    DraftCall,
    ExtendCall,
    ScoreOffer,
)
from services.courses.calls.domain import Call, CallState
from services.courses.calls.handlers import Stores
from services.courses.calls.planning import Plan, plan_of
from services.courses.calls.specifying import PROPOSED_CRITERIA
from services.courses.calls.terms import Criterion, OfferContent, Specification
from services.courses.calls.views import CallView, call_view
from services.courses.memberships.access import require_manager
from services.courses.memberships.store import Memberships
from services.courses.pools.domain import Pool
from shared.auth import Principal
from shared.clock import epoch_ms
from shared.errors import NotFound
from shared.ids import CallId, NetworkId, OfferId, PersonId, PoolId, Ref
from shared.web import Caller, Command, Commanded, Page, Paged

BASE = "/api/courses/v1"


async def managed(principal: Principal, call_id: str, stores: Stores, memberships: Memberships) -> Call:
    """Return a call to the managers of its network. Errors: `NotFound` 404, `Forbidden` 403."""
    call = await stores.calls.get(call_id)
    await require_manager(principal, call.network_id, memberships, "call for offers")
    return call


def draft_router(stores: Stores, memberships: Memberships) -> APIRouter:
    """Return the routes up to the moment at which providers are asked."""
    routes = APIRouter(prefix=BASE, tags=["calls"])

    async def terms(body: CallTerms, pool: Pool, command: Command) -> Call:
        spec = (
            Specification.model_validate(body.specification.model_dump())
            if body.specification
            else await handlers.propose(pool, stores=stores)
        )
        criteria = tuple(Criterion.model_validate(each.model_dump()) for each in body.criteria)
        return Call(
            id=CallId(command.id_for("call")),
            network_id=pool.network_id,
            pool_id=pool.id,
            specification=spec,
            criteria=criteria or PROPOSED_CRITERIA,
            providers=tuple(dict.fromkeys(body.providers)),
            few_providers_reason=body.few_providers_reason,
            due_at=body.due_at,
            request=command.cause.fingerprint,
            created_ms=epoch_ms(stores.clock()),
        )

    @routes.get(
        "/pools/{pool_id}/specification",
        summary="What a call for this pool would ask for",
        operation_id="get_specification",
    )
    async def get_specification(pool_id: Ref[PoolId], principal: Caller) -> Specification:
        pool = await stores.pools.get(pool_id)
        await require_manager(principal, pool.network_id, memberships, "pool")
        return await handlers.propose(pool, stores=stores)

    @routes.post("/calls", status_code=201, summary="Draft a call for offers", operation_id="draft_call")
    async def draft_call(body: DraftCall, command: Commanded) -> CallView:
        pool = await stores.pools.get(body.pool_id)
        await require_manager(command.principal, pool.network_id, memberships, "pool")
        call = await terms(body, pool, command)
        drafted = await handlers.draft(call, PersonId(command.principal.id), command.cause, stores=stores)
        return call_view(drafted, stores.clock())

    @routes.post("/calls/{call_id}/revise", summary="Replace what a draft says", operation_id="revise_call")
    async def revise_call(call_id: Ref[CallId], body: CallTerms, command: Commanded) -> CallView:
        call = await managed(command.principal, call_id, stores, memberships)
        changed = await terms(body, await stores.pools.get(call.pool_id), command)
        return call_view(
            await handlers.revise(
                call_id, changed, PersonId(command.principal.id), command.cause, stores=stores
            ),
            stores.clock(),
        )

    @routes.post(
        "/calls/{call_id}/request",
        summary="Ask the providers; criteria are fixed from here on",
        operation_id="request_offers",
    )
    async def request_offers(call_id: Ref[CallId], command: Commanded) -> CallView:
        await managed(command.principal, call_id, stores, memberships)
        requested = await handlers.request(
            call_id, PersonId(command.principal.id), command.cause, stores=stores
        )
        return call_view(requested, stores.clock())

    return routes


def running_router(stores: Stores, memberships: Memberships) -> APIRouter:
    """Return the routes of a call that providers were asked with."""
    routes = APIRouter(prefix=BASE, tags=["calls"])

    @routes.get("/calls", summary="Calls for offers of a network", operation_id="list_calls")
    async def list_calls(
        network_id: Ref[NetworkId], principal: Caller, paging: Paged, state: CallState | None = None
    ) -> Page[CallView]:
        await require_manager(principal, network_id, memberships, "network")
        return await views.list_calls(stores.calls.collection, network_id, paging, stores.clock(), state)

    @routes.get("/calls/{call_id}", summary="One call for offers", operation_id="get_call")
    async def get_call(call_id: Ref[CallId], principal: Caller) -> CallView:
        return call_view(await managed(principal, call_id, stores, memberships), stores.clock())

    @routes.post(
        "/calls/{call_id}/extend", summary="Move the due time to a later one", operation_id="extend_call"
    )
    async def extend_call(call_id: Ref[CallId], body: ExtendCall, command: Commanded) -> CallView:
        await managed(command.principal, call_id, stores, memberships)
        by = PersonId(command.principal.id)
        extended = await handlers.extend(call_id, body.due_at, by, command.cause, stores=stores)
        return call_view(extended, stores.clock())

    @routes.post("/calls/{call_id}/cancel", summary="End a call without an award", operation_id="cancel_call")
    async def cancel_call(call_id: Ref[CallId], body: CancelCall, command: Commanded) -> CallView:
        await managed(command.principal, call_id, stores, memberships)
        by = PersonId(command.principal.id)
        ended = await handlers.cancel(call_id, body.reason_code, body.note, by, command.cause, stores=stores)
        return call_view(ended, stores.clock())

    @routes.post(
        "/calls/{call_id}/questions/{question}/answer",
        summary="Answer a question for all",
        operation_id="answer_question",
    )
    async def answer_question(
        call_id: Ref[CallId], question: int, body: AnswerQuestion, command: Commanded
    ) -> CallView:
        await managed(command.principal, call_id, stores, memberships)
        by = PersonId(command.principal.id)
        told = await bidding.answer(call_id, question, body.text, by, command.cause, stores=stores)
        return call_view(told, stores.clock())

    return routes


def opening_router(stores: Stores, memberships: Memberships) -> APIRouter:
    """Return the routes after the due time."""
    routes = APIRouter(prefix=BASE, tags=["calls"])

    @routes.post(
        "/calls/{call_id}/open",
        summary="Open the sealed offers, after the due time",
        operation_id="open_offers",
    )
    async def open_offers(call_id: Ref[CallId], command: Commanded) -> CallView:
        await managed(command.principal, call_id, stores, memberships)
        by = PersonId(command.principal.id)
        opened = await handlers.open_offers(call_id, by, command.cause, stores=stores)
        return call_view(opened, stores.clock())

    @routes.get(
        "/calls/{call_id}/offers/{offer_id}",
        summary="Read an opened offer; the record notes who did",
        operation_id="read_offer",
    )
    async def read_offer(call_id: Ref[CallId], offer_id: Ref[OfferId], command: Commanded) -> OfferContent:
        await managed(command.principal, call_id, stores, memberships)
        by = PersonId(command.principal.id)
        call = await handlers.read(call_id, offer_id, by, command.cause, stores=stores)
        content = call.opened[offer_id].content
        if content is None:
            raise NotFound(kind="offer")
        return content

    @routes.post(
        "/calls/{call_id}/offers/{offer_id}/score",
        summary="Judge an opened offer",
        operation_id="score_offer",
    )
    async def score_offer(
        call_id: Ref[CallId], offer_id: Ref[OfferId], body: ScoreOffer, command: Commanded
    ) -> CallView:
        await managed(command.principal, call_id, stores, memberships)
        by = PersonId(command.principal.id)
        scored = await handlers.score(
            call_id, offer_id, body.points, body.note, by, command.cause, stores=stores
        )
        return call_view(scored, stores.clock())

    @routes.post(
        "/calls/{call_id}/award", summary="Award an offer, with the reason", operation_id="award_offer"
    )
    async def award_offer(call_id: Ref[CallId], body: AwardOffer, command: Commanded) -> CallView:
        await managed(command.principal, call_id, stores, memberships)
        awarded = await handlers.award(
            call_id,
            OfferId(body.offer_id),
            body.reason_code,
            body.reason,
            PersonId(command.principal.id),
            command.cause,
            stores=stores,
        )
        return call_view(awarded, stores.clock())

    @routes.get(
        "/calls/{call_id}/plan",
        summary="Course and session inputs from the awarded offer",
        operation_id="get_call_plan",
    )
    async def get_call_plan(call_id: Ref[CallId], principal: Caller) -> Plan:
        return plan_of(await managed(principal, call_id, stores, memberships))

    return routes
