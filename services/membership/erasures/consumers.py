"""What membership listens to: the other services' word that they have forgotten a person."""

from functools import partial

from services.membership.erasures import handlers
from services.membership.erasures.domain import Erasure
from shared.clock import utc_now
from shared.events import courses, notifications
from shared.events.erasures import PersonForgotten, PersonUnlinked
from shared.kafka import Consumers
from shared.store import Aggregates

GROUP = "membership.erasures"


def listen(consumers: Consumers, *, erasures: Aggregates[Erasure]) -> None:
    """Say which event calls which handler."""
    confirm = partial(handlers.confirm_elsewhere, erasures=erasures, clock=utc_now)
    consumers.handle(courses.TOPIC, GROUP, {PersonUnlinked: confirm})
    consumers.handle(notifications.TOPIC, GROUP, {PersonForgotten: confirm})
