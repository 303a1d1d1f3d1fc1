"""Consuming: FastStream subscribers with the settings that lose nothing, and `deliver` around every handler.

FastStream's defaults acknowledge before the work is done and start at the end of a topic; here a group starts
at the beginning, and an offset is committed after the effect. What is retried, what is parked: `deliver`.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import structlog
from aiokafka import ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError
from faststream import AckPolicy
from faststream.exceptions import NackMessage
from faststream.kafka import KafkaBroker
from faststream.kafka.message import KafkaMessage

from shared.deadletters import DeadLetters, retry_topic
from shared.delivery import Delivery, Handler, Projection
from shared.events.envelope import Event

log = structlog.get_logger()

# Measured: kill -9 of a consumer is noticed after 6.8 s instead of 11.8 s with the defaults.
SESSION_TIMEOUT_MS = 6000
HEARTBEAT_MS = 1000
DRAIN_S = 5  # must stay under the session timeout
BATCH_TIMEOUT_MS = 10  # with the default of 200 a lone event waits up to half a second
BATCH_RECORDS = 500
RETRY_START_S = 1.0


class Drain(ConsumerRebalanceListener):  # type: ignore[misc]
    """Holds a rebalance until the message in hand is finished, so that no two replicas work on it."""

    def __init__(self) -> None:
        self.busy = asyncio.Lock()

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        """Wait for the handler, within a bound."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_S):
                await self.busy.acquire()
                self.busy.release()

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        """Nothing to prepare: every effect guards itself."""


class Consumers:
    """The subscribers of one worker process; `start` keeps trying until Kafka is there."""

    def __init__(
        self, bootstrap_servers: str, *, service: str, dead_letters: DeadLetters, finish_s: float = 15
    ) -> None:
        """`finish_s`: how long a handler may finish at a stop; then it is cancelled and its event comes again."""
        self._service = service
        self._dead_letters = dead_letters
        self._task: asyncio.Task[None] | None = None
        self.started = False
        self.broker = KafkaBroker(
            bootstrap_servers,
            client_id=f"verbundwerk-{service}",
            apply_types=False,
            parser=_lenient,
            decoder=_raw,
            allow_auto_create_topics=False,
            graceful_timeout=finish_s,
            logger=None,
        )

    def handle(self, topic: str, group: str, handlers: Mapping[type[Event], Handler[Any]]) -> None:
        """Call a handler per event type, one event at a time, in order per aggregate."""
        delivery = Delivery(group, handlers, self._dead_letters)
        drain = Drain()

        async def on_record(record: ConsumerRecord[Any, Any]) -> None:
            async with drain.busy:
                if not await delivery.deliver(record):
                    raise NackMessage

        self._subscriber(topic, group=group, listener=drain)(on_record)

    def project(self, topics: Sequence[str], group: str, projection: Projection) -> None:
        """Feed a projection with batches of events; one acknowledgement per batch."""
        drain = Drain()

        async def on_batch(records: Sequence[ConsumerRecord[Any, Any]]) -> None:
            async with drain.busy:
                if not await projection.deliver(records, self._dead_letters):
                    raise NackMessage

        self._subscriber(
            *topics,
            group=group,
            listener=drain,
            batch=True,
            max_records=BATCH_RECORDS,
            batch_timeout_ms=BATCH_TIMEOUT_MS,
        )(on_batch)

    def _subscriber(self, *topics: str, group: str, listener: Drain, **more: Any) -> Any:
        subscriber: Any = self.broker.subscriber(
            *topics,
            *(retry_topic(topic, group) for topic in topics),
            group_id=group,
            auto_offset_reset="earliest",
            ack_policy=AckPolicy.NACK_ON_ERROR,
            session_timeout_ms=SESSION_TIMEOUT_MS,
            heartbeat_interval_ms=HEARTBEAT_MS,
            listener=listener,
            **more,
        )
        return subscriber

    async def start(self) -> None:
        """Start in the background, again and again until Kafka answers."""
        self._task = asyncio.get_running_loop().create_task(self._start())

    async def _start(self) -> None:
        while True:
            try:
                await self.broker.start()
            except (KafkaError, OSError) as error:
                log.warning("kafka.not_reachable", error=type(error).__name__)
                with contextlib.suppress(Exception):
                    await asyncio.wait_for(self.broker.stop(), 5)
                await asyncio.sleep(RETRY_START_S)
            else:
                self.started = True
                log.info("kafka.consuming")
                return

    async def stop(self) -> None:
        """Finish the messages in hand, within a bound, and leave the groups."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        with contextlib.suppress(TimeoutError, KafkaError, OSError):
            await asyncio.wait_for(self.broker.stop(), 20)
        self.started = False


async def _lenient(
    message: "ConsumerRecord[Any, Any] | tuple[ConsumerRecord[Any, Any], ...]",
    original: Callable[[Any], Awaitable[KafkaMessage]],
) -> KafkaMessage:
    """Survive headers that are not UTF-8: FastStream would skip such a record without a word."""
    stripped = (
        tuple(map(_without_headers, message)) if isinstance(message, tuple) else _without_headers(message)
    )
    parsed = await original(stripped)
    parsed.raw_message = message
    return parsed


def _without_headers(record: "ConsumerRecord[Any, Any]") -> "ConsumerRecord[Any, Any]":
    # Our own envelope reads the headers; the framework needs none of them.
    return ConsumerRecord(
        record.topic,
        record.partition,
        record.offset,
        record.timestamp,
        record.timestamp_type,
        record.key,
        record.value,
        record.checksum,
        record.serialized_key_size,
        record.serialized_value_size,
        (),
    )


async def _raw(message: KafkaMessage) -> Any:
    return message.raw_message
