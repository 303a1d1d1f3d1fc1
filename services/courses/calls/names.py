"""Names for a document that people read: asked of membership when it is made, and forgotten afterwards."""

import asyncio
from collections.abc import Iterable
from typing import Any, Protocol

from shared.client import Peer, PeerDown
from shared.errors import NotFound

_MEMBERSHIP = "/api/membership/v1"


class Names(Protocol):
    """Who is behind ids. An id without a name is left out: the document then shows the id."""

    async def of(self, organisation_ids: Iterable[str], person_ids: Iterable[str]) -> dict[str, str]:
        """Return name by id."""


class MembershipNames:
    """Names from membership; none where it does not answer, as a document must not wait for it."""

    def __init__(self, membership: Peer) -> None:
        self._membership = membership

    async def of(self, organisation_ids: Iterable[str], person_ids: Iterable[str]) -> dict[str, str]:
        """Return name by id."""
        organisations = await asyncio.gather(*(self._organisation(each) for each in set(organisation_ids)))
        return {**dict(found for found in organisations if found), **await self._people(set(person_ids))}

    async def _organisation(self, organisation_id: str) -> tuple[str, str] | None:
        try:
            found = await self._membership.get(f"{_MEMBERSHIP}/organisations/{organisation_id}")
        except (PeerDown, NotFound):
            return None
        return organisation_id, str(found["name"])

    async def _people(self, person_ids: set[str]) -> dict[str, str]:
        if not person_ids:
            return {}
        try:
            found: Any = await self._membership.post(
                f"{_MEMBERSHIP}/contacts/lookup", {"person_ids": sorted(person_ids)}
            )
        except (PeerDown, NotFound):
            return {}
        return {each["person_id"]: str(each["name"]) for each in found["contacts"]}
