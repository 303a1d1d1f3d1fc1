"""Local copies of memberships and network rules: one document per aggregate of the membership service.

Latest wins by (aggregate, sequence): a duplicate, a late or a replayed event matches no document.
A network has two independent facts (rules, closed), each with a mark of its own.
"""

from collections.abc import Iterable
from typing import Any

from services.courses.memberships.domain import (
    DEFAULT_POLICY,
    MembershipEnded,
    MembershipUnknown,
    NetworkIsClosed,
    Policy,
)
from shared.ids import derived_id
from shared.mongo import Collection, DuplicateKey

MEMBERSHIPS = "memberships"
NETWORKS = "networks"


def membership_id(network_id: str, organisation_id: str) -> str:
    """Return the id that membership gives to this membership."""
    return derived_id("membership", network_id, organisation_id)


class Memberships:
    """Who is a member of what, as far as the events have told."""

    def __init__(self, memberships: Collection, networks: Collection) -> None:
        self._memberships = memberships
        self._networks = networks

    async def keep_membership(self, subject: str, sequence: int, values: dict[str, Any]) -> None:
        """Keep the state of a membership unless a newer one is kept."""
        await _latest(self._memberships, subject, "seq", sequence, values)

    async def keep_policy(self, subject: str, sequence: int, policy: Policy) -> None:
        """Keep a network's rules unless newer ones are kept."""
        values = {"policy": policy.model_dump(mode="json")}
        await _latest(self._networks, subject, "policy_seq", sequence, values)

    async def keep_closed(self, subject: str, sequence: int) -> None:
        """Keep that a network is closed."""
        await _latest(self._networks, subject, "closed_seq", sequence, {"closed": True})

    async def require_active(self, network_id: str, organisation_id: str) -> None:
        """Let only active members pass. Errors: `MembershipUnknown`, `MembershipEnded` 409."""
        found = await self._memberships.find_one({"_id": membership_id(network_id, organisation_id)})
        if found is None:
            raise MembershipUnknown
        if not found["active"]:
            raise MembershipEnded

    async def any_active(self, network_id: str, organisation_ids: Iterable[str]) -> bool:
        """Whether one of these organisations is an active member."""
        ids = [membership_id(network_id, each) for each in organisation_ids]
        if not ids:
            return False
        where = {"_id": {"$in": ids}, "active": True}
        return await self._memberships.find_one(where, {"_id": 1}) is not None

    async def active_anywhere(self, organisation_id: str) -> bool:
        """Whether the organisation is an active member of any network."""
        where = {"organisation_id": organisation_id, "active": True}
        return await self._memberships.find_one(where, {"_id": 1}) is not None

    async def active_companies(self, network_id: str) -> list[str]:
        """Return the companies that are active members of the network."""
        where = {"network_id": network_id, "kind": "company", "active": True}
        return [
            found["organisation_id"] for found in await self._memberships.find(where, {"organisation_id": 1})
        ]

    async def policy(self, network_id: str) -> Policy:
        """Return the network's rules, the defaults where it has set none. Errors: `NetworkIsClosed` 409."""
        found = await self._networks.find_one({"_id": network_id})
        if found is None:
            return DEFAULT_POLICY
        if found.get("closed"):
            raise NetworkIsClosed
        return Policy.model_validate(found["policy"]) if "policy" in found else DEFAULT_POLICY


async def _latest(
    collection: Collection, subject: str, mark: str, sequence: int, values: dict[str, Any]
) -> None:
    where = {"_id": subject, mark: {"$not": {"$gte": sequence}}}
    update = {"$set": {**values, mark: sequence}}
    try:
        await collection.update_one(where, update, upsert=True)
    except DuplicateKey:
        # Either ours is stale, or another process created the document first: the guard tells which.
        await collection.update_one(where, update)
