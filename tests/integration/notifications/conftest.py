"""A post office, people, peers and a worker for each test."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest
import uvicorn

from deploy.local.ports import free_ports
from shared.mongo import Mongo
from tests.integration.notifications.world import People, Post, World
from tests.support import eventually


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def port() -> int:
    return free_ports(1)[0]


@pytest.fixture
def people() -> People:
    return People()


@pytest.fixture
async def peers(people: People) -> AsyncIterator[str]:
    (chosen,) = free_ports(1)
    config = uvicorn.Config(people.app(), port=chosen, log_config=None, lifespan="off", ws="none")
    server = uvicorn.Server(config)
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign, assignment]
    task = asyncio.create_task(server.serve())
    await eventually(lambda: server.started)
    yield f"http://127.0.0.1:{chosen}"
    server.should_exit = True
    await task


@pytest.fixture
async def world(mongo: Mongo, peers: str, port: int) -> AsyncIterator[World]:
    made = World(mongo, peers, port)
    yield made
    await made.close()
