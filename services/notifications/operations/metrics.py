"""The state of the post office as metrics, for alarms: measured by every worker, the same from each."""

from collections.abc import Awaitable, Callable

from prometheus_client import Gauge

from services.notifications.operations.views import mail_health
from shared.mongo import Collection

WAITING = Gauge("notifications_waiting", "Messages that are due and not sent yet.")
OLDEST = Gauge("notifications_oldest_waiting_seconds", "Age of the oldest message that is due, in seconds.")
PARKED = Gauge("notifications_parked", "Messages that were given up and wait for a person.")
WEBHOOKS_WAITING = Gauge("webhook_messages_waiting", "Webhook messages that are not delivered yet.")

EVERY_S = 15.0


async def measure(
    notifications: Collection, messages: Collection, pause: Callable[[float], Awaitable[None]]
) -> None:
    """Measure once and wait; run as a background loop."""
    found = await mail_health(notifications, messages)
    WAITING.set(found.waiting)
    OLDEST.set(found.oldest_waiting_s)
    PARKED.set(found.parked)
    WEBHOOKS_WAITING.set(found.webhook_messages_waiting)
    await pause(EVERY_S)
