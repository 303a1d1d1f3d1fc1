"""The ONE place that names the driver: motor or PyMongo async, by setting, behind one typed surface.

Only the operator subset of architecture section 4 is meant to pass through here.
"""

from collections.abc import Awaitable, Mapping, Sequence
from typing import Any, Literal

from bson.codec_options import CodecOptions
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo import AsyncMongoClient, ReturnDocument, UpdateOne
from pymongo.errors import (
    BulkWriteError,
    ConnectionFailure,
    DuplicateKeyError,
    ExecutionTimeout,
    PyMongoError,
)

from shared.errors import StoreUnavailable

type Document = dict[str, Any]
type Filter = Mapping[str, Any]
type Keys = Sequence[tuple[str, Literal[1, -1]]]

_DUPLICATE_KEY = 11000
_TIMEOUTS_MS = {"serverSelectionTimeoutMS": 3000, "connectTimeoutMS": 3000, "socketTimeoutMS": 20000}


class DuplicateKey(Exception):  # noqa: N818  it names the condition
    """An insert or upsert met a document with the same `_id` or unique index value."""


class Collection:
    """One collection; every call either succeeds or raises `DuplicateKey` or `StoreUnavailable`."""

    def __init__(self, raw: Any, driver: str) -> None:
        self._raw = raw
        self._driver = driver
        self.name: str = raw.name

    async def insert(self, document: Document) -> None:
        """Insert one document. Errors: `DuplicateKey`."""
        await _call(self._raw.insert_one(document))

    async def find_one(
        self, where: Filter, projection: Mapping[str, int] | None = None, sort: Keys | None = None
    ) -> Document | None:
        """Return one matching document or None."""
        found: Document | None = await _call(
            self._raw.find_one(where, projection, sort=list(sort) if sort else None)
        )
        return found

    async def find(
        self,
        where: Filter,
        projection: Mapping[str, int] | None = None,
        *,
        sort: Keys | None = None,
        limit: int = 0,
    ) -> list[Document]:
        """Return the matching documents; `limit` 0 means all."""
        cursor = self._raw.find(where, projection, sort=list(sort) if sort else None, limit=limit)
        found: list[Document] = await _call(cursor.to_list(None))
        return found

    async def update_one(self, where: Filter, update: Filter, *, upsert: bool = False) -> bool:
        """Update one document; True if one matched or was upserted."""
        result = await _call(self._raw.update_one(where, update, upsert=upsert))
        return bool(result.matched_count or result.upserted_id is not None)

    async def update_many(self, where: Filter, update: Filter) -> int:
        """Update all matching documents and return how many matched."""
        result = await _call(self._raw.update_many(where, update))
        return int(result.matched_count)

    async def find_one_and_update(
        self,
        where: Filter,
        update: Filter,
        *,
        projection: Mapping[str, int] | None = None,
        upsert: bool = False,
        sort: Keys | None = None,
    ) -> Document | None:
        """Update one document and return it as it is after the update, or None if none matched."""
        found: Document | None = await _call(
            self._raw.find_one_and_update(
                where,
                update,
                projection=projection,
                upsert=upsert,
                sort=list(sort) if sort else None,
                return_document=ReturnDocument.AFTER,
            )
        )
        return found

    async def bulk_update(
        self, updates: Sequence[tuple[Filter, Filter]], *, upsert: bool = False
    ) -> tuple[int, int]:
        """Run many single-document updates in one round trip, in any order.

        Returns (applied, refused): applied = matched + upserted; refused = upserts that met a unique key,
        which for a guarded upsert means "someone else was there first".
        """
        operations = [UpdateOne(where, update, upsert=upsert) for where, update in updates]
        try:
            result = await _call(self._raw.bulk_write(operations, ordered=False))
        except BulkWriteError as error:
            details: Mapping[str, Any] = error.details or {}
            codes = [failure.get("code") for failure in details.get("writeErrors", [])]
            if any(code != _DUPLICATE_KEY for code in codes):
                raise StoreUnavailable from error
            return int(details.get("nMatched", 0)) + int(details.get("nUpserted", 0)), len(codes)
        return int(result.matched_count) + int(result.upserted_count), 0

    async def delete_one(self, where: Filter) -> bool:
        """Delete one document; True if there was one."""
        result = await _call(self._raw.delete_one(where))
        return bool(result.deleted_count)

    async def delete_many(self, where: Filter) -> int:
        """Delete the matching documents and return how many."""
        result = await _call(self._raw.delete_many(where))
        return int(result.deleted_count)

    async def count(self, where: Filter) -> int:
        """Return the number of matching documents."""
        return int(await _call(self._raw.count_documents(where)))

    async def aggregate(self, pipeline: Sequence[Filter]) -> list[Document]:
        """Run an aggregation and return its documents."""
        cursor = self._raw.aggregate(list(pipeline))
        if self._driver == "pymongo":
            cursor = await _call(cursor)
        found: list[Document] = await _call(cursor.to_list(None))
        return found

    async def ensure_index(self, keys: Keys, *, unique: bool = False) -> None:
        """Create the index if it is not there."""
        await _call(self._raw.create_index(list(keys), unique=unique))


class Mongo:
    """A client bound to one database; made in the lifespan of the event loop that uses it."""

    def __init__(
        self, url: str, database: str, *, driver: Literal["motor", "pymongo"] = "motor", pool_size: int = 50
    ) -> None:
        options: dict[str, Any] = {
            "tz_aware": True,
            "w": "majority",
            "journal": True,
            # A repeated write is answered by version and command key, so the driver need not repeat it.
            "retryWrites": False,
            "maxPoolSize": pool_size,
            **_TIMEOUTS_MS,
        }
        client: Any = (AsyncIOMotorClient if driver == "motor" else AsyncMongoClient)(url, **options)
        self._client = client
        self._driver = driver
        self._database: Any = client.get_database(database, codec_options=CodecOptions(tz_aware=True))

    def collection(self, name: str) -> Collection:
        """Return the collection `name`."""
        return Collection(self._database.get_collection(name), self._driver)

    async def ping(self) -> None:
        """Errors: `StoreUnavailable` when the store does not answer."""
        await _call(self._database.command("ping"))

    async def close(self) -> None:
        """Close all connections."""
        closing = self._client.close()
        if closing is not None:
            await closing


async def _call[T](operation: Awaitable[T]) -> T:
    try:
        return await operation
    except DuplicateKeyError as error:
        raise DuplicateKey from error
    except BulkWriteError:
        raise
    except (ConnectionFailure, ExecutionTimeout) as error:
        raise StoreUnavailable from error
    except PyMongoError as error:
        if _is_temporary(error):
            raise StoreUnavailable from error
        raise


def _is_temporary(error: PyMongoError) -> bool:
    return bool(getattr(error, "timeout", False) or error.has_error_label("RetryableWriteError"))
