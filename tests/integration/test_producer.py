"""A producer that is stopped stays stopped, whatever it was at."""

import asyncio

import pytest

from shared.clock import new_id
from shared.producer import KafkaDown, Producer, Record
from tests.support import Infra

pytestmark = pytest.mark.connected


async def test_nothing_stays_open_when_it_is_stopped_while_it_starts(infra: Infra, topic: str) -> None:
    producer = Producer(infra.kafka, "test")
    sending = asyncio.create_task(producer.send(Record(topic, new_id().encode(), b"{}", [])))
    await asyncio.sleep(0)  # the task's turn
    assert producer._starting.locked()
    await producer.stop()
    await asyncio.wait([sending])
    assert producer._producer is None
    with pytest.raises(KafkaDown):
        await producer.send(Record(topic, None, b"{}", []))


async def test_client_is_closed_when_its_start_is_cancelled(infra: Infra, topic: str) -> None:
    producer = Producer(infra.kafka, "test")
    sending = asyncio.create_task(producer.send(Record(topic, None, b"{}", [])))
    await asyncio.sleep(0)  # the task's turn
    assert producer._starting.locked()
    sending.cancel()
    await asyncio.wait([sending])
    assert sending.cancelled()  # a client left open is a ResourceWarning, which fails the run
    await producer.stop()
