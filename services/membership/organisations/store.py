"""Organisations in the store: collection and indexes."""

from services.membership.organisations.domain import Organisation
from shared.mongo import Document
from shared.web import sort_key

COLLECTION = "organisations"
INDEXES = (
    (("sort", -1),),
    (("registered_by", 1), ("sort", -1)),
    (("match", 1),),
    (("registered_for", 1), ("sort", -1)),
    (("networks", 1), ("sort", -1)),
)


def of_network(network_id: str) -> Document:
    """Return the condition for the organisations that a network registered or that ever applied to it.

    `networks` is set beside the aggregate's own fields before a membership begins, and only grows: who is a member
    now is decided by the membership.
    """
    return {"$or": [{"registered_for": network_id}, {"networks": network_id}]}


def keys(organisation: Organisation) -> Document:
    return {
        "sort": sort_key(organisation.created_ms, organisation.id),
        "registered_by": organisation.registered_by,
        "registered_for": organisation.registered_for,
        "match": list(organisation.match_keys),
    }
