"""Bundles: what waits to be sent together to a person, or to a company's HR people, at one instant.

`{_id: owner:due, owner, due, lease, state, rev, sent, items: [...], done: [...]}`: an item is pushed once, by its
key; `rev` counts items and `sent` those that went out, so that none that arrives meanwhile is overlooked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.notifications.domain import State
from services.notifications.preferences.store import person_in
from shared.clock import Clock, epoch_ms, utc_now
from shared.mongo import Collection, Document, DuplicateKey

COLLECTION = "bundles"
INDEXES: tuple[tuple[tuple[str, Any], ...], ...] = ((("state", 1), ("due", 1)), (("owner", 1), ("due", -1)))
LEASE_MS = 60_000
KEPT = ("template", "session_id", "network_id", "organisation_id", "booking_id", "facts", "occurred", "kind")


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle in hand; only the holder of `token` may settle it."""

    document: Document
    token: str

    @property
    def items(self) -> list[Document]:
        """Return what was not sent yet, in the order of arrival."""
        items: list[Document] = self.document["items"]
        return items[self.document["sent"] :]


class Bundles:
    """All bundles."""

    def __init__(self, collection: Collection, *, clock: Clock = utc_now) -> None:
        self.collection = collection
        self._clock = clock

    async def add(self, owner: str, due: datetime, notification: Mapping[str, Any]) -> None:
        """Let a notification wait in the bundle of this instant, once."""
        due_ms = epoch_ms(due)
        item = {"key": notification["_id"], **{name: notification.get(name) for name in KEPT}}
        try:
            await self.collection.update_one(
                {"_id": f"{owner}:{due_ms}", "items.key": {"$ne": item["key"]}},
                {
                    "$push": {"items": item},
                    "$inc": {"rev": 1},
                    "$set": {"state": State.QUEUED.value},
                    "$setOnInsert": {
                        "owner": owner,
                        "person_id": person_in(owner),
                        "due": due_ms,
                        "claim": None,
                        "sent": 0,
                        "tries": 0,
                        "first_failed": None,
                        "done": [],
                        "error": None,
                    },
                },
                upsert=True,
            )
        except DuplicateKey:
            return  # it waits there already

    async def claim(self, token: str) -> Bundle | None:
        """Take the bundle that is longest due, or None."""
        now = epoch_ms(self._clock())
        document = await self.collection.find_one_and_update(
            {"state": State.QUEUED.value, "due": {"$lte": now}},
            {"$set": {"due": now + LEASE_MS, "claim": token}},
            sort=[("due", 1)],
        )
        return None if document is None else Bundle(document, token)

    async def mark(self, bundle: Bundle, to: str) -> None:
        """Remember that this recipient's mail was accepted."""
        await self.collection.update_one({"_id": bundle.document["_id"]}, {"$addToSet": {"done": to}})

    async def settle(self, bundle: Bundle, state: State, error: str | None = None) -> None:
        """Write how it ended; what arrived meanwhile goes out in another mail."""
        held = {"_id": bundle.document["_id"], "claim": bundle.token}
        count = len(bundle.document["items"])
        end: Document = {"state": state.value, "claim": None, "sent": count, "done": [], "error": error}
        if not await self.collection.update_one({**held, "rev": count}, {"$set": end}):
            again = {**end, "state": State.QUEUED.value, "due": epoch_ms(self._clock())}
            await self.collection.update_one(held, {"$set": again})

    async def later(self, bundle: Bundle, wait_s: float, error: str) -> None:
        """Try again after a while."""
        now = epoch_ms(self._clock())
        await self.collection.update_one(
            {"_id": bundle.document["_id"], "claim": bundle.token},
            {
                "$set": {
                    "due": now + round(wait_s * 1000),
                    "claim": None,
                    "error": error,
                    "first_failed": bundle.document["first_failed"] or now,
                },
                "$inc": {"tries": 1},
            },
        )
