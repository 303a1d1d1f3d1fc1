"""Commands of webhooks, and what an event does here."""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from services.notifications.members import Members
from services.notifications.webhooks import domain
from services.notifications.webhooks.domain import Happened, Webhook, WebhookState
from services.notifications.webhooks.store import EventLog, Queue, owner_of, webhooks_where
from shared.events import courses, membership
from shared.events.envelope import Envelope, Event
from shared.mongo import Document
from shared.store import Aggregates, Cause

# What may be subscribed: new events of these services are known here without a further line.
EVENTS: tuple[type[Event], ...] = (*membership.EVENTS, *courses.EVENTS)
TYPES = tuple(sorted(event.type_name() for event in EVENTS))
_OPEN = Path(__file__).parent.parent / "data" / "open_events.yaml"
_TAKING = [WebhookState.ACTIVE.value, WebhookState.PAUSED.value]


@cache
def open_types() -> frozenset[str]:
    """Return the events that every active member of a network may receive."""
    return frozenset(yaml.safe_load(_OPEN.read_text(encoding="utf-8")))


async def register(webhook: Webhook, cause: Cause, *, webhooks: Aggregates[Webhook]) -> Webhook:
    """Register a webhook. Errors: `TooManyWebhooks` 409, `Invalid`, `IdempotencyKeyReused` 422."""
    domain.check_types(webhook.event_types, TYPES)
    owner = owner_of(webhook.network_id, webhook.organisation_id)
    others = {"owner": owner, "status": {"$ne": WebhookState.REMOVED.value}, "_id": {"$ne": webhook.id}}
    if await webhooks.collection.count(others) >= domain.MAX_PER_OWNER:
        raise domain.TooManyWebhooks(limit=domain.MAX_PER_OWNER)
    return (await webhooks.put(webhook.id, lambda found: domain.register(found, webhook), cause)).state


async def queue(
    event: Event,
    envelope: Envelope,
    *,
    webhooks: Aggregates[Webhook],
    members: Members,
    log: EventLog,
    queue: Queue,
    wake: Callable[[], None],
) -> None:
    """Keep the event and queue it for every webhook that wants it. Safe to repeat."""
    happened = happened_of(envelope.type, event)
    await log.keep(envelope, happened)
    chosen = await receivers(happened, webhooks=webhooks, members=members)
    if not chosen:
        return
    document = await log.get(envelope.id)
    if document is None:
        return  # it was older than what is kept
    for webhook in chosen:
        await queue.add(webhook.id, document)
    wake()


def happened_of(type_: str, event: Event) -> Happened:
    """Return what the choice of receivers needs."""
    return Happened(
        type=type_,
        network_id=getattr(event, "network_id", None),
        organisation_id=getattr(event, "organisation_id", None),
    )


async def receivers(happened: Happened, *, webhooks: Aggregates[Webhook], members: Members) -> list[Webhook]:
    """Return the webhooks that are told of an event."""
    owners = [owner_of(happened.network_id, None)] if happened.network_id else []
    if happened.organisation_id:
        owners.append(owner_of(None, happened.organisation_id))
    where: Document = {"owner": {"$in": owners}, "status": {"$in": _TAKING}}
    found = await webhooks_where(webhooks, where) if owners else []
    networks: frozenset[str] = frozenset()
    if happened.network_id and not happened.organisation_id and happened.type in open_types():
        networks = frozenset({happened.network_id})
        found += await _of_members(happened.network_id, webhooks, members)
    return [one for one in found if domain.wants(one, happened, open_types(), networks)]


async def _of_members(network_id: str, webhooks: Aggregates[Webhook], members: Members) -> list[Webhook]:
    where: Document = {"owner": {"$gte": "organisation:", "$lt": "organisation;"}, "status": {"$in": _TAKING}}
    found = await webhooks_where(webhooks, where)
    inside = await members.among(network_id, [str(one.organisation_id) for one in found]) if found else ()
    return [one for one in found if one.organisation_id in inside]


async def replay(
    webhook: Webhook, *, webhooks: Aggregates[Webhook], members: Members, log: EventLog, queue: Queue
) -> int:
    """Queue again what a redelivery asks for, then let the webhook send. Safe to repeat after a kill."""
    assert webhook.replay is not None  # noqa: S101  asked for by the caller
    asked, count, after = webhook.replay, 0, None
    networks = await members.networks(webhook.organisation_id) if webhook.organisation_id else frozenset()
    while page := await log.since(asked.since_ms, after, 200):
        after = page[-1]["sort"]
        for event in page:
            happened = Happened.model_validate(event)
            if not domain.wants(webhook, happened, open_types(), networks):
                continue
            if asked.failed_only and not await _failed(queue, webhook.id, event["_id"]):
                continue
            await queue.add(webhook.id, event, again=True)
            count += 1
    cause = Cause(causation_id=f"redelivery:{webhook.id}")
    await webhooks.change(webhook.id, lambda found: domain.redelivered(found, count), cause)
    return count


async def _failed(queue: Queue, webhook_id: str, event_id: str) -> bool:
    found: Any = await queue.messages.find_one({"_id": f"{webhook_id}:{event_id}"}, {"state": 1})
    # Pending counts too: after a kill, what was queued again by the first run is pending.
    return found is not None and found["state"] != "delivered"


def body_of(event: Document, organisation_id: str | None = None) -> str:
    """Return what is posted for an event: type, instant and data after Standard Webhooks, and the order.

    An organisation does not learn which others are concerned: of `organisation_ids` its own is left.
    """
    data = json.loads(event["data"])
    if organisation_id is not None and "organisation_ids" in data:
        data["organisation_ids"] = [one for one in data["organisation_ids"] if one == organisation_id]
    head = {
        "type": event["type"],
        "timestamp": event["time"],
        "id": event["_id"],
        "subject": event["subject"],
        "sequence": event["sequence"],
        "data": data,
    }
    return json.dumps(head, ensure_ascii=False, separators=(",", ":"))
