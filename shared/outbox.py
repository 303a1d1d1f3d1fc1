"""The relay: takes events out of the documents' outboxes and publishes them, at least once and in order.

The writing process publishes the image its write returned; a sweep finds what a crash left behind. Leases and
clocks are about efficiency only. Why first occurrences are in order: whoever sends event k read an image in
which every lower event was present (and was sent before it) or already cleared (so Kafka has it): ADR 0001.
"""

import asyncio
import contextlib
import random
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass

import structlog

from shared.clock import Clock, epoch_ms, utc_now
from shared.events.envelope import Envelope
from shared.lease import Lease
from shared.metrics import EVENTS_PUBLISHED, OUTBOX_AGE, PUBLISH_FAILURES
from shared.mongo import Collection, Document, Filter
from shared.producer import KafkaDown, Producer, Record

log = structlog.get_logger()

SWEEP_EVERY_S = 0.5
SWEEP_AGE_MS = 1500  # younger documents are still in the hands of the process that wrote them
SWEEP_PAGE = 200
SWEEP_ALL_EVERY = 20  # rounds; then without the age limit, against a replica whose clock runs ahead
CLEAR_EVERY_S = 0.02  # clears of many documents share a round trip
RETRY_AFTER_S = 2.0
REMEMBERED = 50_000
DRAIN_TIMEOUT_S = 5


@dataclass(frozen=True, slots=True)
class _Cleared:
    collection: Collection
    v: int
    last_seq: int


class Relay:
    """Publishes the outboxes of one service's collections to its topic; run one in every process."""

    def __init__(
        self,
        producer: Producer,
        leases: Collection,
        *,
        topic: str,
        source: str,
        replica: str,
        clock: Clock = utc_now,
    ) -> None:
        self._producer = producer
        self._topic = topic
        self._source = source
        self._lease = Lease(leases, f"sweep:{topic}", replica, clock=clock)
        self._clock = clock
        self._collections: list[Collection] = []
        self._fresh: dict[str, tuple[Collection, Document]] = {}
        self._clear: dict[str, _Cleared] = {}
        self._confirmed: OrderedDict[str, int] = OrderedDict()
        self._wake = asyncio.Event()
        self._wake_clear = asyncio.Event()
        self._publishing = asyncio.Lock()
        self._down_until = 0.0
        self._tasks: list[asyncio.Task[None]] = []
        self._stopping = False

    def watch(self, collection: Collection) -> None:
        """Include a collection in the sweep."""
        self._collections.append(collection)

    def hand(self, collection: Collection, image: Document) -> None:
        """Take the newest image of a document. While Kafka is down it is left to the sweep."""
        if time.monotonic() < self._down_until:
            return
        self._fresh[image["_id"]] = (collection, image)
        self._wake.set()

    async def start(self) -> None:
        """Start publishing and sweeping."""
        loop = asyncio.get_running_loop()
        loops = (self._publish_loop, self._clear_loop, self._sweep_loop)
        self._tasks = [loop.create_task(_forever(run)) for run in loops]

    async def stop(self) -> None:
        """Publish and clear what is in hand, within a bound, then stop."""
        self._stopping = True
        self._wake.set()
        self._wake_clear.set()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_TIMEOUT_S):
                while self._fresh and time.monotonic() >= self._down_until:
                    await self._publish_fresh()
                await self._clear_all()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _publish_loop(self) -> None:
        await self._wake.wait()
        self._wake.clear()
        await self._publish_fresh()

    async def _publish_fresh(self) -> None:
        images = list(self._fresh.values())
        self._fresh.clear()
        await self.publish(images)

    async def publish(self, images: Sequence[tuple[Collection, Document]]) -> bool:
        """Publish the outboxes of `images`; True if Kafka confirmed all of them.

        Events of one document stop at its first failure; what was confirmed is noted for clearing.
        """
        async with self._publishing:
            runs = [(collection, image, self._unconfirmed(image)) for collection, image in images]
            futures: list[list[asyncio.Future[object]]] = []
            complete = True
            try:
                for _, image, entries in runs:
                    futures.append([])
                    for entry in entries:
                        futures[-1].append(await self._producer.send(self._record(image["_id"], entry)))
            except KafkaDown:
                complete = False
            for (collection, image, entries), sent in zip(runs, futures, strict=False):
                count = await self._producer.confirmed(sent)
                complete = complete and count == len(entries)
                self._note(collection, image, entries[:count], whole=count == len(entries))
            if not complete:
                self._go_down()
            elif self._down_until:
                self._down_until = 0.0
                log.info("outbox.kafka_back")
            return complete

    def _unconfirmed(self, image: Document) -> list[Document]:
        known = self._confirmed.get(image["_id"], 0)
        return sorted((e for e in image["outbox"] if e["seq"] > known), key=lambda e: int(e["seq"]))

    def _record(self, aggregate_id: str, entry: Document) -> Record:
        envelope = Envelope(
            id=entry["id"],
            source=self._source,
            type=entry["type"],
            subject=aggregate_id,
            time=entry["at"],
            sequence=entry["seq"],
            data=entry["body"].encode(),
            traceparent=entry.get("trace"),
            causationid=entry.get("cause"),
        )
        return Record(self._topic, aggregate_id.encode(), envelope.data, envelope.to_headers())

    def _note(
        self, collection: Collection, image: Document, entries: Sequence[Document], *, whole: bool
    ) -> None:
        aggregate_id = image["_id"]
        if entries:
            self._confirmed[aggregate_id] = entries[-1]["seq"]
            self._confirmed.move_to_end(aggregate_id)
            while len(self._confirmed) > REMEMBERED:
                self._confirmed.popitem(last=False)
            EVENTS_PUBLISHED.labels(self._topic).inc(len(entries))
        last_seq = self._confirmed.get(aggregate_id, 0)
        if last_seq:
            # v -1 matches no document: a half published outbox is cleared by its numbers only.
            self._clear[aggregate_id] = _Cleared(collection, image["v"] if whole else -1, last_seq)
            self._wake_clear.set()

    def _go_down(self) -> None:
        PUBLISH_FAILURES.inc()
        if not self._down_until:
            log.warning("outbox.kafka_down")
        self._down_until = time.monotonic() + RETRY_AFTER_S
        self._fresh.clear()

    async def _clear_loop(self) -> None:
        await self._wake_clear.wait()
        if not self._stopping:
            await asyncio.sleep(CLEAR_EVERY_S)
        self._wake_clear.clear()
        await self._clear_all()

    async def _clear_all(self) -> None:
        taken, self._clear = self._clear, {}
        by_collection: dict[str, list[tuple[str, _Cleared]]] = {}
        for aggregate_id, cleared in taken.items():
            by_collection.setdefault(cleared.collection.name, []).append((aggregate_id, cleared))
        for items in by_collection.values():
            await _clear(items[0][1].collection, items)

    async def _sweep_loop(self) -> None:
        for round_no in range(SWEEP_ALL_EVERY):
            await asyncio.sleep(SWEEP_EVERY_S * random.uniform(0.8, 1.2))  # noqa: S311  jitter
            if await self._lease.held():
                await self.sweep(0 if round_no == 0 else SWEEP_AGE_MS)

    async def sweep(self, age_ms: int = 0) -> None:
        """Publish what has waited for more than `age_ms`; oldest first, until nothing is left."""
        oldest = 0.0
        for collection in self._collections:
            now = epoch_ms(self._clock())
            where: Filter = {"pend": {"$gt": 0, "$lt": now - age_ms + 1}}
            limit = 1 if self._down_until else SWEEP_PAGE  # one document finds out whether Kafka is back
            while True:
                found = await collection.find(
                    where, {"outbox": 1, "v": 1, "pend": 1}, sort=[("pend", 1)], limit=limit
                )
                if not found:
                    break
                oldest = max(oldest, (now - found[0]["pend"]) / 1000)
                OUTBOX_AGE.set(oldest)
                if not await self.publish([(collection, image) for image in found]):
                    return
                await self._clear_all()
                await self._settle(collection, [image for image in found if not image["outbox"]])
                if len(found) < limit:
                    break
                limit = SWEEP_PAGE
        OUTBOX_AGE.set(oldest)

    async def _settle(self, collection: Collection, empty: Iterable[Document]) -> None:
        updates = [
            ({"_id": image["_id"], "v": image["v"], "outbox": []}, {"$set": {"pend": 0}}) for image in empty
        ]
        if updates:
            await collection.bulk_update(updates)


async def _clear(collection: Collection, items: Sequence[tuple[str, _Cleared]]) -> None:
    applied, _ = await collection.bulk_update(
        [({"_id": key, "v": cleared.v}, {"$set": {"outbox": [], "pend": 0}}) for key, cleared in items]
    )
    if applied < len(items):
        await collection.bulk_update(
            [
                ({"_id": key}, {"$pull": {"outbox": {"seq": {"$lte": cleared.last_seq}}}})
                for key, cleared in items
            ]
        )


async def _forever(run: Callable[[], Awaitable[None]]) -> None:
    while True:
        try:
            await run()
        except Exception as error:  # noqa: BLE001  the relay outlives every failure of store and broker
            log.warning("outbox.round_failed", error=type(error).__name__)
            await asyncio.sleep(1)
