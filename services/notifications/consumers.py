"""What this service listens to."""

from collections.abc import Callable
from functools import partial

from services.notifications import handlers
from services.notifications import members as member_copies
from services.notifications.members import Members
from services.notifications.store import Copies, Notifications
from shared.events import courses, membership
from shared.kafka import Consumers

SESSIONS_GROUP = "notifications.sessions"
MESSAGES_GROUP = "notifications.messages"


def listen(
    consumers: Consumers,
    *,
    notifications: Notifications,
    copies: Copies,
    members: Members,
    wake: Callable[[], None],
) -> None:
    """Say which event calls which handler."""
    told = {"notifications": notifications, "copies": copies, "wake": wake}
    of_seat = partial(handlers.tell_of_seat, **told)  # type: ignore[arg-type]
    consumers.handle(
        courses.TOPIC,
        SESSIONS_GROUP,
        {courses.SessionScheduled: partial(handlers.keep_session, copies=copies)},
    )
    consumers.handle(
        membership.TOPIC,
        SESSIONS_GROUP,
        {
            membership.NetworkPoliciesChanged: partial(handlers.keep_policy, copies=copies),
            **dict.fromkeys(member_copies.EVENTS, members.keep),
        },
    )
    consumers.handle(
        courses.TOPIC,
        MESSAGES_GROUP,
        {
            courses.CourseBooked: of_seat,
            courses.BookingWaitlisted: of_seat,
            courses.WaitlistPromoted: of_seat,
            courses.BookingCancelled: of_seat,
            courses.ParticipantSubstituted: of_seat,
            courses.SessionCancelled: partial(handlers.tell_of_session, **told),  # type: ignore[arg-type]
        },
    )
