"""Erasures in the store."""

from services.membership.erasures.domain import OPEN, Erasure
from shared.ids import ErasureId, derived_id
from shared.mongo import Document
from shared.process import Service
from shared.store import Aggregates
from shared.web import sort_key

COLLECTION = "erasures"
INDEXES = (
    (("sort", -1),),
    (("open", 1), ("due_ms", 1)),
    (("organisation_ids", 1), ("sort", -1)),
)


def erasure_id(person_id: str) -> ErasureId:
    """Return the id of the person's one erasure: asking twice meets the same document."""
    return ErasureId(derived_id("erasure", person_id))


def erasure_store(service: Service) -> Aggregates[Erasure]:
    """Return all erasures of the service."""
    return service.aggregates(COLLECTION, Erasure, kind="erasure", keys=keys, indexes=INDEXES, trail=True)


def keys(erasure: Erasure) -> Document:
    return {
        "sort": sort_key(erasure.requested_ms, erasure.id),
        "open": erasure.status in OPEN,
        "due_ms": erasure.due_ms,
        "organisation_ids": list(erasure.organisation_ids),
    }
