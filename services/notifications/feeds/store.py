"""Where calendar links are kept, by the hash of their secret."""

import hashlib
from typing import Any

from services.notifications.feeds.domain import Feed
from shared.errors import IdempotencyKeyReused
from shared.mongo import Collection, DuplicateKey

COLLECTION = "feeds"
INDEXES: tuple[tuple[tuple[str, Any], ...], ...] = ((("owner", 1),),)


def hash_of(token: str) -> str:
    """Return what is kept of a secret: 256 random bits need no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


class Feeds:
    """All calendar links."""

    def __init__(self, collection: Collection) -> None:
        self.collection = collection

    async def add(self, owner: str, token: str, feed: Feed) -> None:
        """Keep a link. Errors: `IdempotencyKeyReused` 422: the secret of the first answer cannot be told again."""
        document = {"_id": feed.id, "hash": hash_of(token), "owner": owner, **feed.model_dump(exclude={"id"})}
        try:
            await self.collection.insert(document)
        except DuplicateKey:
            raise IdempotencyKeyReused from None

    async def of(self, owner: str) -> list[Feed]:
        """Return an owner's links."""
        found = await self.collection.find({"owner": owner}, sort=[("created_ms", 1)])
        return [Feed.model_validate({**one, "id": one["_id"]}) for one in found]

    async def by_token(self, token: str) -> Feed | None:
        """Return the link that this secret opens."""
        found = await self.collection.find_one({"hash": hash_of(token)})
        return None if found is None else Feed.model_validate({**found, "id": found["_id"]})

    async def revoke(self, owner: str, feed_id: str) -> bool:
        """Take a link back; False if the owner has no such link."""
        return await self.collection.delete_one({"_id": feed_id, "owner": owner})
