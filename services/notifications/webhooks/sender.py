"""The loop that sends webhooks; any number of replicas may run it.

A lane (webhook and aggregate) is sent in order by whoever holds it. A webhook has few lanes in hand at once, and
one that fails again and again only one, out of slots of its own: a slow or dead receiver takes no slot from others.
"""

import asyncio
import contextlib
import random
import time
from collections import Counter as Counts
from collections.abc import Sequence

import structlog
from prometheus_client import Counter, Histogram

from services.notifications.members import Members
from services.notifications.webhooks import domain, handlers
from services.notifications.webhooks.client import Answer, Client, Letter
from services.notifications.webhooks.domain import RETRY_S, Webhook
from services.notifications.webhooks.store import (
    SENDING,
    EventLog,
    Health,
    Lane,
    MessageState,
    Queue,
    webhooks_where,
)
from shared.clock import new_id
from shared.events.notifications import WebhookStop
from shared.mongo import Document
from shared.store import Aggregates, Cause

log = structlog.get_logger()

TRIES = Counter("webhook_tries_total", "Tries to deliver a webhook message.", ["outcome"])
SECONDS = Histogram("webhook_seconds", "Time of one try, in seconds.", buckets=(0.05, 0.2, 1, 5, 15))
STOPS = Counter("webhook_stops_total", "Webhooks that were stopped by the system.", ["reason"])

POLL_S = 1.0
DRAIN_S = 4.0
SLOTS = 48  # lanes in hand of receivers that answer well
SPARE_SLOTS = 16  # and of those that do not
PER_WEBHOOK = 4
STRUGGLING = 3  # failures in a row
OK_EVERY_MS = 1000


class Sender:
    """Sends what is due."""

    def __init__(
        self,
        *,
        webhooks: Aggregates[Webhook],
        members: Members,
        events: EventLog,
        queue: Queue,
        health: Health,
        client: Client,
        schedule: Sequence[float] = RETRY_S,
        poll_s: float = POLL_S,
    ) -> None:
        self._webhooks = webhooks
        self._members = members
        self._events = events
        self._queue = queue
        self._health = health
        self._client = client
        self._schedule = schedule
        self._poll_s = poll_s
        self._woken = asyncio.Event()
        self._roster: dict[str, Webhook] = {}
        self._read_at = float("-inf")
        self._busy: Counts[str] = Counts()
        self._failures: Counts[str] = Counts()
        self._rests: dict[str, float] = {}
        self._ok_at: dict[str, int] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def wake(self) -> None:
        """Look for open lanes now instead of at the next poll."""
        self._woken.set()

    async def run(self, stopping: asyncio.Event) -> None:
        """Send until `stopping` is set, then finish what is in hand, within a bound."""
        try:
            while not stopping.is_set():
                self._woken.clear()
                await self._read()
                if not await self._take():
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self._woken.wait(), self._poll_s)
                    await self._client.rest()
        finally:
            if self._tasks:
                await asyncio.wait(self._tasks, timeout=DRAIN_S)
            for task in list(self._tasks):
                task.cancel()
            await self._client.close()

    async def _read(self) -> None:
        if time.monotonic() - self._read_at < self._poll_s:
            return
        self._read_at = time.monotonic()
        found = await webhooks_where(self._webhooks, {"status": {"$in": SENDING}})
        self._roster = {webhook.id: webhook for webhook in found}
        # Every replica has to know by now that this webhook sends nothing meanwhile.
        before = self._queue.now_ms() - round(2000 * self._poll_s)
        for webhook in found:
            if webhook.replay is not None and webhook.replay.asked_ms <= before:
                await self._replay(webhook)
                self._read_at = float("-inf")

    async def _replay(self, webhook: Webhook) -> None:
        try:
            await handlers.replay(
                webhook, webhooks=self._webhooks, members=self._members, log=self._events, queue=self._queue
            )
        except Exception as error:  # noqa: BLE001  one webhook's trouble must not stop the others
            log.warning("webhook.redelivery_failed", error=type(error).__name__)

    async def _take(self) -> bool:
        """Take one lane of each pool, if there is one; True if any was taken."""
        now = time.monotonic()
        ready = [one for one in self._roster.values() if one.sends and self._rests.get(one.id, 0) <= now]
        poor = {one.id for one in ready if self._failures[one.id] >= STRUGGLING}
        well = [one.id for one in ready if one.id not in poor and self._busy[one.id] < PER_WEBHOOK]
        slow = [one for one in poor if self._busy[one] == 0]
        in_hand = sum(self._busy.values())
        in_poor = sum(self._busy[one] for one in poor)
        taken = False
        if well and in_hand - in_poor < SLOTS:
            taken = await self._claim({"webhook_id": {"$in": well}, "ping": False})
        if slow and in_poor < SPARE_SLOTS:
            taken = await self._claim({"webhook_id": {"$in": sorted(slow)}, "ping": False}) or taken
        if self._roster and in_hand < SLOTS + SPARE_SLOTS:
            taken = await self._claim({"webhook_id": {"$in": sorted(self._roster)}, "ping": True}) or taken
        return taken

    async def _claim(self, where: Document) -> bool:
        lane = await self._queue.claim(where, new_id())
        if lane is None:
            return False
        self._busy[lane.webhook_id] += 1
        task = asyncio.create_task(self._work(lane))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return True

    async def _work(self, lane: Lane) -> None:
        try:
            await self._send(lane)
        except Exception as error:  # noqa: BLE001  the lease lapses and the lane is taken again
            log.warning("webhook.failed", error=type(error).__name__)
        finally:
            self._busy[lane.webhook_id] -= 1
            self._woken.set()

    async def _send(self, lane: Lane) -> None:
        while messages := await self._queue.pending(lane):
            for message in messages:
                webhook = self._roster.get(lane.webhook_id)
                if webhook is None or not (webhook.sends or message["body"] is not None):
                    await self._queue.wait(lane, 0)
                    return
                if not await self._queue.renew(lane):
                    return
                wait_s = await self._try(webhook, message)
                if wait_s is not None:
                    await self._queue.wait(lane, wait_s)
                    return
        await self._queue.done(lane)

    async def _try(self, webhook: Webhook, message: Document) -> float | None:
        """Try one message; None if the next one may follow, else how long the lane waits in seconds."""
        body = await self._body(webhook, message)
        if body is None:
            answer = Answer(None, "expired", 0)
            await self._queue.tried(message, answer, MessageState.FAILED)
            return None
        secrets = webhook.signing(self._queue.now_ms())
        answer = await self._client.post(webhook.id, webhook.url, Letter(message["event_id"], body), secrets)
        TRIES.labels("ok" if answer.ok else "failed").inc()
        SECONDS.observe(answer.ms / 1000)
        if answer.ok:
            await self._queue.tried(message, answer, MessageState.DELIVERED)
            await self._worked(webhook.id)
            return None
        return await self._failed(webhook, message, answer)

    async def _body(self, webhook: Webhook, message: Document) -> str | None:
        if message["body"] is not None:
            return str(message["body"])
        event = await self._events.get(message["event_id"])
        return None if event is None else handlers.body_of(event, webhook.organisation_id)

    async def _worked(self, webhook_id: str) -> None:
        self._failures[webhook_id] = 0
        now = self._queue.now_ms()
        if now - self._ok_at.get(webhook_id, 0) >= OK_EVERY_MS:
            self._ok_at[webhook_id] = now
            await self._health.ok(webhook_id, now)

    async def _failed(self, webhook: Webhook, message: Document, answer: Answer) -> float | None:
        now = self._queue.now_ms()
        self._failures[webhook.id] += 1
        await self._health.bad(webhook.id, now, answer.error or "")
        if message["body"] is not None:  # a ping tells at once, and is not repeated
            await self._queue.tried(message, answer, MessageState.FAILED)
            return None
        if answer.status == 410:
            await self._queue.tried(message, answer, MessageState.FAILED)
            await self._stop(webhook, WebhookStop.GONE)
            return 0
        wait_s = domain.retry_s(message["tries"] + 1, random.random(), self._schedule)  # noqa: S311  jitter
        if wait_s is not None:
            await self._queue.tried(message, answer, MessageState.PENDING)
            if answer.retry_after_s:
                rest = min(answer.retry_after_s, domain.RETRY_AFTER_MAX_S)
                self._rests[webhook.id] = time.monotonic() + rest
                wait_s = max(wait_s, rest)
            return wait_s
        await self._queue.tried(message, answer, MessageState.FAILED)
        last = (await self._health.last([webhook.id])).get(webhook.id, {})
        if max(last.get("ok", 0), self._ok_at.get(webhook.id, 0)) < (message["first_try"] or now):
            await self._stop(webhook, WebhookStop.DEAD)
            return 0
        return None

    async def _stop(self, webhook: Webhook, reason: WebhookStop) -> None:
        cause = Cause(causation_id=f"webhook:{webhook.id}")
        outcome = await self._webhooks.change(webhook.id, lambda found: domain.stop(found, reason), cause)
        self._roster[webhook.id] = outcome.state
        STOPS.labels(reason.value).inc()
        log.info("webhook.stopped", webhook_id=webhook.id, reason=reason.value)
