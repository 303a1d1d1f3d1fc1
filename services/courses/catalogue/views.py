"""What people see of courses."""

from services.courses.catalogue.domain import Course, CourseState
from shared.mongo import Collection
from shared.web import Page, Paging, View, page_of


class CourseView(View):
    """One course; `teaching_units` of 45 minutes each."""

    id: str
    network_id: str
    topic_code: str
    teaching_units: int
    state: CourseState


def course_view(course: Course) -> CourseView:
    """Return what may be seen of a course."""
    return CourseView.model_validate(course.model_dump(include=set(CourseView.model_fields)))


async def list_courses(collection: Collection, network_id: str, paging: Paging) -> Page[CourseView]:
    """Return the network's courses, newest first."""
    return await page_of(
        collection,
        {"network_id": network_id},
        paging,
        lambda found: course_view(Course.model_validate(found["state"])),
    )
