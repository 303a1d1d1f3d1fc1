"""Commands of courses."""

from services.courses.catalogue import domain
from services.courses.catalogue.domain import Course
from shared.store import Aggregates, Cause


async def publish_course(course: Course, cause: Cause, *, courses: Aggregates[Course]) -> Course:
    """Publish a course. Errors: `Invalid` 422."""
    return (await courses.put(course.id, lambda existing: domain.publish(existing, course), cause)).state
