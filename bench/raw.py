"""What the parts can do by themselves: the driver's guarded writes and Kafka's produce to consume."""

import asyncio
import time
from statistics import quantiles

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from shared.clock import new_id
from shared.mongo import Mongo

CALLERS = 16


def percentiles(seconds: list[float]) -> tuple[float, float]:
    """Return p50 and p99 in milliseconds."""
    cuts = quantiles(seconds, n=100)
    return round(cuts[49] * 1000, 2), round(cuts[98] * 1000, 2)


async def guarded_writes(mongodb_url: str, writes: int) -> float:
    """Return guarded updates per second over many documents, 16 callers."""
    mongo = Mongo(mongodb_url, f"bench_{new_id().replace('-', '')}")
    collection = mongo.collection("raw")
    ids = [str(n) for n in range(CALLERS)]
    for key in ids:
        await collection.insert({"_id": key, "v": 0})

    async def caller(key: str) -> None:
        for version in range(writes // CALLERS):
            await collection.find_one_and_update({"_id": key, "v": version}, {"$inc": {"v": 1}})

    started = time.perf_counter()
    await asyncio.gather(*(caller(key) for key in ids))
    rate = writes / (time.perf_counter() - started)
    await mongo.close()
    return round(rate, 1)


async def produce_to_consume(servers: str, topic: str, messages: int) -> tuple[float, float]:
    """Return p50 and p99 in ms from send to receipt, at about 100 a second."""
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=servers, auto_offset_reset="latest")
    producer = AIOKafkaProducer(bootstrap_servers=servers, enable_idempotence=True, acks="all")
    await consumer.start()
    await producer.start()
    try:
        await consumer.seek_to_end()
        for partition in consumer.assignment():
            await consumer.position(partition)
        taken: list[float] = []
        for _ in range(messages):
            started = time.perf_counter()
            await producer.send(topic, b"{}", key=b"bench")
            await consumer.getone()
            taken.append(time.perf_counter() - started)
            await asyncio.sleep(0.01)
        return percentiles(taken)
    finally:
        await producer.stop()
        await consumer.stop()
