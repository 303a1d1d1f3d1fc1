"""What courses holds about a person, for the service that answers the person."""

from collections.abc import Sequence
from functools import partial

from fastapi import APIRouter, Request

from services.courses.privacy.views import PersonBooking, bookings_of
from services.courses.sessions.store import Sessions
from shared.ids import PersonId, Ref
from shared.mongo import Collection
from shared.traces import SCOPE, add_traces_route, traces_in
from shared.web import Caller, Page


def router(sessions: Sessions, mentioning: Sequence[Collection]) -> APIRouter:
    """Return the routes; `mentioning` are the collections that name people without being theirs."""
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

    add_traces_route(
        routes,
        partial(traces_in, mentioning),
        summary="Where else a person's id stands: journals of calls for offers",
        operation_id="list_person_course_traces",
    )
    return routes
