"""Routes of courses."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from services.courses.catalogue import handlers, views
from services.courses.catalogue.domain import Course
from services.courses.catalogue.views import CourseView, course_view
from services.courses.memberships.access import require_manager, require_sight
from services.courses.memberships.store import Memberships
from services.courses.rules import UNITS_MAX
from shared.clock import epoch_ms, utc_now
from shared.ids import CourseId, NetworkId, Ref
from shared.store import Aggregates
from shared.web import Body, Caller, Commanded, Page, Paged


class PublishCourse(Body):
    """What is taught, in teaching units of 45 minutes."""

    network_id: Ref[NetworkId]
    topic_code: Annotated[str, Field(max_length=64)]
    teaching_units: Annotated[int, Field(strict=True, ge=1, le=UNITS_MAX)]


def router(courses: Aggregates[Course], memberships: Memberships) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(prefix="/api/courses/v1", tags=["courses"])

    @routes.post("/courses", status_code=201, summary="Publish a course", operation_id="publish_course")
    async def publish_course(body: PublishCourse, command: Commanded) -> CourseView:
        await require_manager(command.principal, body.network_id, memberships, "network")
        course = Course(
            **body.model_dump(),
            id=CourseId(command.id_for("course")),
            request=command.cause.fingerprint,
            created_ms=epoch_ms(utc_now()),
        )
        return course_view(await handlers.publish_course(course, command.cause, courses=courses))

    @routes.get("/courses", summary="Courses of a network", operation_id="list_courses")
    async def list_courses(network_id: Ref[NetworkId], principal: Caller, paging: Paged) -> Page[CourseView]:
        await require_sight(principal, network_id, memberships, "network")
        return await views.list_courses(courses.collection, network_id, paging)

    return routes
