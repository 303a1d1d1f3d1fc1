"""What courses holds about a person, for the service that answers the person."""

from fastapi import APIRouter, Request

from services.courses.privacy.views import PersonBooking, bookings_of
from services.courses.sessions.store import Sessions
from shared.ids import PersonId, Ref
from shared.web import Caller, Page

SCOPE = "people:read"


def router(sessions: Sessions) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(prefix="/api/courses/v1/people", tags=["privacy"])

    @routes.get(
        "/{person_id}/bookings",
        summary="All bookings of a person (services with scope people:read)",
        operation_id="list_person_bookings",
    )
    async def list_person_bookings(
        person_id: Ref[PersonId], principal: Caller, request: Request
    ) -> Page[PersonBooking]:
        principal.require_scope(SCOPE)
        found = await bookings_of(sessions.aggregates.collection, person_id, request.state.language)
        return Page(items=found)

    return routes
