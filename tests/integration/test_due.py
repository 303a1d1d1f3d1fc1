"""Steps from stored due times: each exactly once, by several replicas, after downtime; and the damage unguarded."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import pytest

from shared.decisions import Change
from shared.due import DUE_INDEX, DueRunner, due_field
from shared.events.envelope import Event, Value
from shared.lease import Lease
from shared.mongo import Collection, Document, Filter, Mongo
from shared.store import Aggregates, Cause
from tests.integration.counter import Ignored

pytestmark = pytest.mark.connected

NOON = datetime(2027, 3, 28, 12, tzinfo=UTC)


class Rang(Event):
    type: Literal["verbund.test.rang.v1"] = "verbund.test.rang.v1"
    bell: int


class Bells(Value):
    """Rings at these instants, then never again; `broken` ones fail instead."""

    left: tuple[datetime, ...] = ()
    rung: int = 0
    broken: bool = False


def ring(bells: Bells, at: datetime) -> Change[Bells]:
    """Ring once for the first instant that has come."""
    if bells.broken:
        raise ValueError("broken")
    if not bells.left or bells.left[0] > at:
        return Change(bells)
    after = bells.model_copy(update={"left": bells.left[1:], "rung": bells.rung + 1})
    return Change(after, (Rang(bell=after.rung),))


def next_ring(bells: Bells) -> Document:
    return due_field(bells.left[0] if bells.left else None)


def replica(collection: Collection, name: str, now: Callable[[], datetime]) -> tuple[Any, DueRunner]:
    """Return one process's sight of the bells, and its runner, which holds no lease in common."""
    bells = Aggregates(
        collection, Bells, kind="bells", relay=Ignored(), replica=name, clock=now, keys=next_ring
    )
    runner = DueRunner(collection, service=name, replica=name, clock=now)
    runner.watch(bells, ring)
    return bells, runner


async def hung(bells: Aggregates[Bells], name: str, hours: int, *, broken: bool = False) -> None:
    """Hang up a bell that rings every hour for so many hours from noon."""
    left = tuple(NOON + timedelta(hours=hour) for hour in range(hours))
    first = Bells(left=left, broken=broken)
    await bells.put(name, lambda _: Change(first, (Rang(bell=0),)), Cause())


async def rung(collection: Collection, name: str) -> list[str]:
    """Return the events of a bell, and what caused each."""
    document = await collection.find_one({"_id": name})
    assert document is not None
    return [f"{entry['body']} {entry['cause']}" for entry in document["outbox"][1:]]


async def test_each_step_happens_once_when_replicas_race_after_hours_of_downtime(mongo: Mongo) -> None:
    collection = mongo.collection("bells")
    await collection.ensure_index(DUE_INDEX)
    late = lambda: NOON + timedelta(hours=5, minutes=30)  # noqa: E731
    replicas = [replica(mongo.collection("bells"), name, late) for name in ("one", "two", "three")]
    for name in ("a", "b", "c"):
        await hung(replicas[0][0], name, 8)
    await asyncio.gather(*(runner.run_due() for _, runner in replicas))
    for name in ("a", "b", "c"):
        state = await replicas[1][0].get(name)
        assert (state.rung, len(state.left)) == (6, 2)
        events = await rung(collection, name)
        assert [event.split("}")[0].split(":")[-1] for event in events] == list("123456")
        assert len(set(events)) == 6  # each names the instant that caused it
    assert await replicas[2][1].run_due() == 0


async def test_steps_happen_twice_when_the_version_guard_is_taken_out(mongo: Mongo) -> None:
    class Unguarded(Collection):
        async def find_one_and_update(self, where: Filter, update: Filter, **more: Any) -> Document | None:
            """Leave the version out of the filter."""
            where = {key: value for key, value in where.items() if key != "v"}
            return await super().find_one_and_update(where, update, **more)

    raw = mongo.collection("bells")
    late = lambda: NOON + timedelta(hours=30)  # noqa: E731
    replicas = [replica(Unguarded(raw._raw, "motor"), f"r{n}", late) for n in range(4)]
    for name in ("a", "b", "c"):
        await hung(replicas[0][0], name, 20)
    await asyncio.gather(*(runner.run_due() for _, runner in replicas))
    events = [event.split("}")[0] for name in ("a", "b", "c") for event in await rung(raw, name)]
    assert len(events) > 60


async def test_nothing_happens_when_nothing_is_due(mongo: Mongo) -> None:
    bells, runner = replica(mongo.collection("bells"), "one", lambda: NOON - timedelta(seconds=1))
    await hung(bells, "a", 1)
    assert await runner.run_due() == 0
    assert (await bells.get("a")).rung == 0


async def test_broken_aggregate_holds_up_nobody_when_it_fails(mongo: Mongo) -> None:
    bells, runner = replica(mongo.collection("bells"), "one", lambda: NOON)
    await hung(bells, "broken", 1, broken=True)
    for number in range(3):
        await hung(bells, f"sound {number}", 1)
    assert await runner.run_due() == 3
    assert await runner.run_due() == 0
    assert (await bells.get("broken")).rung == 0


async def test_one_replica_holds_the_lease_until_it_has_run_out(mongo: Mongo) -> None:
    now = NOON
    one, two = (Lease(mongo.collection("leases"), "x", name, clock=lambda: now) for name in ("one", "two"))
    assert [await one.held(), await two.held(), await one.held()] == [True, False, True]
    now += timedelta(seconds=4)
    assert [await two.held(), await one.held()] == [True, False]
