"""The real parts that tests run on: one Kafka and one document store a session, a fresh database a test.

Under pytest-xdist every worker has its own; KAFKA_BOOTSTRAP_SERVERS and MONGODB_URL name running ones instead.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack

import pytest
from hypothesis import HealthCheck, settings

from shared.clock import new_id
from shared.mongo import Mongo
from shared.topics import create
from tests.support import Infra, start_kafka, start_store


@pytest.fixture(scope="session")
def infra(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Infra]:
    """Start Kafka and the store, create the topics."""
    folder = tmp_path_factory.mktemp("infra")
    kafka, mongodb_url = os.environ.get("KAFKA_BOOTSTRAP_SERVERS"), os.environ.get("MONGODB_URL")
    with ExitStack() as stack:
        broker = store = None
        if kafka is None:
            broker = stack.enter_context(start_kafka(folder))
            kafka = f"127.0.0.1:{broker.part.port}"
        if mongodb_url is None:
            store = stack.enter_context(start_store(folder))
            mongodb_url = f"mongodb://127.0.0.1:{store.part.port}"
        asyncio.run(create(kafka))
        yield Infra(kafka, mongodb_url, broker, store)


@pytest.fixture
def database() -> str:
    """Return the name of a database that nobody used before."""
    return f"test_{new_id().replace('-', '')}"


@pytest.fixture
async def mongo(infra: Infra, database: str) -> AsyncIterator[Mongo]:
    """Return a connection to the store, bound to a fresh database."""
    client = Mongo(infra.mongodb_url, database)
    yield client
    await client.close()


# How fast examples are made depends on what else runs on the machine; nothing timed decides about a test.
settings.register_profile("any-machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any-machine")
