"""Where renewals are kept."""

from datetime import timedelta

from services.courses.renewals.domain import Renewal, RenewalState
from shared.due import DUE_INDEX, due_field
from shared.mongo import Document
from shared.process import Service
from shared.store import Aggregates
from shared.zones import end_of_day


def _keys(renewal: Renewal) -> Document:
    start = end_of_day(renewal.ask_on - timedelta(days=1))
    return {
        "network_id": renewal.network_id,
        "organisation_id": renewal.organisation_id,
        "sort": f"{renewal.expires_on.isoformat()}-{renewal.id}",
        **due_field(start if renewal.state is RenewalState.PLANNED else None),
    }


def renewal_store(service: Service) -> Aggregates[Renewal]:
    """Return all renewals of the service."""
    indexes = ((("network_id", 1), ("sort", -1)), DUE_INDEX)
    return service.aggregates("renewals", Renewal, kind="renewal", keys=_keys, indexes=indexes)
