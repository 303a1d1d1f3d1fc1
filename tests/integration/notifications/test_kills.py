"""Nothing is lost and nothing comes twice but at the killed moment; the long form is in tests/faults."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.topics import create
from tests.integration.notifications.chaos import Chaos, Told
from tests.support import Infra, start_kafka

pytestmark = [pytest.mark.connected, pytest.mark.timeout(400)]


@pytest.fixture
def own_kafka(infra: Infra, tmp_path: Path) -> Iterator[Infra]:
    """Return a broker in whose topics nobody else writes."""
    with start_kafka(tmp_path) as broker:
        yield Infra(f"127.0.0.1:{broker.part.port}", infra.mongodb_url, broker, infra.store_process)


async def test_each_message_arrives_in_order_when_the_worker_is_killed_and_servers_are_away(
    own_kafka: Infra, database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    await create(own_kafka.kafka)
    chaos = Chaos(own_kafka, database, Told(bookings=20), kills=2)
    await chaos.run()
    said = await chaos.verdict()
    await chaos.mongo.close()
    with capsys.disabled():
        print(f"\n{said}")  # noqa: T201  the measured duplicates are the point
