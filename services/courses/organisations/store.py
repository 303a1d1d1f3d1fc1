"""Local copy of what planning and cost sharing need of an organisation: its district and its size class.

One document per organisation of the membership service. Each fact has a mark of its own: the sequence of the
event that set it, so that a duplicate or late event matches no document.
"""

from collections.abc import Iterable
from typing import Any

from shared.events.membership import SmeClass
from shared.ids import OrganisationId
from shared.mongo import Collection, Document, DuplicateKey

ORGANISATIONS = "organisations"


class Organisations:
    """Districts and size classes, as far as the events have told."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection

    async def keep_place(self, subject: str, sequence: int, ags: str) -> None:
        """Keep the district (AGS) of an organisation."""
        await self._keep(subject, "place_seq", sequence, {"ags": ags})

    async def keep_size(self, subject: str, sequence: int, year: int, size: SmeClass) -> None:
        """Keep the size class that an organisation declared for a year."""
        await self._keep(subject, f"years.{year}.seq", sequence, {f"years.{year}.size": str(size)})

    async def sizes(self, organisation_ids: Iterable[str]) -> dict[OrganisationId, SmeClass]:
        """Return the size class of the newest declared year, where there is one."""
        return {
            OrganisationId(found["_id"]): SmeClass(found["years"][max(found["years"], key=int)]["size"])
            for found in await self._of(organisation_ids)
            if found.get("years")
        }

    async def places(self, organisation_ids: Iterable[str]) -> dict[OrganisationId, str]:
        """Return the district (AGS) of each organisation that is known."""
        return {
            OrganisationId(found["_id"]): found["ags"]
            for found in await self._of(organisation_ids)
            if found.get("ags")
        }

    async def _of(self, organisation_ids: Iterable[str]) -> list[Document]:
        ids = sorted(set(organisation_ids))
        return await self._collection.find({"_id": {"$in": ids}}) if ids else []

    async def _keep(self, subject: str, mark: str, sequence: int, values: dict[str, Any]) -> None:
        where = {"_id": subject, mark: {"$not": {"$gte": sequence}}}
        update = {"$set": {**values, mark: sequence}}
        try:
            await self._collection.update_one(where, update, upsert=True)
        except DuplicateKey:  # stale, or created by another process just now: the guard tells which
            await self._collection.update_one(where, update)
