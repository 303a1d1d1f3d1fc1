"""Entries of the audit trail on the real store: as sure as the change, moved once, whole under races."""

import asyncio
from typing import Any

import pytest

from shared.mongo import Collection, Mongo
from shared.store import Aggregates, Cause
from shared.trail import Trails, is_whole
from tests.integration.counter import Counter, Ignored, add

pytestmark = pytest.mark.connected


def noted(collection: Collection, replica: str = "r1") -> Aggregates[Counter]:
    return Aggregates(collection, Counter, kind="counter", relay=Ignored(), replica=replica, trail=True)


def trails_of(mongo: Mongo, collection: Collection) -> Trails:
    trails = Trails(mongo.collection("audit"))
    trails.watch(collection, "counter", lambda _: {"network_id": "n"})
    return trails


async def entries(mongo: Mongo) -> list[dict[str, Any]]:
    return await mongo.collection("audit").find({"aggregate": "c"}, sort=[("n", 1)])


async def head(collection: Collection) -> str:
    document = await collection.find_one({"_id": "c"})
    assert document is not None
    return str(document["chain"])


async def test_trail_is_whole_when_two_replicas_race_and_collectors_too(mongo: Mongo) -> None:
    collection = mongo.collection("counters")
    replicas = [noted(collection, name) for name in ("r1", "r2")]
    trails = trails_of(mongo, collection)

    async def collect() -> None:
        for _ in range(20):
            await trails.collect()

    changes = (replicas[n % 2].put("c", add(), Cause()) for n in range(60))
    await asyncio.gather(collect(), collect(), *changes)
    await trails.collect()
    found = await entries(mongo)
    assert [entry["n"] for entry in found] == list(range(1, 61))
    assert is_whole(found, await head(collection))
    assert await trails.collect() == 0


async def test_entry_is_kept_when_the_collector_dies_half_way(mongo: Mongo) -> None:
    class Dying(Collection):
        async def update_one(self, where: Any, update: Any, *, upsert: bool = False) -> bool:
            raise ConnectionError

    collection = mongo.collection("counters")
    await noted(collection).put("c", add(), Cause(causation_id="request:1"))
    with pytest.raises(ConnectionError):
        await trails_of(mongo, Dying(collection._raw, "motor")).collect()
    await trails_of(mongo, collection).collect()
    (entry,) = await entries(mongo)
    assert (entry["cause"], entry["fields"], entry["actor_kind"]) == ("request:1", ["total"], "system")
    document = await collection.find_one({"_id": "c"})
    assert document is not None
    assert (document["trail"], document["traced"]) == ([], 0)


async def test_change_goes_unnoticed_when_its_entry_is_a_write_of_its_own(mongo: Mongo) -> None:
    """The damage: whoever notes after the change can die in between, and nothing tells that something is missing."""

    async def change_then_note(*, dies: bool) -> None:
        outcome = await Aggregates(
            mongo.collection("plain"), Counter, kind="counter", relay=Ignored(), replica="r"
        ).put("c", add(), Cause())
        if dies:
            raise ConnectionError
        await mongo.collection("plain_audit").insert({"_id": f"c:{outcome.result}"})

    await change_then_note(dies=False)
    with pytest.raises(ConnectionError):
        await change_then_note(dies=True)
    assert await mongo.collection("plain_audit").count({}) == 1
    state = await mongo.collection("plain").find_one({"_id": "c"})
    assert state is not None
    assert state["state"]["total"] == 2


async def test_nothing_is_noted_where_nobody_asked_for_it(mongo: Mongo) -> None:
    collection = mongo.collection("plain")
    await Aggregates(collection, Counter, kind="counter", relay=Ignored(), replica="r").put(
        "c", add(), Cause()
    )
    document = await collection.find_one({"_id": "c"})
    assert document is not None
    assert not {"trail", "chain", "traced"} & set(document)
