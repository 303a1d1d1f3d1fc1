"""Networks in the store: collection and indexes."""

from services.membership.networks.domain import Network
from shared.mongo import Document
from shared.web import sort_key

COLLECTION = "networks"
INDEXES = ((("sort", -1),),)


def keys(network: Network) -> Document:
    return {"sort": sort_key(network.created_ms, network.id)}
