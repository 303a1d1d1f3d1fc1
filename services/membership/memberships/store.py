"""Memberships in the store: one id a pair, collection and indexes."""

from services.membership.memberships.domain import LIVE, Membership
from shared.ids import MembershipId, derived_id
from shared.mongo import Document
from shared.web import sort_key

COLLECTION = "memberships"
INDEXES = (
    (("network_id", 1), ("sort", -1)),
    (("network_id", 1), ("live", 1), ("sort", -1)),
    (("network_id", 1), ("status", 1), ("sort", -1)),
    (("network_id", 1), ("roles", 1)),
)


def membership_id(network_id: str, organisation_id: str) -> MembershipId:
    return MembershipId(derived_id("membership", network_id, organisation_id))


def keys(membership: Membership) -> Document:
    return {
        "sort": sort_key(membership.created_ms, membership.id),
        "network_id": membership.network_id,
        "organisation_id": membership.organisation_id,
        "status": membership.status.value,
        "live": membership.status in LIVE,
        "roles": [held.role.value for held in membership.roles],
    }
