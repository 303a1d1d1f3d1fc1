"""Where networks keep their own wording of a template: text with holes, no template language."""

from services.notifications.texts import LANGUAGES, Text
from shared.mongo import Collection

COLLECTION = "wordings"


def key_of(network_id: str, template: str) -> str:
    """Return the key of a network's wording of a template."""
    return f"{network_id}:{template}"


class Wordings:
    """All networks' own wordings."""

    def __init__(self, collection: Collection) -> None:
        self.collection = collection

    async def of(self, network_id: str | None, template: str) -> dict[str, Text]:
        """Return the network's own texts of a template by language; ours hold where there is none."""
        if network_id is None:
            return {}
        found = await self.collection.find_one({"_id": key_of(network_id, template)})
        texts = (found or {}).get("texts", {})
        return {one: Text.model_validate(texts[one]) for one in LANGUAGES if texts.get(one)}

    async def put(self, network_id: str, template: str, language: str, text: Text | None) -> None:
        """Keep a text, or go back to ours with None."""
        value = None if text is None else text.model_dump(mode="json")
        await self.collection.update_one(
            {"_id": key_of(network_id, template)}, {"$set": {f"texts.{language}": value}}, upsert=True
        )
