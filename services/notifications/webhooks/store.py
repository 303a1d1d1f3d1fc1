"""Webhooks and their queue.

`webhook_events`: every event once, so that it can be sent again. `webhook_messages`: one per webhook and event.
`webhook_lanes`: one per webhook and aggregate; who holds the lane sends its messages in order. `open` says that
there may be something to send, `due` (ms) is a lease or a wait, `rev` counts arrivals so that none is overlooked.
"""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from services.notifications.webhooks.client import Answer
from services.notifications.webhooks.domain import Happened, Webhook, WebhookState
from shared.clock import Clock, epoch_ms, utc_now
from shared.events.envelope import Envelope
from shared.mongo import Collection, Document, DuplicateKey
from shared.process import Service
from shared.store import Aggregates
from shared.web import sort_key

LEASE_MS = 60_000
KEPT_ATTEMPTS = 20
BATCH = 20
EVENTS_KEPT_DAYS = 30  # [P] how far back a redelivery can reach

INDEXES: dict[str, tuple[tuple[tuple[str, Any], ...], ...]] = {
    "webhook_events": (
        (("network_id", 1), ("sort", 1)),
        (("organisation_id", 1), ("sort", 1)),
        (("sort", 1),),
    ),
    "webhook_messages": (
        (("lane", 1), ("state", 1), ("sequence", 1)),
        (("webhook_id", 1), ("sort", -1)),
        (("webhook_id", 1), ("state", 1), ("sort", -1)),
        (("sort", 1),),
    ),
    "webhook_lanes": ((("open", 1), ("due", 1)),),
}


class MessageState(StrEnum):
    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"  # all tries are used up, or the receiver is gone


@dataclass(frozen=True, slots=True)
class Lane:
    """A lane in hand; only the holder of `token` may send from it."""

    id: str
    webhook_id: str
    rev: int
    token: str


def webhook_store(service: Service) -> Aggregates[Webhook]:
    """Return all webhooks of the service."""
    return service.aggregates(
        "webhooks",
        Webhook,
        kind="webhook",
        keys=_keys,
        indexes=((("owner", 1), ("sort", -1)), (("status", 1),), (("replaying", 1),)),
    )


def owner_of(network_id: str | None, organisation_id: str | None) -> str:
    """Return the key by which the webhooks of a network or organisation are found."""
    return f"network:{network_id}" if network_id else f"organisation:{organisation_id}"


def _keys(webhook: Webhook) -> Document:
    return {
        "owner": owner_of(webhook.network_id, webhook.organisation_id),
        "status": webhook.state.value,
        "replaying": webhook.replay is not None,
        "sort": sort_key(webhook.created_ms, webhook.id),
    }


async def webhooks_where(webhooks: Aggregates[Webhook], where: Document) -> list[Webhook]:
    """Return the webhooks that match."""
    found = await webhooks.collection.find(where, {"state": 1})
    return [Webhook.model_validate(one["state"]) for one in found]


class EventLog:
    """Every event of the topics, for redelivery; ids, codes and counts only, as in the topics."""

    def __init__(self, collection: Collection) -> None:
        self.collection = collection

    async def keep(self, envelope: Envelope, happened: Happened) -> None:
        """Keep an event once."""
        document = {
            "_id": envelope.id,
            "type": envelope.type,
            "subject": envelope.subject,
            "sequence": envelope.sequence,
            "occurred": epoch_ms(envelope.time),
            "sort": sort_key(epoch_ms(envelope.time), envelope.id),
            "time": envelope.time.isoformat().replace("+00:00", "Z"),
            "network_id": happened.network_id,
            "organisation_id": happened.organisation_id,
            "data": envelope.data.decode(),
        }
        try:
            await self.collection.insert(document)
        except DuplicateKey:
            return

    async def get(self, event_id: str) -> Document | None:
        """Return an event, or None where it is too old to be kept."""
        return await self.collection.find_one({"_id": event_id})

    async def since(self, since_ms: int, after: str | None, limit: int) -> list[Document]:
        """Return the next events from an instant on, oldest first; `after` is the last one's `sort`."""
        condition = {"$gt": after} if after else {"$gte": sort_key(since_ms, "")}
        return await self.collection.find({"sort": condition}, {"data": 0}, sort=[("sort", 1)], limit=limit)


class Queue:
    """Messages and lanes of all webhooks."""

    def __init__(self, messages: Collection, lanes: Collection, *, clock: Clock = utc_now) -> None:
        self.messages = messages
        self.lanes = lanes
        self._clock = clock

    def now_ms(self) -> int:
        """Return the present instant."""
        return epoch_ms(self._clock())

    async def add(self, webhook_id: str, event: Document, *, again: bool = False) -> None:
        """Queue an event once; `again` also queues what was sent or given up. Safe to repeat."""
        identity, lane = f"{webhook_id}:{event['_id']}", f"{webhook_id}:{event['subject']}"
        fresh = {"state": MessageState.PENDING.value, "tries": 0, "first_try": None}
        fixed = {
            "webhook_id": webhook_id,
            "lane": lane,
            "event_id": event["_id"],
            "type": event["type"],
            "sequence": event["sequence"],
            "occurred": event["occurred"],
            "sort": event["sort"],
            "body": event.get("body"),
            "attempts": [],
        }
        if again:
            await self.messages.update_one(
                {"_id": identity}, {"$set": fresh, "$setOnInsert": fixed}, upsert=True
            )
        else:
            # A duplicate opens its lane all the same: a kill may have come between the two writes.
            with contextlib.suppress(DuplicateKey):
                await self.messages.insert({"_id": identity, **fresh, **fixed})
        await self.open(lane, webhook_id, ping="body" in event, at_once=again)

    async def open(self, lane: str, webhook_id: str, *, ping: bool = False, at_once: bool = False) -> None:
        """Say that a lane has something to send; `at_once` ends a wait."""
        await self.lanes.update_one(
            {"_id": lane},
            {
                "$inc": {"rev": 1},
                "$set": {"open": True, **({"due": 0} if at_once else {})},
                "$setOnInsert": {"webhook_id": webhook_id, "claim": None, "ping": ping}
                | ({} if at_once else {"due": 0}),
            },
            upsert=True,
        )

    async def claim(self, where: Document, token: str) -> Lane | None:
        """Take the lane that is longest due among those that match, or None."""
        now = self.now_ms()
        found = await self.lanes.find_one_and_update(
            {**where, "open": True, "due": {"$lte": now}},
            {"$set": {"due": now + LEASE_MS, "claim": token}},
            sort=[("due", 1)],
        )
        return None if found is None else Lane(found["_id"], found["webhook_id"], found["rev"], token)

    async def pending(self, lane: Lane) -> list[Document]:
        """Return the lane's next messages in the order of their events."""
        where = {"lane": lane.id, "state": MessageState.PENDING.value}
        return await self.messages.find(where, sort=[("sequence", 1)], limit=BATCH)

    async def renew(self, lane: Lane) -> bool:
        """Hold the lane for another lease; False if it was lost."""
        until = self.now_ms() + LEASE_MS
        return await self.lanes.update_one({"_id": lane.id, "claim": lane.token}, {"$set": {"due": until}})

    async def done(self, lane: Lane) -> None:
        """Give the lane back; it stays open if something arrived since it was taken."""
        held = {"_id": lane.id, "claim": lane.token}
        shut = {"$set": {"open": False, "due": 0, "claim": None}}
        if not await self.lanes.update_one({**held, "rev": lane.rev}, shut):
            await self.lanes.update_one(held, {"$set": {"due": 0, "claim": None}})

    async def wait(self, lane: Lane, seconds: float) -> None:
        """Give the lane back and let it rest."""
        due = self.now_ms() + round(seconds * 1000)
        await self.lanes.update_one(
            {"_id": lane.id, "claim": lane.token}, {"$set": {"due": due, "claim": None}}
        )

    async def tried(self, message: Document, answer: Answer, state: MessageState) -> None:
        """Write a try and what became of the message."""
        now = self.now_ms()
        entry = {"at": now, "ms": answer.ms, "status": answer.status, "error": answer.error}
        await self.messages.update_one(
            {"_id": message["_id"]},
            {
                "$set": {"state": state.value, "first_try": message["first_try"] or now, "settled": now},
                "$inc": {"tries": 1},
                "$push": {"attempts": {"$each": [entry], "$slice": -KEPT_ATTEMPTS}},
            },
        )


class Health:
    """When a webhook last took something."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection

    async def ok(self, webhook_id: str, at_ms: int) -> None:
        """Note a success."""
        await self._collection.update_one({"_id": webhook_id}, {"$max": {"ok": at_ms}}, upsert=True)

    async def bad(self, webhook_id: str, at_ms: int, error: str) -> None:
        """Note a failure."""
        update = {"$max": {"bad": at_ms}, "$set": {"error": error}}
        await self._collection.update_one({"_id": webhook_id}, update, upsert=True)

    async def last(self, webhook_ids: Sequence[str]) -> dict[str, Document]:
        """Return `ok`, `bad` (ms) and `error` of those that were tried."""
        found = await self._collection.find({"_id": {"$in": list(webhook_ids)}})
        return {one["_id"]: one for one in found}


SENDING = sorted(state.value for state in WebhookState if state is not WebhookState.REMOVED)
