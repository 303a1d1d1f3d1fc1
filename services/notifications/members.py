"""Which organisations are active members of which networks: a local copy of membership's events."""

from collections.abc import Iterable

from services.notifications.copies import latest
from shared.events import membership
from shared.events.envelope import Envelope
from shared.ids import OrganisationId
from shared.mongo import Collection

MEMBERS = "members"
INDEXES = (
    (("network_id", 1), ("active", 1)),
    (("organisation_id", 1), ("active", 1)),
)

type MembershipEvent = (
    membership.MembershipAdmitted
    | membership.MembershipSuspended
    | membership.MembershipResumed
    | membership.MembershipTerminated
)
EVENTS = (
    membership.MembershipAdmitted,
    membership.MembershipSuspended,
    membership.MembershipResumed,
    membership.MembershipTerminated,
)


class Members:
    """The memberships of all networks."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection

    async def keep(self, event: MembershipEvent, envelope: Envelope) -> None:
        """Keep whether the membership is active. Safe to repeat, in any order."""
        values = {
            "network_id": event.network_id,
            "organisation_id": event.organisation_id,
            "active": isinstance(event, membership.MembershipAdmitted | membership.MembershipResumed),
        }
        await latest(self._collection, event.membership_id, envelope.sequence, values)

    async def networks(self, organisation_id: str) -> frozenset[str]:
        """Return the networks in which the organisation is an active member."""
        found = await self._collection.find({"organisation_id": organisation_id, "active": True})
        return frozenset(one["network_id"] for one in found)

    async def among(self, network_id: str, organisation_ids: Iterable[str]) -> frozenset[str]:
        """Return those of the organisations that are active members of the network."""
        found = await self._collection.find(
            {
                "network_id": network_id,
                "active": True,
                "organisation_id": {"$in": sorted(set(organisation_ids))},
            }
        )
        return frozenset(one["organisation_id"] for one in found)

    async def organisations(self, network_id: str) -> list[OrganisationId]:
        """Return the network's active members."""
        found = await self._collection.find({"network_id": network_id, "active": True})
        return sorted(one["organisation_id"] for one in found)
