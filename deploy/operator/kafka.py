"""What the broker knows: topics, consumer groups and how far behind they are."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from shared.topics import Declarations, declarations

FETCH_MS = 500


@dataclass(frozen=True, slots=True)
class TopicState:
    """A declared topic: its records, and what of the declaration the broker does not keep."""

    name: str
    partitions: int
    records: int
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Lag:
    """Records of one topic that a group has yet to handle."""

    group: str
    topic: str
    lag: int


@asynccontextmanager
async def reader(servers: str) -> AsyncIterator[AIOKafkaConsumer]:
    """Return a consumer of no group: it reads and commits nothing."""
    consumer = AIOKafkaConsumer(bootstrap_servers=servers, enable_auto_commit=False)
    try:
        await consumer.start()
        yield consumer
    finally:
        await consumer.stop()


@asynccontextmanager
async def _admin(servers: str) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(bootstrap_servers=servers)
    try:
        await admin.start()
        yield admin
    finally:
        await admin.close()


async def partitions(servers: str, topics: Iterable[str]) -> list[TopicPartition]:
    """Return the partitions of those topics that exist. Errors: `KafkaError`."""
    async with _admin(servers) as admin:
        described = await admin.describe_topics(list(topics))
    return [
        TopicPartition(topic["topic"], partition["partition"])
        for topic in described
        if not topic["error_code"]
        for partition in sorted(topic["partitions"], key=lambda each: int(each["partition"]))
    ]


async def topic_states(servers: str, declared: Declarations | None = None) -> list[TopicState]:
    """Return the state of every declared topic. Errors: `KafkaError`."""
    wanted = (declared or declarations()).all_topics()
    found = await partitions(servers, wanted)
    async with reader(servers) as consumer:
        starts, ends = await consumer.beginning_offsets(found), await consumer.end_offsets(found)
    states = []
    for name, topic in sorted(wanted.items()):
        mine = [each for each in found if each.topic == name]
        problem = ""
        if not mine:
            problem = "missing: run `python -m shared.topics`"
        elif len(mine) != topic.partitions:
            problem = f"{topic.partitions} partitions are declared"
        records = sum(ends[each] - starts[each] for each in mine)
        states.append(TopicState(name, len(mine), records, problem))
    return states


async def lags(servers: str, declared: Declarations | None = None) -> list[Lag]:
    """Return how far behind each declared group is, per topic. Errors: `KafkaError`."""
    groups = (declared or declarations()).groups
    everything = await partitions(servers, {topic for topics in groups.values() for topic in topics})
    async with reader(servers) as consumer:
        starts, ends = await consumer.beginning_offsets(everything), await consumer.end_offsets(everything)
    found = []
    async with _admin(servers) as admin:
        for group, topics in sorted(groups.items()):
            mine = [each for each in everything if each.topic in topics]
            kept = await admin.list_consumer_group_offsets(group, partitions=mine)
            behind = {each: ends[each] - max(kept[each].offset, starts[each]) for each in mine}
            found += [
                Lag(group, topic, sum(lag for each, lag in behind.items() if each.topic == topic))
                for topic in topics
            ]
    return found


async def records(servers: str, topic: str) -> list["ConsumerRecord[Any, Any]"]:
    """Return every record that a topic holds now, in order per partition. Errors: `KafkaError`."""
    mine = await partitions(servers, [topic])
    if not mine:
        return []
    async with reader(servers) as consumer:
        ends = await consumer.end_offsets(mine)
        consumer.assign(mine)
        await consumer.seek_to_beginning(*mine)
        found: list[ConsumerRecord[Any, Any]] = []
        while any([await consumer.position(each) < ends[each] for each in mine]):
            for batch in (await consumer.getmany(timeout_ms=FETCH_MS)).values():
                found += batch
        return [each for each in found if each.offset < ends[TopicPartition(topic, each.partition)]]
