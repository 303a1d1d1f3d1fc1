"""Kafka goes away and comes back: commands go on, nothing is lost, nothing is out of order."""

from pathlib import Path

import pytest

from shared.decisions import Change
from shared.errors import OutboxFull
from shared.events.envelope import Envelope
from shared.mongo import Mongo
from shared.outbox import Relay
from shared.producer import Producer
from shared.store import MAX_OUTBOX, Aggregates, Cause
from shared.topics import create
from tests.integration.counter import Counted, Counter, Ignored, add, emptied, read_all
from tests.support import Infra, eventually, start_kafka

pytestmark = [pytest.mark.connected, pytest.mark.timeout(180)]

TOPIC = "verbund.courses.events"


async def test_commands_go_on_without_kafka_and_their_events_follow_in_order(
    infra: Infra, mongo: Mongo, tmp_path: Path
) -> None:
    with start_kafka(tmp_path) as broker:
        servers = f"127.0.0.1:{broker.part.port}"
        await create(servers)
        producer = Producer(servers, "test")
        relay = Relay(producer, mongo.collection("leases"), topic=TOPIC, source="/test", replica="r1")
        relay.watch(mongo.collection("counters"))
        await relay.start()
        store: Aggregates[Counter] = Aggregates(
            mongo.collection("counters"), Counter, kind="counter", relay=relay, replica="r1"
        )
        for n in range(100):
            await store.put(f"a{n % 5}", add(), Cause())
            if n == 30:
                broker.kill9()
            if n == 60:
                broker.start()
        await eventually(lambda: emptied(mongo), seconds=90)
        seen: dict[str, list[int]] = {}
        for record in await read_all(Infra(servers, ""), TOPIC):
            envelope = Envelope.from_record(record.headers, record.value)
            seen.setdefault(envelope.subject, []).append(envelope.sequence)
        assert {key: list(dict.fromkeys(found)) for key, found in seen.items()} == {
            f"a{n}": list(range(1, 21)) for n in range(5)
        }
        await relay.stop()
        await producer.stop()


async def test_outbox_is_bounded_while_kafka_is_away(mongo: Mongo) -> None:
    store: Aggregates[Counter] = Aggregates(
        mongo.collection("counters"), Counter, kind="counter", relay=Ignored(), replica="r1"
    )

    def many(state: Counter | None) -> Change[Counter]:
        total = state.total if state else 0
        return Change(Counter(total=total + 100), tuple(Counted(total=total + n) for n in range(100)))

    for _ in range(MAX_OUTBOX // 100):
        await store.put("c", many, Cause())
    with pytest.raises(OutboxFull):
        await store.put("c", many, Cause())
    document = await mongo.collection("counters").find_one({"_id": "c"})
    assert document is not None
    assert len(document["outbox"]) == MAX_OUTBOX
    assert document["state"]["total"] == MAX_OUTBOX
