"""A running courses api with two networks."""

from collections.abc import AsyncIterator

import pytest

from tests.integration.planning.world import World, started
from tests.support import Infra


@pytest.fixture
async def world(infra: Infra, database: str) -> AsyncIterator[World]:
    made = await started(infra, database)
    yield made
    await made.http.aclose()
    await made.service._stop()
