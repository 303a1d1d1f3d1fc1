"""The document store of the local runtime: nothing is lost, no answer is torn, indexes change no answer."""

import asyncio
import itertools
import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo import MongoClient, ReturnDocument, UpdateOne
from pymongo.errors import BulkWriteError, DuplicateKeyError, PyMongoError

from deploy.local import parts
from deploy.local.ports import free_ports
from deploy.local.process import Running, running, wait_until

pytestmark = pytest.mark.connected

type Doc = dict[str, Any]
WRITERS = 6
ENOUGH_WRITES = 1500


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Give a store of its own, since these tests kill it."""
    folder = tmp_path_factory.mktemp("store")
    (port,) = free_ports(1)
    with running(parts.store(folder / "data", port), folder / "store.log") as process:
        yield process


@pytest.fixture
def client(store: Running) -> Iterator[MongoClient[Doc]]:
    with MongoClient[Doc]("127.0.0.1", store.part.port) as connection:
        yield connection


class Writer:
    """Inserts and counts until the store goes away; remembers only what was acknowledged."""

    def __init__(self, port: int, number: int) -> None:
        self._port = port
        self._number = number
        self.inserted: list[str] = []
        self.counted = 0

    def run(self) -> None:
        with MongoClient[Doc](
            "127.0.0.1", self._port, retryWrites=False, serverSelectionTimeoutMS=500
        ) as client:
            database = client["kills"]
            try:
                for n in itertools.count():
                    key = f"{self._number}-{n}-{random.getrandbits(32):08x}"
                    database["inserts"].insert_one(
                        {"_id": key, "owner": self._number, "unique": key, "text": "x" * 200}
                    )
                    self.inserted.append(key)
                    done = database["counters"].update_one(
                        {"_id": self._number, "v": self.counted},
                        {"$inc": {"v": 1}, "$push": {"events": {"$each": [{"seq": n}], "$slice": -5}}},
                    )
                    assert done.modified_count == 1
                    self.counted += 1
            except PyMongoError:
                return


def _round(store: Running, counters: dict[int, int]) -> list[Writer]:
    writers = [Writer(store.part.port, number) for number in range(WRITERS)]
    for writer in writers:
        writer.counted = counters[writer._number]
    threads = [threading.Thread(target=writer.run) for writer in writers]
    for thread in threads:
        thread.start()
    wait_until(lambda: sum(len(writer.inserted) for writer in writers) >= ENOUGH_WRITES, 50)
    store.kill9()
    for thread in threads:
        thread.join()
    return writers


@pytest.mark.parametrize("round_", range(2))
def test_kill_9_loses_no_acknowledged_write(store: Running, round_: int) -> None:
    with MongoClient[Doc]("127.0.0.1", store.part.port) as client:
        database = client["kills"]
        database["inserts"].create_index("owner")
        database["inserts"].create_index("unique", unique=True)
        for number in range(WRITERS):
            database["counters"].update_one({"_id": number}, {"$setOnInsert": {"v": 0}}, upsert=True)
        before = {doc["_id"]: doc["v"] for doc in database["counters"].find()}
    writers = _round(store, before)
    store.start()
    with MongoClient[Doc]("127.0.0.1", store.part.port) as client:
        database = client["kills"]
        for writer in writers:
            kept = {doc["_id"] for doc in database["inserts"].find({"owner": writer._number})}
            assert set(writer.inserted) <= kept
            counter = database["counters"].find_one({"_id": writer._number})
            # The last update may have been written without its answer having arrived.
            assert counter is not None
            assert counter["v"] in {writer.counted, writer.counted + 1}
        # Documents and indexes are of the same instant: what one knows, the others know.
        everything = list(database["inserts"].find())
        assert database["inserts"].count_documents({"owner": {"$gte": 0}}) == len(everything)
        for doc in random.sample(everything, 50):
            assert database["inserts"].find_one({"unique": doc["unique"]}) == doc
            with pytest.raises(DuplicateKeyError):
                database["inserts"].insert_one({"_id": doc["_id"]})


async def test_a_hundred_callers_win_twenty_seats_and_each_sees_its_own_image(store: Running) -> None:
    client = AsyncIOMotorClient[Doc]("127.0.0.1", store.part.port, maxPoolSize=100)
    seats = client["contended"]["seats"]
    await seats.insert_one({"_id": "s", "free": 20, "taken_by": []})

    async def take(caller: int) -> Doc | None:
        return await seats.find_one_and_update(
            {"_id": "s", "free": {"$gt": 0}},
            {"$inc": {"free": -1}, "$push": {"taken_by": caller}},
            return_document=ReturnDocument.AFTER,
        )

    images = await asyncio.gather(*(take(caller) for caller in range(100)))
    client.close()
    winners = {caller: image for caller, image in enumerate(images) if image}
    assert sorted(image["free"] for image in winners.values()) == list(range(20))
    assert all(image["taken_by"][-1] == caller for caller, image in winners.items())


def test_of_concurrent_upserts_one_wins_and_the_others_get_a_duplicate_key(client: MongoClient[Doc]) -> None:
    target = client["upserts"]["versions"]

    def apply(_: int) -> bool:
        try:
            target.update_one({"_id": "same", "ver": {"$lt": 1}}, {"$set": {"ver": 1}}, upsert=True)
        except DuplicateKeyError:
            return False
        return True

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(apply, range(64))) == 1


def test_an_unordered_bulk_goes_on_after_a_duplicate(client: MongoClient[Doc]) -> None:
    target = client["bulk"]["rows"]

    def upserts(count: int) -> list[UpdateOne]:
        return [
            UpdateOne(
                {"_id": n, "ver": {"$lt": 3}}, {"$set": {"ver": 3}, "$setOnInsert": {"made": n}}, upsert=True
            )
            for n in range(count)
        ]

    assert target.bulk_write(upserts(10), ordered=False).upserted_count == 10
    with pytest.raises(BulkWriteError) as failed:
        target.bulk_write(upserts(15), ordered=False)
    assert (failed.value.details["nUpserted"], len(failed.value.details["writeErrors"])) == (5, 10)


# Every sort ends in _id: the order of equal rows is nobody's promise.
QUERIES: list[tuple[Doc, list[tuple[str, int]] | None]] = [
    ({"kind": "b"}, [("at", 1), ("_id", -1)]),
    ({"kind": "b"}, [("at", -1), ("_id", 1)]),
    ({"kind": "b"}, [("at", 1), ("_id", 1)]),
    ({"kind": "b"}, [("at", -1), ("_id", -1)]),
    ({"kind": "b", "at": {"$gt": 20, "$lte": 60}}, [("at", -1), ("_id", 1)]),
    ({"kind": "b", "at": {"$gte": 20.0, "$lt": 60}}, [("at", 1), ("_id", -1)]),
    ({"kind": {"$in": ["a", "c"]}}, [("at", 1), ("_id", 1)]),
    ({"kind": None}, [("_id", 1)]),
    ({"kind": {"$gt": "a"}}, [("kind", 1), ("at", -1), ("_id", 1)]),
    ({"kind": "a", "at": {"$exists": True}, "_id": {"$gt": "d050"}}, [("_id", 1)]),
    ({"tags": "red"}, [("tags", 1), ("_id", 1)]),
    ({"tags": {"$gt": "blue", "$lt": "red"}}, [("_id", 1)]),
    ({"inner.code": 7}, [("_id", -1)]),
    ({"inner.code": {"$gte": 5}}, [("inner.code", -1), ("_id", -1)]),
    ({"_id": "d007", "kind": "z"}, None),
    ({"_id": {"$in": ["d007", "d002", "d999"]}}, [("_id", 1)]),
    ({"serial": 12}, None),
    ({"$or": [{"kind": "a"}, {"at": 5}]}, [("_id", 1)]),
    ({}, [("kind", 1), ("at", -1), ("_id", 1)]),
    ({}, [("kind", -1), ("at", 1), ("_id", -1)]),
]


@pytest.fixture(scope="module")
def twins(store: Running) -> Iterator[tuple[Any, Any]]:
    """Give two collections with the same documents, one with indexes, after many changes."""
    with MongoClient[Doc]("127.0.0.1", store.part.port) as client:
        plain, indexed = client["twins"]["plain"], client["twins"]["indexed"]
        indexed.create_index([("kind", 1), ("at", -1)])
        indexed.create_index("at")
        indexed.create_index("tags")
        indexed.create_index([("inner.code", 1)])
        indexed.create_index("serial", unique=True)
        dice = random.Random(7)  # a fixed seed: the same documents each run
        for twin in (plain, indexed):
            dice.seed(7)
            twin.insert_many([_made(n, dice) for n in range(120)])
            twin.update_many({"at": {"$lt": 10}}, {"$set": {"kind": "b"}, "$inc": {"at": 30}})
            twin.update_one({"_id": "d003"}, {"$unset": {"kind": "", "inner": ""}})
            twin.delete_many({"at": {"$gt": 90}})
        yield plain, indexed


def _made(n: int, dice: random.Random) -> Doc:
    doc: Doc = {
        "_id": f"d{n:03}",
        "serial": n,
        "kind": dice.choice(["a", "b", "c", None]),
        "at": dice.randrange(100),
    }
    doc["tags"] = dice.sample(["red", "green", "blue", "amber"], dice.randrange(4))
    if dice.random() < 0.7:
        doc["inner"] = {"code": dice.choice([dice.randrange(10), float(dice.randrange(10))])}
    return doc


@pytest.mark.parametrize("limit", [0, 5])
@pytest.mark.parametrize(("query", "sort"), QUERIES, ids=[str(query) for query, _ in QUERIES])
def test_an_index_changes_no_answer(
    twins: tuple[Any, Any], query: Doc, sort: list[tuple[str, int]] | None, limit: int
) -> None:
    plain, indexed = ([*twin.find(query, sort=sort, limit=limit)] for twin in twins)
    assert indexed == plain
    assert plain or query == {"_id": "d007", "kind": "z"}


def test_indexes_are_the_same_after_a_restart(store: Running, twins: tuple[Any, Any]) -> None:
    plain, indexed = twins
    before = indexed.index_information()
    store.restart()
    assert indexed.index_information() == before
    for query, sort in QUERIES:
        assert [*indexed.find(query, sort=sort)] == [*plain.find(query, sort=sort)]


def test_aggregation_groups_what_the_match_lets_through(client: MongoClient[Doc]) -> None:
    rows = client["aggregation"]["rows"]
    rows.create_index("n")
    rows.insert_many([{"_id": n, "n": n % 4, "tags": ["x", f"t{n % 2}"], "cents": 100} for n in range(40)])
    found = rows.aggregate(
        [
            {"$match": {"n": {"$lt": 3}}},
            {"$unwind": "$tags"},
            {"$group": {"_id": "$tags", "cents": {"$sum": "$cents"}, "count": {"$sum": 1}}},
            {"$sort": {"_id": 1}},
            {"$limit": 2},
            {"$project": {"cents": 1}},
        ]
    )
    assert list(found) == [{"_id": "t0", "cents": 2000}, {"_id": "t1", "cents": 1000}]


def test_the_file_stays_small_after_many_changes_of_few_documents(store: Running, tmp_path: Path) -> None:
    (port,) = free_ports(1)
    file = tmp_path / "data" / "store.mv"
    with (
        running(parts.store(tmp_path / "data", port), tmp_path / "store.log") as process,
        MongoClient[Doc]("127.0.0.1", port) as client,
    ):
        rows = client["growth"]["rows"]
        rows.insert_many([{"_id": n, "text": "x" * 500} for n in range(500)])
        for n in range(3000):
            rows.update_one({"_id": n % 500}, {"$set": {"text": f"{n:500}"}})
        process.terminate()
        # 500 documents of 520 bytes and their index; 3,000 commits without re-use would leave ten times that.
        assert file.stat().st_size < 4_000_000


def test_a_stopped_store_keeps_nothing_of_what_was_deleted(store: Running, tmp_path: Path) -> None:
    (port,) = free_ports(1)
    file = tmp_path / "data" / "store.mv"
    with running(parts.store(tmp_path / "data", port), tmp_path / "store.log") as process:
        with MongoClient[Doc]("127.0.0.1", port) as client:
            rows = client["erasure"]["rows"]
            rows.create_index("email", unique=True)
            # Enough for several levels of pages: those between keep keys as signposts.
            people = [{"_id": f"id-{n:05}", "email": f"person{n:05}@example.org"} for n in range(3000)]
            rows.insert_many(people)
            gone = [one["_id"] for n, one in enumerate(people) if n % 10]
            rows.delete_many({"_id": {"$in": gone}})
        process.terminate()
        kept = file.read_bytes()
        left = [one for one in people if one["_id"].encode() in kept or one["email"].encode() in kept]
        assert left == people[::10]
        process.start()
        with MongoClient[Doc]("127.0.0.1", port) as client:
            assert list(client["erasure"]["rows"].find(sort=[("_id", 1)])) == people[::10]
            assert client["erasure"]["rows"].find_one({"email": people[10]["email"]}) == people[10]
