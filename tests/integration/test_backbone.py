"""The backbone on real Kafka and the real store: guarded writes, outbox, relay, delivery."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Literal

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from pydantic import ConfigDict

from shared.clock import new_id
from shared.deadletters import DeadLetters, dead_letter_topic
from shared.decisions import Change
from shared.errors import Failed, IdempotencyKeyReused, NotFound
from shared.events.envelope import Envelope, Event, Value
from shared.kafka import Consumers
from shared.mongo import Collection, Document, Mongo
from shared.outbox import Relay
from shared.producer import Producer, Record
from shared.store import Aggregates, Cause
from tests.support import Infra, eventually

pytestmark = pytest.mark.connected


class Counted(Event):
    type: Literal["verbund.test.counted.v1"] = "verbund.test.counted.v1"
    total: int


class Other(Event):
    type: Literal["verbund.test.other.v1"] = "verbund.test.other.v1"


class Counter(Value):
    model_config = ConfigDict(frozen=True)
    total: int = 0
    limit: int = 1_000_000


class Ignored:
    """A relay that publishes nothing: events stay in the outbox, as after a crash."""

    def hand(self, collection: Collection, image: Document) -> None:
        """Do nothing."""


def add(limit: int = 1_000_000) -> Callable[[Counter | None], Change[Counter]]:
    def decide(state: Counter | None) -> Change[Counter]:
        total = (state.total if state else 0) + 1
        if total > limit:
            return Change(state or Counter(), (), "full")
        return Change(Counter(total=total), (Counted(total=total),), total)

    return decide


@pytest.fixture
async def topic(infra: Infra) -> str:
    name = f"test.{new_id()}"
    admin = AIOKafkaAdminClient(bootstrap_servers=infra.kafka)
    await admin.start()
    await admin.create_topics(
        [NewTopic(name, 3, 1), *(NewTopic(dead_letter_topic(name, group), 1, 1) for group in ("g", "p"))]
    )
    await admin.close()
    return name


@pytest.fixture
async def producer(infra: Infra) -> AsyncIterator[Producer]:
    made = Producer(infra.kafka, "test")
    yield made
    await made.stop()


@pytest.fixture
async def relay(mongo: Mongo, producer: Producer, topic: str) -> AsyncIterator[Relay]:
    made = Relay(producer, mongo.collection("leases"), topic=topic, source="/test", replica="r1")
    made.watch(mongo.collection("counters"))
    await made.start()
    yield made
    await made.stop()


def counters(mongo: Mongo, relay: Relay | Ignored, replica: str = "r1") -> Aggregates[Counter]:
    return Aggregates(mongo.collection("counters"), Counter, kind="counter", relay=relay, replica=replica)


async def read(infra: Infra, topic: str, count: int) -> list[ConsumerRecord]:
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=infra.kafka, auto_offset_reset="earliest")
    await consumer.start()
    try:
        async with asyncio.timeout(20):
            return [await consumer.getone() for _ in range(count)]
    finally:
        await consumer.stop()


class TestAggregates:
    async def test_callers_of_two_replicas_lose_no_change_when_they_race(self, mongo: Mongo) -> None:
        replicas = [counters(mongo, Ignored(), name) for name in ("r1", "r2")]
        await asyncio.gather(*(replicas[n % 2].put("c", add(), Cause()) for n in range(100)))
        document = await mongo.collection("counters").find_one({"_id": "c"})
        assert document is not None
        assert document["state"]["total"] == 100
        assert [entry["seq"] for entry in document["outbox"]] == list(range(1, 101))

    async def test_changes_are_lost_when_the_version_guard_is_taken_out(self, mongo: Mongo) -> None:
        class Unguarded(Collection):
            async def find_one_and_update(self, where, update, **more):  # type: ignore[no-untyped-def]
                where = {key: value for key, value in where.items() if key != "v"}
                return await super().find_one_and_update(where, update, **more)

        raw = mongo.collection("counters")
        unguarded = Unguarded(raw._raw, "motor")
        replicas = [
            Aggregates(unguarded, Counter, kind="counter", relay=Ignored(), replica=name)
            for name in ("r1", "r2", "r3", "r4")
        ]
        await replicas[0].put("c", add(), Cause())
        await asyncio.gather(*(replicas[n % 4].put("c", add(), Cause()) for n in range(100)))
        assert (await replicas[0].get("c")).total < 101

    async def test_repeat_with_the_same_key_changes_once_and_answers_the_same(self, mongo: Mongo) -> None:
        store = counters(mongo, Ignored())
        cause = Cause("key-1", "print")
        answers = await asyncio.gather(*(store.put("c", add(), cause) for _ in range(20)))
        assert {answer.result for answer in answers} == {1}
        assert sum(answer.repeated for answer in answers) == 19
        assert (await store.get("c")).total == 1

    async def test_changed_request_under_a_used_key_is_refused(self, mongo: Mongo) -> None:
        store = counters(mongo, Ignored())
        await store.put("c", add(), Cause("key-1", "print"))
        with pytest.raises(IdempotencyKeyReused):
            await store.put("c", add(), Cause("key-1", "another print"))

    async def test_change_of_a_missing_aggregate_is_not_found(self, mongo: Mongo) -> None:
        with pytest.raises(NotFound):
            await counters(mongo, Ignored()).change("nowhere", add(), Cause())

    async def test_a_rejected_caller_does_not_stop_the_others_of_its_batch(self, mongo: Mongo) -> None:
        store = counters(mongo, Ignored())

        def refuse(_: Counter | None) -> Change[Counter]:
            raise NotFound(kind="x")

        decisions = [add(), refuse, add(), refuse, add()]
        answers = await asyncio.gather(
            *(store.put("c", decide, Cause()) for decide in decisions), return_exceptions=True
        )
        assert [isinstance(answer, NotFound) for answer in answers] == [False, True, False, True, False]
        assert (await store.get("c")).total == 3


class TestRelay:
    async def test_events_arrive_in_order_with_their_envelope(
        self, infra: Infra, mongo: Mongo, relay: Relay, topic: str
    ) -> None:
        store = counters(mongo, relay)
        for aggregate in ("a", "b"):
            await asyncio.gather(*(store.put(aggregate, add(), Cause(causation_id="x")) for _ in range(50)))
        records = await read(infra, topic, 100)
        for aggregate in ("a", "b"):
            envelopes = [
                Envelope.from_record(record.headers, record.value)
                for record in records
                if record.key == aggregate.encode()
            ]
            assert [envelope.sequence for envelope in envelopes] == list(range(1, 51))
            assert envelopes[0].id == f"{aggregate}:1"
            assert envelopes[0].causationid == "x"
        await eventually(lambda: _emptied(mongo))

    async def test_sweep_publishes_what_a_crash_left_behind(
        self, infra: Infra, mongo: Mongo, relay: Relay, topic: str
    ) -> None:
        await counters(mongo, Ignored()).put("left", add(), Cause())
        (record,) = await read(infra, topic, 1)
        assert record.key == b"left"
        await eventually(lambda: _emptied(mongo))

    async def test_two_relays_publish_every_event_and_in_order(
        self, infra: Infra, mongo: Mongo, relay: Relay, topic: str
    ) -> None:
        second_producer = Producer(infra.kafka, "second")
        second = Relay(second_producer, mongo.collection("leases"), topic=topic, source="/test", replica="r2")
        second.watch(mongo.collection("counters"))
        await second.start()
        stores = [counters(mongo, relay, "r1"), counters(mongo, second, "r2")]
        await asyncio.gather(*(stores[n % 2].put("a", add(), Cause()) for n in range(200)))
        await eventually(lambda: _emptied(mongo))
        await second.stop()
        await second_producer.stop()
        first_seen = list(dict.fromkeys(_sequence(r) for r in await _read_all(infra, topic)))
        assert first_seen == list(range(1, 201))


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


def _sequence(record: ConsumerRecord) -> int:
    return Envelope.from_record(record.headers, record.value).sequence


async def _send(producer: Producer, topic: str, envelope: Envelope) -> None:
    await producer.send_all([Record(topic, envelope.subject.encode(), envelope.data, envelope.to_headers())])


async def _emptied(mongo: Mongo) -> bool:
    return await mongo.collection("counters").count({"pend": {"$gt": 0}}) == 0


async def _read_all(infra: Infra, topic: str) -> list[ConsumerRecord]:
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=infra.kafka, auto_offset_reset="earliest")
    await consumer.start()
    try:
        end = await consumer.end_offsets(consumer.assignment())
        records: list[ConsumerRecord] = []
        while len(records) < sum(end.values()):
            for found in (await consumer.getmany(timeout_ms=500)).values():
                records += found
        return records
    finally:
        await consumer.stop()
