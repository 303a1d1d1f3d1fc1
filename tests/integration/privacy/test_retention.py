"""Who left longer ago than the catalogue allows is erased, once, and nobody else."""

import pytest

from services.membership.erasures.handlers import retire
from services.membership.erasures.store import erasure_id
from services.membership.people.domain import PersonStatus
from services.membership.privacy.catalogue import catalogue
from shared.clock import epoch_ms, utc_now
from tests.integration.privacy.story import Fanned, Trio, participant

pytestmark = [pytest.mark.connected]

DAY_MS = 24 * 3600 * 1000


async def test_only_who_left_long_ago_is_erased_and_only_once(trio: Trio, world: dict[str, str]) -> None:
    parts, now = trio.parts, epoch_ms(utc_now())
    days = catalogue().days("after_leaving")
    left = {name: (await participant(trio, world))["id"] for name in ("long", "lately", "never")}
    for name, age in (("long", days + 1), ("lately", days - 1)):
        await parts.people.replace(left[name], status=PersonStatus.DEACTIVATED, changed_ms=now - age * DAY_MS)
    for _ in range(2):
        assert await retire(erasures=parts.erasures, people=parts.people, clock=utc_now) == 1
    assert await parts.erasures.collection.count({}) == 1
    asked = await parts.erasures.get(erasure_id(left["long"]))
    assert (asked.asked_by, asked.reason) == ("retention", "retention_over")
    await Fanned(trio).advance()
    assert await parts.people.collection.count({"_id": {"$in": list(left.values())}}) == 2
    assert await retire(erasures=parts.erasures, people=parts.people, clock=utc_now) == 0
