"""Dead letters: a record that no try can handle is parked, byte for byte, with its reason.

A record goes to `<topic>.<group>.dlq`; headers `dlq-reason`, `dlq-topic`, `dlq-partition`, `dlq-offset`,
`dlq-time` are added, key, value and the original headers stay as they were. A person has it handled again through
`<topic>.<group>.retry`, which the group reads beside the topic: nobody else sees the record a second time.
"""

from typing import Any

import structlog
from aiokafka import ConsumerRecord

from shared.clock import utc_now
from shared.producer import Producer, Record

log = structlog.get_logger()


def dead_letter_topic(topic: str, group: str) -> str:
    """Return the name of the topic that holds what `group` could not handle of `topic`."""
    return f"{topic}.{group}.dlq"


def retry_topic(topic: str, group: str) -> str:
    """Return the name of the topic that brings a parked record back to `group` alone."""
    return f"{topic}.{group}.retry"


class DeadLetters:
    """Parks records and waits until Kafka has them."""

    def __init__(self, producer: Producer) -> None:
        self._producer = producer

    async def park(self, record: "ConsumerRecord[Any, Any]", group: str, reason: str) -> None:
        """Park one record; `reason` is a code or class name, never the record's content.

        Errors: `KafkaDown`; then the record must not be acknowledged.
        """
        origin = record.topic.removesuffix(retry_topic("", group))
        headers = [
            *record.headers,
            ("dlq-reason", reason.encode()),
            ("dlq-topic", origin.encode()),
            ("dlq-partition", str(record.partition).encode()),
            ("dlq-offset", str(record.offset).encode()),
            ("dlq-time", utc_now().isoformat().encode()),
        ]
        topic = dead_letter_topic(origin, group)
        await self._producer.send_all([Record(topic, record.key, record.value, headers)])
        log.error(
            "consumer.dead_letter",
            group=group,
            reason=reason,
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
        )
