"""What notifications holds about a person, for the service that answers the person."""

from fastapi import APIRouter, Request

from services.notifications.views import InboxEntry, InboxView
from shared.ids import PersonId, Ref
from shared.web import Caller, Page, Paged

SCOPE = "people:read"


def router(inbox: InboxView) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(prefix="/api/notifications/v1/people", tags=["privacy"])

    @routes.get(
        "/{person_id}/inbox",
        summary="All messages of a person (services with scope people:read)",
        operation_id="list_person_messages",
    )
    async def list_person_messages(
        person_id: Ref[PersonId], principal: Caller, paging: Paged, request: Request
    ) -> Page[InboxEntry]:
        principal.require_scope(SCOPE)
        return await inbox.page(person_id, paging, request.state.language)

    return routes
