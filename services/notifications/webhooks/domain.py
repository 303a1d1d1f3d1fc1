"""Webhooks: who gets which events over HTTP, when a failed try comes again, when an address is given up. Pure.

After Standard Webhooks 1.0 (standardwebhooks.com): headers `webhook-id`, `webhook-timestamp`,
`webhook-signature`, secrets `whsec_…`, 410 switches off, retries over days.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from fnmatch import fnmatchcase

from pydantic import ConfigDict

from shared.decisions import Change
from shared.errors import IdempotencyKeyReused, Invalid, Rejected, WrongState
from shared.events import notifications as events
from shared.events.envelope import Value
from shared.events.notifications import WebhookStop
from shared.ids import NetworkId, OrganisationId, WebhookId

KIND = "webhook"
# Seconds between the ten tries: the schedule that Standard Webhooks proposes ("Retries"), 76 hours in all.
RETRY_S: tuple[float, ...] = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
RETRY_AFTER_MAX_S = 24 * 3600.0  # a receiver's own Retry-After is followed up to here
MAX_PER_OWNER = 10  # [P]
OVERLAP_MAX_H = 7 * 24  # [P] how long an old secret may go on signing
PING = "verbund.notifications.webhook-ping.v1"


class WebhookState(StrEnum):
    """PAUSED keeps collecting messages, OFF does not; what was missed can be redelivered."""

    ACTIVE = "active"
    PAUSED = "paused"
    OFF = "off"
    REMOVED = "removed"


class TooManyWebhooks(Rejected):
    status = 409
    en = "There are {limit} webhooks already; remove one first."
    de = "Es gibt schon {limit} Webhooks; entfernen Sie zuerst einen."


class RedeliveryRunning(Rejected):
    status = 409
    en = "A redelivery is being prepared; please wait for it."
    de = "Eine erneute Zustellung wird gerade vorbereitet; bitte warten Sie darauf."


class _Kept(Value):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Secret(_Kept):
    """A signing secret; `until_ms` is None for the present one."""

    value: str
    until_ms: int | None = None


class Replay(_Kept):
    """What is to be sent again: messages of events since `since_ms`, perhaps only those that failed."""

    since_ms: int
    asked_ms: int = 0
    failed_only: bool = False


class Webhook(_Kept):
    """The state of a webhook; it belongs to a network or to an organisation."""

    id: WebhookId
    network_id: NetworkId | None = None
    organisation_id: OrganisationId | None = None
    url: str
    label: str = ""
    event_types: tuple[str, ...] = ()
    state: WebhookState = WebhookState.ACTIVE
    stopped_by: WebhookStop | None = None
    secrets: tuple[Secret, ...]
    replay: Replay | None = None
    request: str = ""
    created_ms: int

    def signing(self, at_ms: int) -> tuple[str, ...]:
        """Return the secrets that sign at this instant, the present one first."""
        return tuple(s.value for s in self.secrets if s.until_ms is None or s.until_ms > at_ms)

    @property
    def takes(self) -> bool:
        """Whether messages are queued for it."""
        return self.state in {WebhookState.ACTIVE, WebhookState.PAUSED}

    @property
    def sends(self) -> bool:
        """Whether queued messages may leave."""
        return self.state is WebhookState.ACTIVE and self.replay is None


class Happened(Value):
    """What the choice of receivers needs to know of an event."""

    type: str
    network_id: str | None = None
    organisation_id: str | None = None


def wants(webhook: Webhook, event: Happened, open_types: frozenset[str], networks: frozenset[str]) -> bool:
    """Whether this webhook is told of the event.

    A network's webhook gets the events of its network. An organisation's gets what names the organisation, and
    `open_types` of the `networks` in which it is an active member: nothing of a competitor.
    """
    if webhook.event_types and not any(fnmatchcase(event.type, one) for one in webhook.event_types):
        return False
    if webhook.network_id is not None:
        return event.network_id == webhook.network_id
    if event.organisation_id is not None:
        return event.organisation_id == webhook.organisation_id
    return event.type in open_types and event.network_id in networks


def check_types(patterns: Sequence[str], known: Sequence[str]) -> None:
    """Check a filter: names, or a prefix with `*` at the end. Errors: `Invalid` 422."""
    for pattern in patterns:
        star = pattern.find("*")
        well = not set("?[]") & set(pattern) and (star < 0 or star == len(pattern) - 1)
        if not well or not any(fnmatchcase(one, pattern) for one in known):
            raise Invalid(
                pointer="#/event_types",
                reason_en="There is no such event type; a filter is a type, or the beginning of one and a “*”.",
                reason_de="Diesen Ereignistyp gibt es nicht; ein Filter ist ein Typ oder dessen Anfang und ein „*“.",
            )


def retry_s(tries: int, jitter: float, schedule: Sequence[float] = RETRY_S) -> float | None:
    """Return the wait after the `tries`-th failed try in seconds, None when all are used up.

    `jitter` from 0 to 1 makes it up to 20 % longer, so that many messages do not come back at once.
    """
    if tries > len(schedule):
        return None
    return schedule[tries - 1] * (1 + jitter / 5)


def register(existing: Webhook | None, webhook: Webhook) -> Change[Webhook]:
    """Register a webhook. Errors: `IdempotencyKeyReused` 422."""
    if existing is not None:
        if existing.request != webhook.request:
            raise IdempotencyKeyReused
        return Change(existing)
    event = events.WebhookRegistered(
        webhook_id=webhook.id, network_id=webhook.network_id, organisation_id=webhook.organisation_id
    )
    return Change(webhook, (event,))


def change(webhook: Webhook, **values: object) -> Change[Webhook]:
    """Change address, label or filter. Errors: `WrongState` 409."""
    _not_removed(webhook)
    after = webhook.model_copy(update=values)
    if after == webhook:
        return Change(webhook)
    return Change(after, (events.WebhookChanged(webhook_id=webhook.id),))


def rotate(webhook: Webhook, secret: str, until_ms: int) -> Change[Webhook]:
    """Sign with a new secret; the present one signs too until `until_ms`. Errors: `WrongState` 409."""
    _not_removed(webhook)
    old = next(one for one in webhook.secrets if one.until_ms is None)
    after = webhook.model_copy(
        update={"secrets": (Secret(value=secret), old.model_copy(update={"until_ms": until_ms}))}
    )
    until = datetime.fromtimestamp(until_ms / 1000, UTC)
    return Change(after, (events.WebhookSecretRotated(webhook_id=webhook.id, old_valid_until=until),))


def stop(webhook: Webhook, reason: WebhookStop) -> Change[Webhook]:
    """Pause, or switch off where the receiver is gone; changes nothing if it is stopped already."""
    if webhook.state is not WebhookState.ACTIVE:
        return Change(webhook)
    state = WebhookState.OFF if reason is WebhookStop.GONE else WebhookState.PAUSED
    event = events.WebhookStopped(
        webhook_id=webhook.id,
        network_id=webhook.network_id,
        organisation_id=webhook.organisation_id,
        reason=reason,
    )
    return Change(webhook.model_copy(update={"state": state, "stopped_by": reason}), (event,))


def resume(webhook: Webhook) -> Change[Webhook]:
    """Send again; changes nothing if it is active. Errors: `WrongState` 409."""
    _not_removed(webhook)
    if webhook.state is WebhookState.ACTIVE:
        return Change(webhook)
    after = webhook.model_copy(update={"state": WebhookState.ACTIVE, "stopped_by": None})
    return Change(after, (events.WebhookResumed(webhook_id=webhook.id),))


def redeliver(webhook: Webhook, replay: Replay) -> Change[Webhook]:
    """Ask for everything since a point in time again. Errors: `RedeliveryRunning`, `WrongState` 409."""
    _not_removed(webhook)
    if webhook.state is WebhookState.OFF:
        raise WrongState(kind=KIND, state=webhook.state)
    if webhook.replay is not None:
        raise RedeliveryRunning
    since = datetime.fromtimestamp(replay.since_ms / 1000, UTC)
    event = events.WebhookRedeliveryRequested(webhook_id=webhook.id, since=since)
    return Change(webhook.model_copy(update={"replay": replay}), (event,))


def redelivered(webhook: Webhook, messages: int) -> Change[Webhook]:
    """Note that the messages are queued again; changes nothing if no redelivery is asked for."""
    if webhook.replay is None:
        return Change(webhook)
    event = events.WebhookRedeliveryQueued(webhook_id=webhook.id, messages=messages)
    return Change(webhook.model_copy(update={"replay": None}), (event,))


def remove(webhook: Webhook) -> Change[Webhook]:
    """Remove for good and forget secrets and address; changes nothing if it is removed."""
    if webhook.state is WebhookState.REMOVED:
        return Change(webhook)
    gone = {"state": WebhookState.REMOVED, "secrets": (), "url": "", "label": "", "replay": None}
    return Change(webhook.model_copy(update=gone), (events.WebhookRemoved(webhook_id=webhook.id),))


def _not_removed(webhook: Webhook) -> None:
    if webhook.state is WebhookState.REMOVED:
        raise WrongState(kind=KIND, state=webhook.state)
