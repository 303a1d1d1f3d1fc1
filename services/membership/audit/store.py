"""Whose an entry of the audit trail is: where from the collector takes it, and who reads it."""

from services.membership.parts import Parts
from shared.mongo import Document
from shared.personal import alias_of
from shared.process import Service
from shared.trail import Trails

COLLECTION = "audit"


def trails_of(service: Service, parts: Parts) -> Trails:
    """Return the collector over everything here that notes who changed it."""
    trails = Trails(service.collection(COLLECTION))
    trails.watch(parts.networks.collection, "network", lambda one: {"network_id": one["_id"]})
    trails.watch(parts.memberships.collection, "membership", _of_membership)
    trails.watch(parts.organisations.collection, "organisation", lambda one: _of([one["_id"]]))
    trails.watch(parts.aid.collection, "aid-ledger", lambda one: _of([one["organisation_id"]]))
    trails.watch(parts.erasures.collection, "erasure", lambda one: _of(one["organisation_ids"]))
    trails.watch(parts.people.collection, "person", _of_person, alias_of)
    return trails


def _of_membership(document: Document) -> Document:
    return {"network_id": document["network_id"], **_of([document["organisation_id"]])}


def _of_person(document: Document) -> Document:
    networks = [grant["network_id"] for grant in document["state"]["grants"] if grant.get("network_id")]
    place = _of(document["organisation_ids"])
    # Who holds a role in networks only is shown in the first one.
    return place if place["organisation_ids"] or not networks else {"network_id": networks[0]}


def _of(organisation_ids: list[str]) -> Document:
    return {"organisation_ids": organisation_ids}
