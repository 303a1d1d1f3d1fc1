"""Routes of calendar files."""

from typing import Any

from fastapi import APIRouter, Response
from fastapi import Request as HttpRequest

from services.courses.sessions.access import Access
from services.courses.sessions.calendars import MEDIA_TYPE, booking_calendar, session_calendar
from services.courses.sessions.store import Sessions
from shared.clock import utc_now
from shared.ids import BookingId, Ref, SessionId
from shared.web import Caller

_ICS: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/calendar": {"schema": {"type": "string"}}}, "description": "RFC 5545"}
}


def router(sessions: Sessions, access: Access) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(prefix="/api/courses/v1/sessions/{session_id}", tags=["calendar"])

    @routes.get(
        "/calendar.ics",
        summary="A session's days as a calendar file",
        operation_id="get_session_calendar",
        response_class=Response,
        responses=_ICS,
    )
    async def get_session_calendar(
        session_id: Ref[SessionId], principal: Caller, request: HttpRequest
    ) -> Response:
        await access.sight(principal, session_id)
        session = await sessions.aggregates.get(session_id)
        return Response(session_calendar(session, request.state.language, utc_now()), media_type=MEDIA_TYPE)

    @routes.get(
        "/bookings/{booking_id}/calendar.ics",
        summary="A booking's days as a calendar file",
        operation_id="get_booking_calendar",
        response_class=Response,
        responses=_ICS,
    )
    async def get_booking_calendar(
        session_id: Ref[SessionId], booking_id: Ref[BookingId], principal: Caller, request: HttpRequest
    ) -> Response:
        session = await access.own(principal, session_id, booking_id)
        content = booking_calendar(session, booking_id, request.state.language, utc_now())
        return Response(content, media_type=MEDIA_TYPE)

    return routes
