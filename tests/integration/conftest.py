"""A topic of one's own, a producer and a relay."""

from collections.abc import AsyncIterator

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from shared.clock import new_id
from shared.deadletters import dead_letter_topic, retry_topic
from shared.mongo import Mongo
from shared.outbox import Relay
from shared.producer import Producer
from tests.support import Infra


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
