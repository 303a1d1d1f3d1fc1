"""Routes of sessions."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import AwareDatetime, Field

from services.courses.catalogue.domain import Course
from services.courses.memberships.access import require_manager, require_sight
from services.courses.memberships.store import Memberships
from services.courses.pools.domain import Pool
from services.courses.sessions import handlers, views
from services.courses.sessions.domain import ReasonCode, Session
from services.courses.sessions.schedule import checked_days
from services.courses.sessions.store import Sessions
from services.courses.sessions.views import SessionView, session_view
from shared.auth import Principal
from shared.clock import epoch_ms, utc_now
from shared.events.courses import CostKey
from shared.ids import CourseId, NetworkId, OrganisationId, PoolId, Ref, SessionId, derived_id
from shared.store import Aggregates
from shared.web import Body, Caller, Command, Commanded, Page, Paged


class Day(Body):
    """One block of teaching; RFC 3339 instants with an offset."""

    starts_at: AwareDatetime
    ends_at: AwareDatetime

    def instants(self) -> tuple[datetime, datetime]:
        """Return start and end."""
        return self.starts_at, self.ends_at


class ScheduleSession(Body):
    """When, for how many, at what price per seat in cents."""

    course_id: Ref[CourseId]
    pool_id: Ref[PoolId] | None = None
    provider_id: Ref[OrganisationId] | None = None
    days: Annotated[list[Day], Field(min_length=1, max_length=100)]
    time_zone: Annotated[str, Field(max_length=64)] = "Europe/Berlin"
    venue_ags: Annotated[str, Field(max_length=5)] | None = None
    minimum_seats: Annotated[int, Field(strict=True, ge=1, le=500)]
    capacity: Annotated[int, Field(strict=True, ge=1, le=500)]
    price_cents: Annotated[int, Field(strict=True, ge=0, le=10_000_000)]
    cost_key: CostKey


class CancelSession(Body):
    """Why the session does not take place."""

    reason_code: ReasonCode


def router(
    sessions: Sessions, courses: Aggregates[Course], pools: Aggregates[Pool], memberships: Memberships
) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(prefix="/api/courses/v1", tags=["sessions"])

    async def manager(principal: Principal, session_id: str) -> None:
        network_id = await sessions.network_of(session_id)
        await require_manager(principal, network_id, memberships, "session")

    @routes.post("/sessions", status_code=201, summary="Schedule a session", operation_id="schedule_session")
    async def schedule_session(body: ScheduleSession, command: Commanded) -> SessionView:
        course = await courses.get(body.course_id)
        await require_manager(command.principal, course.network_id, memberships, "course")
        session = _session(body, course, command)
        scheduled = await handlers.schedule_session(
            session, command.cause, sessions=sessions.aggregates, pools=pools
        )
        return session_view(scheduled)

    @routes.get("/sessions", summary="Sessions of a network", operation_id="list_sessions")
    async def list_sessions(
        network_id: Ref[NetworkId], principal: Caller, paging: Paged
    ) -> Page[SessionView]:
        await require_sight(principal, network_id, memberships, "network")
        return await views.list_sessions(sessions.aggregates.collection, network_id, paging)

    @routes.get("/sessions/{session_id}", summary="One session", operation_id="get_session")
    async def get_session(session_id: Ref[SessionId], principal: Caller) -> SessionView:
        network_id = await sessions.network_of(session_id)
        await require_sight(principal, network_id, memberships, "session")
        return session_view(await sessions.aggregates.get(session_id))

    @routes.post("/sessions/{session_id}/open", summary="Open for bookings", operation_id="open_booking")
    async def open_booking(session_id: Ref[SessionId], command: Commanded) -> SessionView:
        await manager(command.principal, session_id)
        return session_view(
            await handlers.open_booking(session_id, command.cause, sessions=sessions.aggregates)
        )

    @routes.post("/sessions/{session_id}/cancel", summary="Cancel a session", operation_id="cancel_session")
    async def cancel_session(
        session_id: Ref[SessionId], body: CancelSession, command: Commanded
    ) -> SessionView:
        await manager(command.principal, session_id)
        return session_view(
            await handlers.cancel_session(
                session_id, body.reason_code, command.cause, sessions=sessions.aggregates
            )
        )

    return routes


def _session(body: ScheduleSession, course: Course, command: Command) -> Session:
    planned = body.model_dump(exclude={"days"})
    session_id = derived_id("session", body.pool_id) if body.pool_id else command.id_for("session")
    return Session(
        **planned,
        id=SessionId(session_id),
        network_id=course.network_id,
        topic_code=course.topic_code,
        teaching_units=course.teaching_units,
        days=checked_days([day.instants() for day in body.days]),
        created_ms=epoch_ms(utc_now()),
    )
