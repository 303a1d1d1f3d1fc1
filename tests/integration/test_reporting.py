"""Figures from real Kafka and the real store: duplicates, disorder, two workers, poison, a rebuild."""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from services.reporting.consumers import GROUP, TOPICS, projection
from services.reporting.figures import figures_of
from services.reporting.handlers import project, recount_pending, recount_when_due
from services.reporting.rebuild import rebuild
from services.reporting.store import ReadModel
from shared.clock import new_id
from shared.deadletters import DeadLetters, dead_letter_topic, retry_topic
from shared.delivery import Applied, Projection
from shared.events import courses, membership
from shared.events.envelope import Envelope, Event
from shared.kafka import Consumers
from shared.mongo import Mongo
from shared.producer import Producer, Record
from tests.support import Infra, eventually
from tests.unit.reporting.story import EXPECTED, Story

pytestmark = pytest.mark.connected


@pytest.fixture
async def producer(infra: Infra) -> AsyncIterator[Producer]:
    made = Producer(infra.kafka, "test")
    yield made
    await made.stop()


@pytest.fixture
async def store(mongo: Mongo) -> ReadModel:
    made = ReadModel(mongo.collection)
    await made.prepare()
    return made


@asynccontextmanager
async def worker(infra: Infra, store: ReadModel, producer: Producer, group: str) -> AsyncIterator[None]:
    """Run what the worker process runs; a group of its own per test, parked records in the real topic."""
    await retry_topics(infra, group)
    wake, stopping = asyncio.Event(), asyncio.Event()
    consumers = Consumers(infra.kafka, service="test", dead_letters=DeadLetters(producer))
    consumers.project(TOPICS, group, projection(store, wake))

    async def recounting() -> None:
        while not stopping.is_set():
            await recount_when_due(store, wake, stopping)

    task = asyncio.create_task(recounting())
    await consumers.start()
    try:
        yield
    finally:
        await consumers.stop()
        stopping.set()
        await task


async def retry_topics(infra: Infra, group: str) -> None:
    """Create the topics that a declared group has (deploy/kafka/topics.yaml); without them it would wait for them."""
    admin = AIOKafkaAdminClient(bootstrap_servers=infra.kafka)
    await admin.start()
    await admin.create_topics([NewTopic(retry_topic(topic, group), 1, 1) for topic in TOPICS])
    await admin.close()


def records(told: Sequence[tuple[Event, Envelope]]) -> list[Record]:
    return [
        Record(
            membership.TOPIC if ".membership." in event.type else courses.TOPIC,
            envelope.subject.encode(),
            envelope.data,
            envelope.to_headers(),
        )
        for event, envelope in told
    ]


def disordered(story: Story, seed: int) -> list[tuple[Event, Envelope]]:
    told = [*story.events, *story.events[::2], *story.events[::5]]
    random.Random(seed).shuffle(told)
    return told


async def has_expected(store: ReadModel, network: str) -> bool:
    found = await store.figures(network)
    return found is not None and figures_of(found.summary) == EXPECTED


async def test_figures_are_those_of_the_clean_run_when_events_come_twice_and_shuffled(
    infra: Infra, store: ReadModel, producer: Producer
) -> None:
    story = Story(new_id()).play()
    await producer.send_all(records(disordered(story, 1)))
    async with AsyncExitStack() as stack:
        group = f"test.{new_id()}"
        for _ in range(2):  # two replicas share the partitions, and both recount
            await stack.enter_async_context(worker(infra, store, producer, group))
        await eventually(lambda: has_expected(store, story.network))
    found = await store.figures(story.network)
    assert found is not None
    assert found.summary.counts["events_missing"] == 0


async def test_figures_converge_when_zombies_apply_the_same_events_at_once(store: ReadModel) -> None:
    """Two replicas that both believe to own the partitions: every write races, nothing is lost."""
    story = Story(new_id()).play()
    wake = asyncio.Event()

    async def replica(seed: int) -> None:
        told = disordered(story, seed)
        for start in range(0, len(told), 4):
            await project(told[start : start + 4], store=store, wake=wake)
            await recount_pending(store)

    await asyncio.gather(*(replica(seed) for seed in range(4)))
    while await recount_pending(store):
        pass
    assert await has_expected(store, story.network)


async def test_size_counts_when_it_is_declared_after_the_booking(store: ReadModel) -> None:
    story = Story(new_id()).play()
    late = [pair for pair in story.events if isinstance(pair[0], membership.SizeDeclared)]
    wake = asyncio.Event()
    await project([pair for pair in story.events if pair not in late], store=store, wake=wake)
    await recount_pending(store)
    found = await store.figures(story.network)
    assert found is not None
    assert figures_of(found.summary)["reached_unknown_size"] == 5
    await project(late, store=store, wake=wake)
    await recount_pending(store)
    assert await has_expected(store, story.network)


async def test_poison_is_parked_and_the_rest_applied_when_it_stands_in_a_batch(
    infra: Infra, store: ReadModel, producer: Producer
) -> None:
    story = Story(new_id()).play()
    told = records(story.events)
    poison = Record(courses.TOPIC, new_id().encode(), b"{}", told[-1].headers)
    middle = len(told) // 2
    parked = [await ends(infra, topic) for topic in TOPICS]
    await producer.send_all([*told[:middle], poison, *told[middle:]])
    # The group's real name, since only its dead-letter topics exist.
    async with worker(infra, store, producer, GROUP):
        await eventually(lambda: has_expected(store, story.network))
    assert [await ends(infra, topic) for topic in TOPICS] == [parked[0], parked[1] + 1]


async def test_all_are_tried_one_by_one_when_one_event_of_a_batch_cannot_be_applied(
    infra: Infra, store: ReadModel, producer: Producer
) -> None:
    story = Story(new_id()).play()
    bad = story.events[len(story.events) // 2][1].id
    wake = asyncio.Event()

    async def apply(batch: Applied) -> None:
        if any(envelope.id == bad for _, envelope in batch):
            raise ValueError
        await project(batch, store=store, wake=wake)

    events = (*membership.EVENTS, *courses.EVENTS)
    parked = await ends(infra, courses.TOPIC)
    consumers = Consumers(infra.kafka, service="test", dead_letters=DeadLetters(producer))
    consumers.project(TOPICS, GROUP, Projection(GROUP, events, apply))
    await producer.send_all(records(story.events))
    await consumers.start()

    expected = sum(hasattr(event, "network_id") for event, _ in story.events) - 1

    async def applied() -> bool:
        await recount_pending(store)
        found = await store.figures(story.network)
        return found is not None and found.summary.counts["events_applied"] == expected

    try:
        await eventually(applied)
    finally:
        await consumers.stop()
    assert await ends(infra, courses.TOPIC) == parked + 1


async def test_figures_are_equal_when_rebuilt_while_events_come_in(
    infra: Infra, store: ReadModel, producer: Producer
) -> None:
    before, during = Story(new_id()).play(), Story(new_id()).play()
    await producer.send_all(records(disordered(before, 3)))
    async with worker(infra, store, producer, f"test.{new_id()}"):
        await eventually(lambda: has_expected(store, before.network))
        _, events = await asyncio.gather(
            producer.send_all(records(disordered(during, 4))), rebuild(store, infra.kafka)
        )
        assert events >= len(before.events)
        assert (await store.generations()).live == 2
        await eventually(lambda: has_expected(store, during.network))
    assert await has_expected(store, before.network)


async def test_figures_are_equal_when_rebuilt_again_and_again_at_rest(
    infra: Infra, store: ReadModel, producer: Producer
) -> None:
    """A consumer that started at the end of a topic would swap in an empty read model."""
    story = Story(new_id()).play()
    await producer.send_all(records(story.events))
    read = [await rebuild(store, infra.kafka) for _ in range(5)]
    assert min(read) == max(read) >= len(story.events)
    assert (await store.generations()).live == 6
    assert await has_expected(store, story.network)


async def ends(infra: Infra, topic: str) -> int:
    consumer = AIOKafkaConsumer(bootstrap_servers=infra.kafka)
    await consumer.start()
    try:
        partition = TopicPartition(dead_letter_topic(topic, GROUP), 0)
        return int((await consumer.end_offsets([partition]))[partition])
    finally:
        await consumer.stop()
