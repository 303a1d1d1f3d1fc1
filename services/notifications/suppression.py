"""Addresses that do not exist any more: nothing is sent there, and a person in charge can see it and lift it.

Kept by a hash of the address: when the person gets a new address, the old one's trouble is forgotten by itself.
"""

import hashlib
from typing import Any

from shared.clock import Clock, epoch_ms, utc_now
from shared.mongo import Collection, Document
from shared.web import sort_key

COLLECTION = "suppressions"
INDEXES: tuple[tuple[tuple[str, Any], ...], ...] = ((("sort", -1),), (("person_id", 1),))
# RFC 5321 4.2.3 and RFC 3463 5.1.x: the mailbox or its domain does not exist. A full mailbox or a refused text is
# no such thing.
HARD = frozenset({"550", "551", "553", "556", "521", "address-malformed", "address-not-supported"})


def key_of(address: str) -> str:
    """Return the key of an address; its letters' case does not matter."""
    return hashlib.sha256(address.strip().casefold().encode()).hexdigest()


class Suppressions:
    """The suppression list."""

    def __init__(self, collection: Collection, *, clock: Clock = utc_now) -> None:
        self.collection = collection
        self._clock = clock

    async def has(self, address: str) -> bool:
        """Whether nothing is to be sent to this address."""
        return await self.collection.find_one({"_id": key_of(address)}, {"_id": 1}) is not None

    async def bounced(self, key: str, person_id: str | None, code: str) -> None:
        """Note that an address is dead. Safe to repeat."""
        now = epoch_ms(self._clock())
        fixed: Document = {"since": now, "sort": sort_key(now, key), "person_id": person_id}
        await self.collection.update_one(
            {"_id": key}, {"$set": {"code": code}, "$setOnInsert": fixed}, upsert=True
        )

    async def lift(self, key: str) -> bool:
        """Send there again; False if it was not listed."""
        return await self.collection.delete_one({"_id": key})
