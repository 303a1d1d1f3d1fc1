"""A course: what is taught, without dates. Pure."""

from enum import StrEnum

from services.courses.rules import require_topic
from shared.decisions import Change
from shared.errors import IdempotencyKeyReused
from shared.events.courses import CoursePublished
from shared.events.envelope import Value
from shared.ids import CourseId, NetworkId


class CourseState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


class CourseCommand(StrEnum):
    PUBLISH = "publish"
    RETIRE = "retire"


TABLE: dict[tuple[CourseState, CourseCommand], CourseState] = {
    (CourseState.DRAFT, CourseCommand.PUBLISH): CourseState.PUBLISHED,
    (CourseState.PUBLISHED, CourseCommand.RETIRE): CourseState.RETIRED,
}


class Course(Value):
    """The state of a course; `teaching_units` of 45 minutes each."""

    id: CourseId
    network_id: NetworkId
    topic_code: str
    teaching_units: int
    state: CourseState = CourseState.PUBLISHED
    request: str = ""
    created_ms: int


def publish(existing: Course | None, course: Course) -> Change[Course]:
    """Publish a course. Errors: `Invalid`, `IdempotencyKeyReused` 422."""
    if existing is not None:
        if existing.request != course.request:
            raise IdempotencyKeyReused
        return Change(existing)
    require_topic(course.topic_code)
    event = CoursePublished(
        course_id=course.id,
        network_id=course.network_id,
        topic_code=course.topic_code,
        teaching_units=course.teaching_units,
    )
    return Change(course, (event,))
