"""Networks in the store: collection and indexes."""

from datetime import date

from services.membership.networks.domain import Network, NetworkState
from shared.mongo import Document
from shared.web import sort_key

COLLECTION = "networks"
INDEXES = ((("sort", -1),), (("policies_due", 1),))
NEVER = "9999-12-31"


def keys(network: Network) -> Document:
    waits = network.scheduled and network.status is not NetworkState.CLOSED
    return {
        "sort": sort_key(network.created_ms, network.id),
        "policies_due": network.scheduled[0].valid_from.isoformat() if waits else NEVER,
    }


def due_on(day: date) -> Document:
    """Return the condition for networks with rules that wait for `day` or an earlier one."""
    return {"policies_due": {"$lte": day.isoformat()}}
