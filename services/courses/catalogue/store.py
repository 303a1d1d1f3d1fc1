"""Where courses are kept."""

from services.courses.catalogue.domain import Course
from shared.mongo import Document
from shared.process import Service
from shared.store import Aggregates
from shared.web import sort_key


def _keys(course: Course) -> Document:
    return {"network_id": course.network_id, "sort": sort_key(course.created_ms, course.id)}


def course_store(service: Service) -> Aggregates[Course]:
    """Return all courses of the service."""
    indexes = ((("network_id", 1), ("sort", -1)),)
    return service.aggregates("courses", Course, kind="course", keys=_keys, indexes=indexes)
