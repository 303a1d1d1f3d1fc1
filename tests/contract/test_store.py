"""What the code asks of a document store: of two independent ones that speak its protocol, with both drivers."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from shared.mongo import Collection, DuplicateKey, Mongo
from tests.support import Infra

pytestmark = pytest.mark.connected


@pytest.fixture(scope="module")
def second_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a store that shares no code with the one that `make run` uses."""
    file = tmp_path_factory.mktemp("second") / "store.sqlite"
    command = [sys.executable, "-m", "tests.contract.second_store", str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        yield server.stdout.readline().strip()
        server.terminate()


@pytest.fixture(params=["local", "second"])
def store_url(request: pytest.FixtureRequest, infra: Infra, second_store: str) -> str:
    return infra.mongodb_url if request.param == "local" else second_store


@pytest.fixture(params=["motor", "pymongo"])
async def things(request: pytest.FixtureRequest, store_url: str, database: str) -> AsyncIterator[Collection]:
    mongo = Mongo(store_url, database, driver=request.param)
    yield mongo.collection("things")
    await mongo.close()


async def test_insert_of_a_known_id_is_refused(things: Collection) -> None:
    await things.insert({"_id": "a", "n": 1})
    with pytest.raises(DuplicateKey):
        await things.insert({"_id": "a", "n": 2})
    assert await things.find_one({"_id": "a"}) == {"_id": "a", "n": 1}


async def test_unique_index_refuses_a_second_value(things: Collection) -> None:
    await things.ensure_index([("mail", 1)], unique=True)
    await things.insert({"_id": "a", "mail": "x"})
    with pytest.raises(DuplicateKey):
        await things.insert({"_id": "b", "mail": "x"})


async def test_guarded_update_has_one_winner_a_version(things: Collection) -> None:
    await things.insert({"_id": "a", "v": 0})

    async def claim() -> bool:
        found = await things.find_one_and_update({"_id": "a", "v": 0}, {"$inc": {"v": 1}})
        return found is not None

    assert sum(await asyncio.gather(*(claim() for _ in range(50)))) == 1


async def test_concurrent_upserts_of_one_id_leave_one_document(things: Collection) -> None:
    async def upsert(n: int) -> bool:
        try:
            return await things.update_one({"_id": "a", "seq": {"$lt": n}}, {"$set": {"seq": n}}, upsert=True)
        except DuplicateKey:
            return False

    await asyncio.gather(*(upsert(n) for n in range(1, 31)))
    await upsert(31)
    assert await things.find({}) == [{"_id": "a", "seq": 31}]


async def test_push_slice_pull_and_positions(things: Collection) -> None:
    await things.insert({"_id": "a", "list": []})
    entries = [{"seq": n} for n in range(1, 6)]
    await things.update_one({"_id": "a"}, {"$push": {"list": {"$each": entries, "$slice": -4}}})
    await things.update_one({"_id": "a"}, {"$pull": {"list": {"seq": {"$lte": 3}}}})
    found = await things.find_one({"_id": "a", "list.1": {"$exists": True}, "list.2": {"$exists": False}})
    assert found == {"_id": "a", "list": [{"seq": 4}, {"seq": 5}]}
    assert await things.update_one({"_id": "a", "list": []}, {"$set": {"n": 1}}) is False


async def test_bulk_update_counts_what_applied_and_what_was_refused(things: Collection) -> None:
    await things.insert({"_id": "a", "rev": 2})
    updates: list[tuple[dict[str, Any], dict[str, Any]]] = [
        ({"_id": "a", "rev": 1}, {"$set": {"rev": 2}}),
        ({"_id": "b", "rev": 0}, {"$set": {"rev": 1}}),
    ]
    assert await things.bulk_update(updates, upsert=True) == (1, 1)
    assert await things.bulk_update([({"_id": "a", "rev": 2}, {"$inc": {"rev": 1}})]) == (1, 0)


async def test_sort_limit_and_aggregate(things: Collection) -> None:
    await things.ensure_index([("group", 1), ("n", -1)])
    for n in range(10):
        await things.insert({"_id": str(n), "group": n % 2, "n": n})
    newest = await things.find({"group": 1}, {"n": 1}, sort=[("n", -1)], limit=2)
    assert [found["n"] for found in newest] == [9, 7]
    pipeline = [
        {"$match": {"n": {"$gte": 2}}},
        {"$group": {"_id": "$group", "sum": {"$sum": "$n"}}},
        {"$sort": {"_id": 1}},
    ]
    assert await things.aggregate(pipeline) == [{"_id": 0, "sum": 20}, {"_id": 1, "sum": 24}]
