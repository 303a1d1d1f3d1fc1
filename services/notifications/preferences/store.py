"""Where wishes are kept: one document per person or company."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import yaml

from services.notifications.preferences.domain import Kind, Preferences
from shared.mongo import Collection

COLLECTION = "preferences"
_FILE = Path(__file__).parent.parent / "data" / "kinds.yaml"


@cache
def kinds() -> dict[str, Kind]:
    """Return the kinds of messages."""
    read = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return {name: Kind.model_validate(cells) for name, cells in read.items()}


def of_person(person_id: str) -> str:
    """Return the key of a person's wishes."""
    return f"person:{person_id}"


def of_company(organisation_id: str) -> str:
    """Return the key of a company's common digest."""
    return f"organisation:{organisation_id}"


def person_in(key: str) -> str | None:
    """Return the person whose key this is, None for a company's: by it an erased person's things are found."""
    kind, _, identity = key.partition(":")
    return identity if kind == "person" else None


class Wishes:
    """All wishes; who has none has the defaults."""

    def __init__(self, collection: Collection) -> None:
        self.collection = collection

    async def get(self, key: str) -> Preferences:
        """Return the wishes of a person or company."""
        return (await self.several([key])).get(key, Preferences())

    async def several(self, keys: Sequence[str]) -> dict[str, Preferences]:
        """Return the wishes of those who have any."""
        found = await self.collection.find({"_id": {"$in": list(keys)}})
        return {one["_id"]: Preferences.model_validate(one["wishes"]) for one in found}

    async def put(self, key: str, wishes: Preferences) -> None:
        """Keep new wishes; repeating it changes nothing."""
        update = {"$set": {"wishes": wishes.model_dump(mode="json"), "person_id": person_in(key)}}
        await self.collection.update_one({"_id": key}, update, upsert=True)

    async def forget(self, key: str) -> None:
        """Go back to the defaults."""
        await self.collection.delete_one({"_id": key})
