"""Events of the notifications service, topic `verbund.notifications.events`."""

from shared.events import erasures
from shared.events.envelope import Event

TOPIC = "verbund.notifications.events"
EVENTS: tuple[type[Event], ...] = erasures.NOTIFICATIONS
