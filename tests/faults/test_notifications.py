"""10,000 events through a worker that is killed five times while SMTP and receivers are away at times."""

import pytest

from shared.topics import create
from tests.integration.notifications.chaos import Chaos, Told
from tests.support import Infra


@pytest.mark.long
@pytest.mark.timeout(3600)
async def test_10_000_events_arrive_in_order_when_everything_fails_in_turn(
    infra: Infra, database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    await create(infra.kafka)
    chaos = Chaos(infra, database, Told(bookings=3_331, sessions=7), kills=5)
    assert len(chaos.told.records) == 10_000
    await chaos.run()
    said = await chaos.verdict()
    await chaos.mongo.close()
    with capsys.disabled():
        print(f"\n{said}")  # noqa: T201  the measured duplicates are the point
