"""Guarded writes on the real store: no lost change, one effect per key; and the damage without the guard."""

import asyncio

import pytest

from shared.decisions import Change
from shared.errors import IdempotencyKeyReused, NotFound
from shared.mongo import Collection, Mongo
from shared.store import Aggregates, Cause
from tests.integration.counter import Counter, Ignored, add, counters

pytestmark = pytest.mark.connected


class TestAggregates:
    async def test_callers_of_two_replicas_lose_no_change_when_they_race(self, mongo: Mongo) -> None:
        replicas = [counters(mongo, Ignored(), name) for name in ("r1", "r2")]
        await asyncio.gather(*(replicas[n % 2].put("c", add(), Cause()) for n in range(100)))
        document = await mongo.collection("counters").find_one({"_id": "c"})
        assert document is not None
        assert document["state"]["total"] == 100
        assert [entry["seq"] for entry in document["outbox"]] == list(range(1, 101))

    async def test_changes_are_lost_when_the_version_guard_is_taken_out(self, mongo: Mongo) -> None:
        class Unguarded(Collection):
            async def find_one_and_update(self, where, update, **more):  # type: ignore[no-untyped-def]
                where = {key: value for key, value in where.items() if key != "v"}
                return await super().find_one_and_update(where, update, **more)

        raw = mongo.collection("counters")
        unguarded = Unguarded(raw._raw, "motor")
        replicas = [
            Aggregates(unguarded, Counter, kind="counter", relay=Ignored(), replica=name)
            for name in ("r1", "r2", "r3", "r4")
        ]
        await replicas[0].put("c", add(), Cause())
        await asyncio.gather(*(replicas[n % 4].put("c", add(), Cause()) for n in range(100)))
        assert (await replicas[0].get("c")).total < 101

    async def test_repeat_with_the_same_key_changes_once_and_answers_the_same(self, mongo: Mongo) -> None:
        store = counters(mongo, Ignored())
        cause = Cause("key-1", "print")
        answers = await asyncio.gather(*(store.put("c", add(), cause) for _ in range(20)))
        assert {answer.result for answer in answers} == {1}
        assert sum(answer.repeated for answer in answers) == 19
        assert (await store.get("c")).total == 1

    async def test_changed_request_under_a_used_key_is_refused(self, mongo: Mongo) -> None:
        store = counters(mongo, Ignored())
        await store.put("c", add(), Cause("key-1", "print"))
        with pytest.raises(IdempotencyKeyReused):
            await store.put("c", add(), Cause("key-1", "another print"))

    async def test_change_of_a_missing_aggregate_is_not_found(self, mongo: Mongo) -> None:
        with pytest.raises(NotFound):
            await counters(mongo, Ignored()).change("nowhere", add(), Cause())

    async def test_a_rejected_caller_does_not_stop_the_others_of_its_batch(self, mongo: Mongo) -> None:
        store = counters(mongo, Ignored())

        def refuse(_: Counter | None) -> Change[Counter]:
            raise NotFound(kind="x")

        decisions = [add(), refuse, add(), refuse, add()]
        answers = await asyncio.gather(
            *(store.put("c", decide, Cause()) for decide in decisions), return_exceptions=True
        )
        assert [isinstance(answer, NotFound) for answer in answers] == [False, True, False, True, False]
        assert (await store.get("c")).total == 3
