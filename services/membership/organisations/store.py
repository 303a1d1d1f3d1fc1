"""Organisations in the store: collection and indexes."""

from services.membership.organisations.domain import Organisation
from shared.mongo import Document
from shared.web import sort_key

COLLECTION = "organisations"
INDEXES = ((("sort", -1),), (("registered_by", 1), ("sort", -1)))


def keys(organisation: Organisation) -> Document:
    return {
        "sort": sort_key(organisation.created_ms, organisation.id),
        "registered_by": organisation.registered_by,
    }
