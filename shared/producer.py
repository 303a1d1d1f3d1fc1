"""One idempotent Kafka producer that is built anew when Kafka has given it up.

Idempotence is needed for order, not only against duplicates: a plain producer may drop a batch and go on.
"""

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from shared.events.envelope import Headers

log = structlog.get_logger()

START_TIMEOUT_S = 5
SEND_TIMEOUT_S = 5
STOP_TIMEOUT_S = 5


class KafkaDown(Exception):  # noqa: N818  it names the condition
    """Kafka did not confirm in time; the record may still arrive."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record to send; equal keys go to one partition, in the order of sending."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: Headers
    partition: int | None = None


class Producer:
    """Sends records and waits for the confirmation of all in-sync replicas (`acks=all`)."""

    def __init__(self, bootstrap_servers: str, client_id: str) -> None:
        self._bootstrap_servers = bootstrap_servers
        self._client_id = client_id
        self._producer: AIOKafkaProducer | None = None
        self._starting = asyncio.Lock()
        self._stopped = False

    async def send(self, record: Record) -> "asyncio.Future[Any]":
        """Hand one record over; await the future for the confirmation. Errors: `KafkaDown`."""
        producer = self._producer or await self._start()
        try:
            async with asyncio.timeout(SEND_TIMEOUT_S):
                future: asyncio.Future[Any] = await producer.send(
                    record.topic,
                    value=record.value,
                    key=record.key,
                    headers=record.headers,
                    partition=record.partition,
                )
        except TimeoutError as error:
            raise KafkaDown from error
        except KafkaError as error:
            self._drop(producer, error)
            raise KafkaDown from error
        return future

    async def confirmed(self, futures: Sequence["asyncio.Future[Any]"]) -> int:
        """Wait for the confirmations and return how many came, counted from the first without a gap.

        A timeout keeps the producer, since the records may still be sent and a new producer could overtake
        them; a final error drops it, since every later send to that partition would fail too.
        """
        if not futures:
            return 0
        done, _ = await asyncio.wait(futures, timeout=SEND_TIMEOUT_S)
        for count, future in enumerate(futures):
            if future not in done:
                _mute(futures[count:])
                return count
            error = future.exception()
            if error is not None:
                if self._producer is not None:
                    self._drop(self._producer, error)
                _mute(futures[count:])
                return count
        return len(futures)

    async def send_all(self, records: Sequence[Record]) -> None:
        """Send and wait for every confirmation. Errors: `KafkaDown`."""
        futures = [await self.send(record) for record in records]
        if await self.confirmed(futures) < len(futures):
            raise KafkaDown

    async def stop(self) -> None:
        """Stop for good and within a bound: with Kafka dead the client's own stop never returns (aiokafka #1101)."""
        self._stopped = True
        async with self._starting:
            producer, self._producer = self._producer, None
        if producer is not None:
            await _stop(producer)

    async def _start(self) -> AIOKafkaProducer:
        async with self._starting:
            if self._producer is not None:
                return self._producer
            if self._stopped:
                raise KafkaDown
            producer = AIOKafkaProducer(
                bootstrap_servers=self._bootstrap_servers,
                client_id=self._client_id,
                enable_idempotence=True,
                acks="all",
                linger_ms=0,
            )
            try:
                async with asyncio.timeout(START_TIMEOUT_S):
                    await producer.start()
            except (KafkaError, OSError, TimeoutError) as error:
                await _stop(producer)
                raise KafkaDown from error
            except asyncio.CancelledError:
                await _stop(producer)
                raise
            self._producer = producer
            return producer

    def _drop(self, producer: AIOKafkaProducer, error: BaseException) -> None:
        if self._producer is producer:
            log.warning("kafka.producer_dropped", error=type(error).__name__)
            self._producer = None
            task = asyncio.get_running_loop().create_task(_stop(producer))
            _stopping.add(task)
            task.add_done_callback(_stopping.discard)


_stopping: set[asyncio.Task[None]] = set()


async def _stop(producer: AIOKafkaProducer) -> None:
    with contextlib.suppress(TimeoutError, KafkaError, OSError):
        async with asyncio.timeout(STOP_TIMEOUT_S):
            await producer.stop()


def _mute(futures: Sequence["asyncio.Future[Any]"]) -> None:
    # Nobody waits for these any more; without this the loop reports "exception was never retrieved".
    for future in futures:
        future.add_done_callback(lambda done: done.cancelled() or done.exception())
