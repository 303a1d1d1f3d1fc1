"""`deliver`: from a Kafka record to a handler's effect, with retries, dead letters and the caller's trace.

| What goes wrong | What happens |
|---|---|
| no CloudEvent of ours, or a known type with a malformed body | parked at once |
| a type this consumer has no handler for | skipped |
| our fault and temporary (`Failed`: the store or another service is away) | retried for ever, in rounds |
| anything else | retried `TRIES` times, then parked |
| parking fails | not acknowledged, the record comes again |
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import structlog
from aiokafka import ConsumerRecord
from opentelemetry.trace import SpanKind
from pydantic import ValidationError

from shared.deadletters import DeadLetters
from shared.errors import Failed
from shared.events.envelope import Envelope, Event, Unreadable
from shared.metrics import EVENT_RETRIES, EVENTS_HANDLED
from shared.producer import KafkaDown
from shared.telemetry import span

log = structlog.get_logger()

type Handler[E: Event] = Callable[[E, Envelope], Awaitable[None]]
type Applied = Sequence[tuple[Event, Envelope]]

TRIES = 4
BACKOFF_START_S = 0.05
BACKOFF_MAX_S = 5.0
ROUND_S = 45.0  # one round of retries; past the broker's poll limit the partition would be taken away


class _Parked(Exception):  # noqa: N818  internal signal
    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Delivery:
    """Delivers the events of one consumer group to its handlers, one record at a time."""

    def __init__(
        self, group: str, handlers: Mapping[type[Event], Handler[Any]], dead_letters: DeadLetters
    ) -> None:
        self._group = group
        self._handlers = {event.type_name(): (event, handler) for event, handler in handlers.items()}
        self._dead_letters = dead_letters

    async def deliver(self, record: "ConsumerRecord[Any, Any]") -> bool:
        """Handle one record; True if it is finished and may be acknowledged."""
        try:
            envelope = Envelope.from_record(record.headers, record.value)
            if envelope.type not in self._handlers:
                EVENTS_HANDLED.labels(self._group, "skipped").inc()
                return True
            model, handler = self._handlers[envelope.type]
            event = model.model_validate_json(envelope.data)
        except (Unreadable, ValidationError) as error:
            return await park(self._dead_letters, record, self._group, _reason(error))
        with span(
            f"{self._group} {envelope.type}",
            traceparent=envelope.traceparent,
            kind=SpanKind.CONSUMER,
            event_id=envelope.id,
            event_type=envelope.type,
        ):
            try:
                done = await with_retries(lambda: handler(event, envelope), self._group)
            except _Parked as parked:
                return await park(self._dead_letters, record, self._group, parked.reason)
        if done:
            EVENTS_HANDLED.labels(self._group, "handled").inc()
        return done


class Projection:
    """Applies batches of events to a read model; `apply` must be safe to repeat and in any order."""

    def __init__(
        self, group: str, events: Sequence[type[Event]], apply: Callable[[Applied], Awaitable[None]]
    ) -> None:
        self.group = group
        self._models = {event.type_name(): event for event in events}
        self._apply = apply

    async def deliver(self, records: "Sequence[ConsumerRecord[Any, Any]]", dead_letters: DeadLetters) -> bool:
        """Apply one batch; True if it may be acknowledged. A poison record is parked, the rest goes on."""
        batch: list[tuple[Event, Envelope]] = []
        sources: list[ConsumerRecord[Any, Any]] = []
        for record in records:
            try:
                envelope = Envelope.from_record(record.headers, record.value)
                if (model := self._models.get(envelope.type)) is not None:
                    batch.append((model.model_validate_json(envelope.data), envelope))
                    sources.append(record)
            except (Unreadable, ValidationError) as error:
                if not await park(dead_letters, record, self.group, _reason(error)):
                    return False
        if not batch:
            return True
        try:
            done = await with_retries(lambda: self._apply(batch), self.group)
        except _Parked:
            # One of them is at fault: apply them one by one and park the one that fails.
            return await self._one_by_one(batch, sources, dead_letters)
        if done:
            EVENTS_HANDLED.labels(self.group, "handled").inc(len(batch))
        return done

    async def _one_by_one(
        self,
        batch: Applied,
        sources: "Sequence[ConsumerRecord[Any, Any]]",
        dead_letters: DeadLetters,
    ) -> bool:
        for pair, record in zip(batch, sources, strict=True):
            try:
                if not await with_retries(lambda one=pair: self._apply([one]), self.group):  # type: ignore[misc]
                    return False
            except _Parked as parked:
                if not await park(dead_letters, record, self.group, parked.reason):
                    return False
        return True


async def with_retries(work: Callable[[], Awaitable[None]], group: str) -> bool:
    """Run `work` until it succeeds; False if the round ended while the fault was still temporary.

    Errors: `_Parked` after `TRIES` failures that are not temporary.
    """
    deadline = asyncio.get_running_loop().time() + ROUND_S
    wait, failures = BACKOFF_START_S, 0
    while True:
        try:
            await work()
        except Failed as error:
            if asyncio.get_running_loop().time() >= deadline:
                log.warning("consumer.round_over", group=group, error=error.slug)
                return False
        except Exception as error:  # a programming error must not stop the partition
            failures += 1
            log.warning("consumer.failed", group=group, error=type(error).__name__, tries=failures)
            if failures >= TRIES:
                raise _Parked(type(error).__name__) from error
        else:
            return True
        EVENT_RETRIES.labels(group).inc()
        await asyncio.sleep(wait * random.uniform(0.5, 1.5))  # noqa: S311  jitter
        wait = min(wait * 2, BACKOFF_MAX_S)


async def park(
    dead_letters: DeadLetters, record: "ConsumerRecord[Any, Any]", group: str, reason: str
) -> bool:
    """Park a record; False if Kafka did not take it, so that it must come again."""
    try:
        await dead_letters.park(record, group, reason)
    except KafkaDown:
        return False
    EVENTS_HANDLED.labels(group, "parked").inc()
    return True


def _reason(error: Exception) -> str:
    # A validation error quotes the input; the reason names fields and kinds only.
    if isinstance(error, ValidationError):
        return ", ".join(f"{'.'.join(map(str, e['loc']))}: {e['type']}" for e in error.errors()[:5])
    return str(error)
