"""What sessions listen to: memberships that rest, go on or end."""

from functools import partial

from services.courses.sessions import standings
from services.courses.sessions.store import Sessions
from shared.events import membership
from shared.events.seats import Standing
from shared.kafka import Consumers

GROUP = "courses.sessions"


def listen(consumers: Consumers, *, sessions: Sessions) -> None:
    """Say which event calls which handler."""
    change = partial(standings.change_standing, sessions=sessions)
    consumers.handle(
        membership.TOPIC,
        GROUP,
        {
            membership.MembershipSuspended: partial(change, standing=Standing.SUSPENDED),
            membership.MembershipResumed: partial(change, standing=Standing.ACTIVE),
            membership.MembershipTerminated: partial(change, standing=Standing.TERMINATED),
        },
    )
