"""The relay on real Kafka: every event, in order, also after a crash and with two relays."""

import asyncio

import pytest

from shared.events.envelope import Envelope
from shared.mongo import Mongo
from shared.outbox import Relay
from shared.producer import Producer
from shared.store import Cause
from tests.integration.counter import Ignored, add, counters, emptied, read, read_all, sequence
from tests.support import Infra, eventually

pytestmark = pytest.mark.connected


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
        await eventually(lambda: emptied(mongo))

    async def test_sweep_publishes_what_a_crash_left_behind(
        self, infra: Infra, mongo: Mongo, relay: Relay, topic: str
    ) -> None:
        await counters(mongo, Ignored()).put("left", add(), Cause())
        (record,) = await read(infra, topic, 1)
        assert record.key == b"left"
        await eventually(lambda: emptied(mongo))

    async def test_two_relays_publish_every_event_and_in_order(
        self, infra: Infra, mongo: Mongo, relay: Relay, topic: str
    ) -> None:
        second_producer = Producer(infra.kafka, "second")
        second = Relay(second_producer, mongo.collection("leases"), topic=topic, source="/test", replica="r2")
        second.watch(mongo.collection("counters"))
        await second.start()
        stores = [counters(mongo, relay, "r1"), counters(mongo, second, "r2")]
        await asyncio.gather(*(stores[n % 2].put("a", add(), Cause()) for n in range(200)))
        await eventually(lambda: emptied(mongo))
        await second.stop()
        await second_producer.stop()
        first_seen = list(dict.fromkeys(sequence(r) for r in await read_all(infra, topic)))
        assert first_seen == list(range(1, 201))
