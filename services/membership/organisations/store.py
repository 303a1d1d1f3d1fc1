"""Organisations in the store: collection and indexes."""

from services.membership.names import folded, grams, searched
from services.membership.organisations.domain import Organisation, Relation
from shared.mongo import Collection, Document
from shared.web import sort_key

COLLECTION = "organisations"
MAX_UNDERTAKING = 200
MAX_GRAMS = 250  # of a name of 200 characters
INDEXES = (
    (("sort", -1),),
    (("registered_by", 1), ("sort", -1)),
    (("match", 1),),
    (("registered_for", 1), ("sort", -1)),
    (("networks", 1), ("sort", -1)),
    (("linked", 1),),
    (("grams", 1),),
    (("name_key", 1),),
    (("registered_for", 1), ("name_key", 1)),
    (("networks", 1), ("name_key", 1)),
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
        "name_key": f"{folded(organisation.name)[:200]} {organisation.id}",
        "searched": searched(organisation.name),
        "grams": sorted(grams(searched(organisation.name)))[:MAX_GRAMS],
        "kind": organisation.kind.value,
        "ags": organisation.ags,
        "division": (organisation.industry_code or "")[:2] or None,
        "sme_class": organisation.sme_class.value if organisation.sme_class else None,
        "linked": [link.organisation_id for link in organisation.links if link.relation is Relation.LINKED],
    }


async def linked_with(organisations: Collection, organisation_id: str) -> frozenset[str]:
    """Return the others of the single undertaking: linked in either direction, at any distance, 200 at most."""
    known = {organisation_id}
    frontier = [organisation_id]
    while frontier and len(known) <= MAX_UNDERTAKING:
        where = {"$or": [{"_id": {"$in": frontier}}, {"linked": {"$in": frontier}}]}
        found = await organisations.find(where, {"linked": 1})
        near = {one for document in found for one in (document["_id"], *document.get("linked", ()))}
        frontier = sorted(near - known)
        known |= near
    return frozenset(known - {organisation_id})
