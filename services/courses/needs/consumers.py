"""What needs listen to: the sessions of their pools."""

from functools import partial

from services.courses.needs import following
from services.courses.needs.domain import Need
from services.courses.pools.domain import Pool
from services.courses.sessions.domain import Session
from shared.events import courses
from shared.kafka import Consumers
from shared.store import Aggregates

GROUP = "courses.needs"


def listen(
    consumers: Consumers, *, needs: Aggregates[Need], pools: Aggregates[Pool], sessions: Aggregates[Session]
) -> None:
    """Say which event calls which handler."""
    follow = partial(following.follow_session, needs=needs, pools=pools, sessions=sessions)
    consumers.handle(courses.TOPIC, GROUP, {courses.BookingOpened: follow, courses.SessionCancelled: follow})
