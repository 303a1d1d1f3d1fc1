"""What needs listen to: the sessions of their pools, their own ends, and proofs that end."""

from functools import partial

from services.courses.needs import following, repeating
from services.courses.needs.domain import Need
from services.courses.pools.domain import Pool
from services.courses.sessions.domain import Session
from shared.clock import Clock
from shared.events import courses, renewals
from shared.events import needs as needs_events
from shared.kafka import Consumers
from shared.store import Aggregates

GROUP = "courses.needs"


def listen(
    consumers: Consumers,
    *,
    needs: Aggregates[Need],
    pools: Aggregates[Pool],
    sessions: Aggregates[Session],
    clock: Clock,
) -> None:
    """Say which event calls which handler."""
    follow = partial(following.follow_session, needs=needs, pools=pools, sessions=sessions)
    repeat = partial(repeating.repeat_need, needs=needs, clock=clock)
    consumers.handle(
        courses.TOPIC,
        GROUP,
        {
            courses.BookingOpened: follow,
            courses.SessionCancelled: follow,
            needs_events.NeedCovered: repeat,
            needs_events.NeedExpired: repeat,
            renewals.RenewalDue: partial(repeating.renew, needs=needs, clock=clock),
        },
    )
