"""What webhooks listen to: every event of every topic that can be subscribed."""

from functools import partial
from typing import Any

from services.notifications.webhooks import handlers
from shared.events import courses, membership
from shared.kafka import Consumers

GROUP = "notifications.webhooks"


def listen(consumers: Consumers, **parts: Any) -> None:
    """Queue every event; `parts` are those of `handlers.queue`."""
    of_any = partial(handlers.queue, **parts)
    for topic in (membership, courses):
        consumers.handle(topic.TOPIC, GROUP, dict.fromkeys(topic.EVENTS, of_any))
