"""A topic of one's own, a producer and a relay."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic, RecordsToDelete
from aiokafka.errors import NotLeaderForPartitionError

from shared.clock import new_id
from shared.deadletters import dead_letter_topic, retry_topic
from shared.mongo import Mongo
from shared.outbox import Relay
from shared.producer import Producer
from tests.support import Infra, eventually

UP_TO_THE_END = -1


@pytest.fixture(scope="module", autouse=True)
def own_topics(request: pytest.FixtureRequest) -> None:
    """Empty our own broker's topics, so that a module's consumers do not first read all that others wrote."""
    items = [item for item in request.session.items if item.path == request.path]
    if any("infra" in getattr(item, "fixturenames", ()) for item in items):
        infra: Infra = request.getfixturevalue("infra")
        if infra.kafka_process is not None:
            asyncio.run(_empty(infra.kafka))


async def _empty(kafka: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    try:
        topics = await admin.describe_topics()
        everything = {
            TopicPartition(topic["topic"], part["partition"]): RecordsToDelete(UP_TO_THE_END)
            for topic in topics
            if not topic["is_internal"]
            for part in topic["partitions"]
        }

        async def emptied() -> bool:
            try:
                await admin.delete_records(everything)
            except NotLeaderForPartitionError:  # a topic is new
                return False
            return True

        await eventually(emptied)
    finally:
        await admin.close()


@pytest.fixture
async def topic(infra: Infra) -> str:
    name = f"test.{new_id()}"
    admin = AIOKafkaAdminClient(bootstrap_servers=infra.kafka)
    await admin.start()
    await admin.create_topics(
        [
            NewTopic(name, 3, 1),
            *(NewTopic(dead_letter_topic(name, group), 1, 1) for group in ("g", "p")),
            *(NewTopic(retry_topic(name, group), 1, 1) for group in ("g", "p")),
        ]
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
