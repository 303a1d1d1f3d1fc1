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
from services.courses.sessions.access import Access
from services.courses.sessions.domain import ReasonCode, Session
from services.courses.sessions.domain.parts import Promotion
from services.courses.sessions.domain.schedule import checked_days
from services.courses.sessions.store import Sessions
from services.courses.sessions.summary import SessionView, session_view
from shared.clock import epoch_ms, utc_now
from shared.events.course_values import CostKey, CourseFormat, SessionDay
from shared.ids import CourseId, NetworkId, OrganisationId, PoolId, Ref, SessionId, derived_id
from shared.store import Aggregates
from shared.web import Body, Caller, Command, Commanded, Page, Paged

POOL_FIRST_DAYS = 14  # ten working days (domain notes 1, step 7)


class Day(Body):
    """One block of teaching; RFC 3339 instants with an offset. `online` is needed in blended sessions only."""

    starts_at: AwareDatetime
    ends_at: AwareDatetime
    online: bool | None = None

    def instants(self) -> tuple[datetime, datetime]:
        """Return start and end."""
        return self.starts_at, self.ends_at


Days = Annotated[list[Day], Field(min_length=1, max_length=100)]


def days_of(days: list[Day], format_: CourseFormat) -> tuple[SessionDay, ...]:
    """Return checked days, online ones as the format says where they do not say so. Errors: `Invalid` 422."""
    everywhere = format_ is CourseFormat.ONLINE
    checked = checked_days([day.instants() for day in days])
    return tuple(
        each.model_copy(update={"online": everywhere if day.online is None else day.online})
        for each, day in zip(checked, days, strict=True)
    )


class ScheduleSession(Body):
    """When, for how many, at what price per seat in cents.

    `pool_first_days`: how long only companies of the pool may book; `others_days_before`: so many days before the
    start companies of other networks may book, if ever; `company_cap`: a company with so many seats comes after all
    others who wait; `promotion`: whether a freed seat is booked at once for who waits, or offered with a deadline.
    """

    course_id: Ref[CourseId]
    pool_id: Ref[PoolId] | None = None
    provider_id: Ref[OrganisationId] | None = None
    days: Days
    time_zone: Annotated[str, Field(max_length=64)] = "Europe/Berlin"
    venue_ags: Annotated[str, Field(max_length=5)] | None = None
    format: CourseFormat = CourseFormat.ON_SITE
    online_url: Annotated[str, Field(max_length=500, pattern=r"^https://[\x21-\x7e]+$")] | None = None
    minimum_seats: Annotated[int, Field(strict=True, ge=1, le=500)]
    capacity: Annotated[int, Field(strict=True, ge=1, le=500)]
    price_cents: Annotated[int, Field(strict=True, ge=0, le=10_000_000)]
    cost_key: CostKey
    prerequisites: Annotated[
        tuple[Annotated[str, Field(max_length=50)], ...],
        Field(max_length=10, description="Topics whose courses a person must have done"),
    ] = ()
    promotion: Promotion = Promotion.AUTOMATIC
    company_cap: Annotated[int, Field(strict=True, ge=1, le=500)] | None = None
    pool_first_days: Annotated[int, Field(strict=True, ge=0, le=90)] = POOL_FIRST_DAYS
    others_days_before: Annotated[int, Field(strict=True, ge=0, le=365)] | None = None
    decide_days_before: Annotated[int, Field(strict=True, ge=1, le=120)] = 21


class CancelSession(Body):
    """Why the session does not take place."""

    reason_code: ReasonCode


def router(
    sessions: Sessions,
    courses: Aggregates[Course],
    pools: Aggregates[Pool],
    memberships: Memberships,
) -> APIRouter:
    """Return the routes."""
    access = Access(sessions, memberships)
    routes = APIRouter(prefix="/api/courses/v1", tags=["sessions"])
    store = sessions.aggregates

    @routes.post("/sessions", status_code=201, summary="Schedule a session", operation_id="schedule_session")
    async def schedule_session(body: ScheduleSession, command: Commanded) -> SessionView:
        course = await courses.get(body.course_id)
        await require_manager(command.principal, course.network_id, memberships, "course")
        session = _session(body, course, command)
        return session_view(
            await handlers.schedule_session(session, command.cause, sessions=store, pools=pools)
        )

    @routes.get("/sessions", summary="Sessions of a network", operation_id="list_sessions")
    async def list_sessions(
        network_id: Ref[NetworkId], principal: Caller, paging: Paged
    ) -> Page[SessionView]:
        await require_sight(principal, network_id, memberships, "network")
        return await views.list_sessions(store.collection, network_id, paging)

    @routes.get("/sessions/{session_id}", summary="One session", operation_id="get_session")
    async def get_session(session_id: Ref[SessionId], principal: Caller) -> SessionView:
        await access.sight(principal, session_id)
        return await sessions.summary(session_id)

    @routes.post("/sessions/{session_id}/open", summary="Open for bookings", operation_id="open_booking")
    async def open_booking(session_id: Ref[SessionId], command: Commanded) -> SessionView:
        await access.manager(command.principal, session_id)
        return session_view(
            await handlers.open_booking(session_id, command.cause, sessions=store, clock=utc_now)
        )

    @routes.post("/sessions/{session_id}/cancel", summary="Cancel a session", operation_id="cancel_session")
    async def cancel_session(
        session_id: Ref[SessionId], body: CancelSession, command: Commanded
    ) -> SessionView:
        await access.manager(command.principal, session_id)
        return session_view(
            await handlers.cancel_session(session_id, body.reason_code, command.cause, sessions=store)
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
        days=days_of(body.days, body.format),
        created_ms=epoch_ms(utc_now()),
    )
