"""Routes of calls for offers, for invited providers: each sees its own invitations and its own offer, nothing else."""

from fastapi import APIRouter

from services.courses.calls import bidding, views
from services.courses.calls.bodies import AskQuestion, SubmitOffer, WithdrawOffer
from services.courses.calls.domain import Call, CallState
from services.courses.calls.handlers import Stores
from services.courses.calls.views import CallInvitationView, ReceiptView, invitation_view
from services.courses.memberships.store import Memberships
from shared.auth import Principal
from shared.errors import Forbidden, NotFound
from shared.ids import CallId, OrganisationId, PersonId, Ref
from shared.roles import Role
from shared.web import Caller, Commanded, Page, Paged

BASE = "/api/courses/v1"


def providers_of(principal: Principal) -> frozenset[OrganisationId]:
    """Return the providers that the person speaks for."""
    return frozenset(
        grant.organisation_id
        for grant in principal.grants
        if grant.organisation_id is not None and grant.role is Role.PROVIDER
    )


def router(stores: Stores, memberships: Memberships) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(prefix=f"{BASE}/invitations", tags=["invitations"])

    async def invited(principal: Principal, call_id: str, provider_id: OrganisationId) -> Call:
        if not principal.acts_for(provider_id, Role.PROVIDER):
            raise Forbidden
        call = await stores.calls.get(call_id)
        if provider_id not in call.providers or call.state is CallState.DRAFT:
            raise NotFound(kind="call for offers")
        return call

    @routes.get(
        "", summary="Calls that one's own organisation was invited to", operation_id="list_invitations"
    )
    async def list_invitations(principal: Caller, paging: Paged) -> Page[CallInvitationView]:
        return await views.list_invitations(
            stores.calls.collection, providers_of(principal), paging, stores.clock()
        )

    @routes.get("/{call_id}", summary="One invitation", operation_id="get_invitation")
    async def get_invitation(
        call_id: Ref[CallId], provider_id: Ref[OrganisationId], principal: Caller
    ) -> CallInvitationView:
        return invitation_view(await invited(principal, call_id, provider_id), provider_id, stores.clock())

    @routes.post(
        "/{call_id}/offer",
        status_code=201,
        summary="Send a sealed offer, or replace it",
        operation_id="submit_offer",
    )
    async def submit_offer(call_id: Ref[CallId], body: SubmitOffer, command: Commanded) -> ReceiptView:
        call = await invited(command.principal, call_id, body.provider_id)
        await _require_hosts(body, call, memberships)
        outcome = await bidding.submit(
            call,
            body.provider_id,
            body.content(),
            PersonId(command.principal.id),
            command.cause,
            stores=stores,
        )
        return ReceiptView.model_validate(outcome.result)

    @routes.post(
        "/{call_id}/offer/withdraw",
        summary="Take the offer back, before the due time",
        operation_id="withdraw_offer",
    )
    async def withdraw_offer(
        call_id: Ref[CallId], body: WithdrawOffer, command: Commanded
    ) -> CallInvitationView:
        await invited(command.principal, call_id, body.provider_id)
        by = PersonId(command.principal.id)
        call = await bidding.withdraw(call_id, body.provider_id, by, command.cause, stores=stores)
        return invitation_view(call, body.provider_id, stores.clock())

    @routes.post(
        "/{call_id}/questions",
        status_code=201,
        summary="Ask; all of those invited read it",
        operation_id="ask_question",
    )
    async def ask_question(call_id: Ref[CallId], body: AskQuestion, command: Commanded) -> CallInvitationView:
        await invited(command.principal, call_id, body.provider_id)
        by = PersonId(command.principal.id)
        call = await bidding.ask(call_id, body.provider_id, body.text, by, command.cause, stores=stores)
        return invitation_view(call, body.provider_id, stores.clock())

    return routes


async def _require_hosts(body: SubmitOffer, call: Call, memberships: Memberships) -> None:
    for venue in body.venues:
        if venue.host_organisation_id is not None:
            await memberships.require_active(call.network_id, venue.host_organisation_id)
