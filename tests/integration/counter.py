"""The smallest aggregate, and reading topics: what the backbone's tests work with."""

import asyncio
from collections.abc import Callable
from typing import Literal

from aiokafka import AIOKafkaConsumer, ConsumerRecord

from shared.decisions import Change
from shared.events.envelope import Envelope, Event, Value
from shared.mongo import Collection, Document, Mongo
from shared.outbox import Relay
from shared.store import Aggregates
from tests.support import Infra


class Counted(Event):
    type: Literal["verbund.test.counted.v1"] = "verbund.test.counted.v1"
    total: int


class Counter(Value):
    total: int = 0


class Ignored:
    """A relay that publishes nothing: events stay in the outbox, as after a crash."""

    def hand(self, collection: Collection, image: Document) -> None:
        """Do nothing."""


def add() -> Callable[[Counter | None], Change[Counter]]:
    """Return the decision that counts one up."""

    def decide(state: Counter | None) -> Change[Counter]:
        total = (state.total if state else 0) + 1
        return Change(Counter(total=total), (Counted(total=total),), total)

    return decide


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


async def read_all(infra: Infra, topic: str) -> list[ConsumerRecord]:
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


def sequence(record: ConsumerRecord) -> int:
    return Envelope.from_record(record.headers, record.value).sequence


async def emptied(mongo: Mongo) -> bool:
    return await mongo.collection("counters").count({"pend": {"$gt": 0}}) == 0
