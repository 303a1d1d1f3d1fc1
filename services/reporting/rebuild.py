"""Build the read model anew from the topics beside the live one, then swap; nothing is missed meanwhile.

Every worker asks for the generations in use after it has a batch. Asked before the rebuild began, the batch's
records stood in Kafka before the end offsets were read, so the rebuild reads them; asked later, it writes
to both. Rows take events in any order and any number of times, so an overlap does no harm.
"""

from collections.abc import Mapping
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from pydantic import ValidationError

from services.reporting.consumers import TOPICS
from services.reporting.handlers import group, recount_pending
from services.reporting.projections import EVENTS
from services.reporting.store import ReadModel
from shared.events.envelope import Envelope, Event, Unreadable
from shared.mongo import Mongo
from shared.settings import Settings

log = structlog.get_logger()

BATCH_RECORDS = 5000
_MODELS = {event.type_name(): event for event in EVENTS}


class Overtaken(Exception):  # noqa: N818  it names the condition
    """Another rebuild began meanwhile; its generation goes on, this one is given up."""


class TopicsUnknown(Exception):  # noqa: N818  it names the condition
    """Kafka does not tell the partitions of every topic; a read model without them must not go live."""


async def rebuild_from(settings: Settings) -> int:
    """Rebuild with a connection of its own; returns the number of events read. Errors: as `rebuild`."""
    mongo = Mongo(settings.mongodb_url.get_secret_value(), settings.database, driver=settings.mongodb_driver)
    try:
        return await rebuild(ReadModel(mongo.collection), settings.kafka_bootstrap_servers)
    finally:
        await mongo.close()


async def rebuild(store: ReadModel, bootstrap_servers: str) -> int:
    """Read all topics from the start into a new generation and make it live. Errors: `Overtaken`, `TopicsUnknown`."""
    generation = await store.begin()
    consumer = AIOKafkaConsumer(
        *TOPICS, bootstrap_servers=bootstrap_servers, enable_auto_commit=False, auto_offset_reset="earliest"
    )
    await consumer.start()
    try:
        events = 0
        ends = await _ends(consumer)
        while ends:
            found = await consumer.getmany(timeout_ms=1000, max_records=BATCH_RECORDS)
            batch = [pair for records in found.values() for one in records if (pair := _event(one))]
            if batch:
                await store.merge(generation, group(batch))
            events += len(batch)
            ends = {one: end for one, end in ends.items() if await consumer.position(one) < end}
    finally:
        await consumer.stop()
    await recount_pending(store, generation)
    if not await store.swap(generation):
        raise Overtaken
    log.info("reporting.rebuilt", generation=generation, events=events)
    return events


async def _ends(consumer: AIOKafkaConsumer) -> Mapping[TopicPartition, int]:
    """Go to the start and return the end offsets of the partitions that hold records. Errors: `TopicsUnknown`."""
    partitions = [
        TopicPartition(topic, number)
        for topic in TOPICS
        for number in sorted(consumer.partitions_for_topic(topic) or ())
    ]
    if {one.topic for one in partitions} != set(TOPICS) or consumer.assignment() != set(partitions):
        raise TopicsUnknown
    starts = await consumer.beginning_offsets(partitions)
    ends: dict[TopicPartition, int] = await consumer.end_offsets(partitions)
    for one in partitions:
        # Named offsets: "to the beginning" can lose against the consumer's own first choice of a position.
        consumer.seek(one, starts[one])
    return {one: end for one, end in ends.items() if starts[one] < end}


def _event(record: "ConsumerRecord[Any, Any]") -> tuple[Event, Envelope] | None:
    # What cannot be read is parked by the group and not counted there either.
    try:
        envelope = Envelope.from_record(record.headers, record.value)
        model = _MODELS.get(envelope.type)
        return None if model is None else (model.model_validate_json(envelope.data), envelope)
    except (Unreadable, ValidationError):
        return None
