"""Where survey waves are kept."""

from services.courses.waves.domain import Wave
from shared.due import DUE_INDEX, due_field
from shared.mongo import Document
from shared.process import Service
from shared.store import Aggregates
from shared.web import sort_key


def _keys(wave: Wave) -> Document:
    return {
        "network_id": wave.network_id,
        "sort": sort_key(wave.created_ms, wave.id),
        **due_field(wave.next_due),
    }


def wave_store(service: Service) -> Aggregates[Wave]:
    """Return all waves of the service."""
    indexes = ((("network_id", 1), ("sort", -1)), DUE_INDEX)
    return service.aggregates("waves", Wave, kind="survey", keys=_keys, indexes=indexes)
