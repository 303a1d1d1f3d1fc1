"""Where calls for offers are kept."""

from services.courses.calls.domain import Call, CallState
from shared.due import DUE_INDEX, due_field
from shared.mongo import Document
from shared.process import Service
from shared.store import Aggregates
from shared.web import sort_key


def keys(call: Call) -> Document:
    """Return the top-level fields that lists are made from; nothing of an offer is among them."""
    asked = call.state is not CallState.DRAFT and call.public_key != ""
    return {
        "network_id": call.network_id,
        "status": str(call.state),
        "providers": list(call.providers) if asked else [],
        **due_field(call.due_at if call.state is CallState.OPEN else None),
        "sort": sort_key(call.created_ms, call.id),
    }


def call_store(service: Service) -> Aggregates[Call]:
    """Return all calls of the service."""
    return service.aggregates(
        "calls",
        Call,
        kind="call for offers",
        keys=keys,
        indexes=(
            (("network_id", 1), ("sort", -1)),
            (("providers", 1), ("sort", -1)),
            DUE_INDEX,
        ),
    )
