"""Events of the notifications service, topic `verbund.notifications.events`.

Addresses and secrets of webhooks are in none of them.
"""

from datetime import datetime
from enum import StrEnum
from typing import Literal

from shared.events import erasures
from shared.events.envelope import Event
from shared.ids import NetworkId, OrganisationId, WebhookId


class WebhookStop(StrEnum):
    """Why nothing is sent to a webhook any more."""

    BY_HAND = "by_hand"
    GONE = "gone"  # the receiver answered 410
    DEAD = "dead"  # a message used up its tries, and nothing got through meanwhile


class WebhookRegistered(Event):
    """Belongs to a network or to an organisation, never to both."""

    type: Literal["verbund.notifications.webhook-registered.v1"] = (
        "verbund.notifications.webhook-registered.v1"
    )
    webhook_id: WebhookId
    network_id: NetworkId | None = None
    organisation_id: OrganisationId | None = None


class WebhookChanged(Event):
    """Address, filter or label is another one."""

    type: Literal["verbund.notifications.webhook-changed.v1"] = "verbund.notifications.webhook-changed.v1"
    webhook_id: WebhookId


class WebhookSecretRotated(Event):
    """Until `old_valid_until` messages are signed with the old secret too."""

    type: Literal["verbund.notifications.webhook-secret-rotated.v1"] = (
        "verbund.notifications.webhook-secret-rotated.v1"
    )
    webhook_id: WebhookId
    old_valid_until: datetime


class WebhookStopped(Event):
    type: Literal["verbund.notifications.webhook-stopped.v1"] = "verbund.notifications.webhook-stopped.v1"
    webhook_id: WebhookId
    network_id: NetworkId | None = None
    organisation_id: OrganisationId | None = None
    reason: WebhookStop


class WebhookResumed(Event):
    type: Literal["verbund.notifications.webhook-resumed.v1"] = "verbund.notifications.webhook-resumed.v1"
    webhook_id: WebhookId


class WebhookRedeliveryRequested(Event):
    """Everything since a point in time is to be sent again; meanwhile nothing else is sent there."""

    type: Literal["verbund.notifications.webhook-redelivery-requested.v1"] = (
        "verbund.notifications.webhook-redelivery-requested.v1"
    )
    webhook_id: WebhookId
    since: datetime


class WebhookRedeliveryQueued(Event):
    type: Literal["verbund.notifications.webhook-redelivery-queued.v1"] = (
        "verbund.notifications.webhook-redelivery-queued.v1"
    )
    webhook_id: WebhookId
    messages: int


class WebhookRemoved(Event):
    type: Literal["verbund.notifications.webhook-removed.v1"] = "verbund.notifications.webhook-removed.v1"
    webhook_id: WebhookId


TOPIC = "verbund.notifications.events"
EVENTS: tuple[type[Event], ...] = (
    WebhookRegistered,
    WebhookChanged,
    WebhookSecretRotated,
    WebhookStopped,
    WebhookResumed,
    WebhookRedeliveryRequested,
    WebhookRedeliveryQueued,
    WebhookRemoved,
    *erasures.NOTIFICATIONS,
)
