"""What courses listens to for the sake of erased people."""

from collections.abc import Sequence
from functools import partial

from services.courses.privacy import handlers
from services.courses.privacy.domain import Unlinking
from services.courses.privacy.handlers import Asked
from services.courses.privacy.store import Marks
from services.courses.sessions.domain import Session
from shared.clock import utc_now
from shared.events import courses, erasures, membership
from shared.kafka import Consumers
from shared.mongo import Collection
from shared.store import Aggregates

GROUP = "courses.privacy"


def listen(
    consumers: Consumers,
    *,
    peer: Asked,
    sessions: Aggregates[Session],
    unlinkings: Aggregates[Unlinking],
    marks: Marks,
    mentioning: Sequence[Collection],
) -> None:
    """Say which event calls which handler."""
    unlink = partial(
        handlers.unlink_person,
        membership=peer,
        sessions=sessions,
        unlinkings=unlinkings,
        marks=marks,
        mentioning=mentioning,
        clock=utc_now,
    )
    late = partial(handlers.unlink_late, sessions=sessions, marks=marks)
    consumers.handle(membership.TOPIC, GROUP, {erasures.PersonErased: unlink})
    consumers.handle(
        courses.TOPIC,
        GROUP,
        {courses.CourseBooked: late, courses.BookingWaitlisted: late, courses.ParticipantSubstituted: late},
    )
