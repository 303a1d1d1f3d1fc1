"""What this service listens to."""

from functools import partial

from services.notifications import handlers
from services.notifications import members as member_copies
from services.notifications.handlers import Parts
from shared.events import courses, membership, notifications, sessions
from shared.kafka import Consumers

SESSIONS_GROUP = "notifications.sessions"
MESSAGES_GROUP = "notifications.messages"


def listen(consumers: Consumers, parts: Parts) -> None:
    """Say which event calls which handler."""
    copies = parts.copies
    consumers.handle(
        courses.TOPIC,
        SESSIONS_GROUP,
        {
            courses.SessionScheduled: partial(handlers.keep_session, copies=copies),
            sessions.SessionRescheduled: partial(handlers.keep_dates, copies=copies),
            courses.SessionCancelled: partial(handlers.keep_cancelled, copies=copies),
        },
    )
    consumers.handle(
        membership.TOPIC,
        SESSIONS_GROUP,
        {
            membership.NetworkPoliciesChanged: partial(handlers.keep_policy, copies=copies),
            **dict.fromkeys(member_copies.EVENTS, parts.members.keep),
        },
    )
    tell = partial(handlers.tell, parts=parts)
    # Every event of the courses service that a row of the message table names, and those that settle reminders.
    consumers.handle(courses.TOPIC, MESSAGES_GROUP, dict.fromkeys(handlers.TOLD, tell))
    consumers.handle(notifications.TOPIC, MESSAGES_GROUP, dict.fromkeys(handlers.OWN_EVENTS, tell))
