"""Where needs are kept."""

from services.courses.needs.domain import Need
from shared.mongo import Document
from shared.process import Service
from shared.store import Aggregates
from shared.web import sort_key


def _keys(need: Need) -> Document:
    return {
        "network_id": need.network_id,
        "organisation_id": need.organisation_id,
        "status": str(need.state),
        "sort": sort_key(need.created_ms, need.id),
    }


def need_store(service: Service) -> Aggregates[Need]:
    """Return all needs of the service."""
    return service.aggregates(
        "needs",
        Need,
        kind="need",
        keys=_keys,
        indexes=(
            (("network_id", 1), ("sort", -1)),
            (("network_id", 1), ("status", 1), ("sort", -1)),
            (("network_id", 1), ("organisation_id", 1), ("sort", -1)),
        ),
    )
