"""Delivery on real Kafka: poison is parked, temporary faults are retried, nothing is skipped."""

import asyncio
from datetime import UTC, datetime

import pytest
from aiokafka import AIOKafkaProducer

from shared.deadletters import DeadLetters, dead_letter_topic
from shared.errors import Failed
from shared.events.envelope import Envelope
from shared.kafka import Consumers
from shared.producer import Producer, Record
from tests.integration.counter import Counted, read
from tests.support import Infra, eventually

pytestmark = pytest.mark.connected


class TestDelivery:
    async def test_poison_is_parked_byte_for_byte_and_delays_nobody(
        self, infra: Infra, producer: Producer, topic: str
    ) -> None:
        good = Envelope("a:1", "/t", Counted.type_name(), "a", _now(), 1, b'{"total": 1}')
        poison: list[tuple[bytes | None, list[tuple[str, bytes]]]] = [
            (b"not json", good.to_headers()),
            (b'{"total": "many"}', good.to_headers()),
            (None, good.to_headers()),
            (b"{}", []),
            (b'{"total": 2}', [*good.to_headers(), ("odd", b"\xff\xfe")]),
            (b'{"total": 3}', [("ce_id", b"\xff")]),
        ]
        raw = AIOKafkaProducer(bootstrap_servers=infra.kafka)
        await raw.start()
        for value, headers in poison:
            await raw.send_and_wait(topic, value, key=b"k", headers=headers)
        await raw.send_and_wait(topic, good.data, key=b"k", headers=good.to_headers())
        await raw.stop()
        seen: list[int] = []

        async def on_counted(event: Counted, _: Envelope) -> None:
            seen.append(event.total)

        consumers = Consumers(infra.kafka, service="test", dead_letters=DeadLetters(producer))
        consumers.handle(topic, "g", {Counted: on_counted})
        await consumers.start()
        await eventually(lambda: 1 in seen)
        await consumers.stop()
        assert seen == [2, 1]  # a header that is not UTF-8 but none of ours does not hurt
        parked = await read(infra, dead_letter_topic(topic, "g"), 5)
        assert [record.value for record in parked] == [
            b"not json",
            b'{"total": "many"}',
            None,
            b"{}",
            b'{"total": 3}',
        ]
        reasons = [dict(record.headers)["dlq-reason"].decode() for record in parked]
        assert reasons[1] == "total: int_parsing"
        assert reasons[3] == "header ce_id is missing"

    async def test_temporary_failure_is_retried_and_a_programming_error_is_parked(
        self, infra: Infra, producer: Producer, topic: str
    ) -> None:
        tries = {1: 0, 2: 0, 3: 0}

        async def on_counted(event: Counted, _: Envelope) -> None:
            tries[event.total] += 1
            if event.total == 1 and tries[1] < 7:
                raise Failed
            if event.total == 2:
                raise ZeroDivisionError

        for n in (1, 2, 3):
            envelope = Envelope(f"a:{n}", "/t", Counted.type_name(), "a", _now(), n, b'{"total": %d}' % n)
            await _send(producer, topic, envelope)
        consumers = Consumers(infra.kafka, service="test", dead_letters=DeadLetters(producer))
        consumers.handle(topic, "g", {Counted: on_counted})
        await consumers.start()
        await eventually(lambda: tries[3] > 0)
        await consumers.stop()
        assert tries == {1: 7, 2: 4, 3: 1}
        (parked,) = await read(infra, dead_letter_topic(topic, "g"), 1)
        assert dict(parked.headers)["dlq-reason"] == b"ZeroDivisionError"

    async def test_nothing_is_skipped_when_a_consumer_stops_in_the_middle(
        self, infra: Infra, producer: Producer, topic: str
    ) -> None:
        seen: set[int] = set()
        entered, never = asyncio.Event(), asyncio.Event()

        async def stuck(event: Counted, _: Envelope) -> None:
            entered.set()
            await never.wait()

        async def record_it(event: Counted, _: Envelope) -> None:
            seen.add(event.total)

        for n in range(20):
            envelope = Envelope(f"a:{n}", "/t", Counted.type_name(), "a", _now(), n, b'{"total": %d}' % n)
            await _send(producer, topic, envelope)
        first = Consumers(infra.kafka, service="test", dead_letters=DeadLetters(producer), finish_s=0.1)
        first.handle(topic, "g", {Counted: stuck})
        await first.start()
        await entered.wait()
        await first.stop()
        second = Consumers(infra.kafka, service="test", dead_letters=DeadLetters(producer))
        second.handle(topic, "g", {Counted: record_it})
        await second.start()
        await eventually(lambda: seen == set(range(20)))
        await second.stop()


def _now() -> datetime:
    return datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


async def _send(producer: Producer, topic: str, envelope: Envelope) -> None:
    await producer.send_all([Record(topic, envelope.subject.encode(), envelope.data, envelope.to_headers())])
