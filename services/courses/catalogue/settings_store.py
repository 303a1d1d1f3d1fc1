"""Where the settings of catalogues are kept, and which sessions a network publishes."""

from services.courses.catalogue.offerings import PUBLISHED
from services.courses.catalogue.settings import CatalogueSettings, settings_id
from services.courses.sessions.domain import Session
from shared.errors import NotFound
from shared.mongo import Collection, Document
from shared.process import Service
from shared.store import Aggregates

# Waiting and ended bookings are not needed to count free seats.
_LEFT_OUT = {"outbox": 0, "cmds": 0, "state.waiting": 0, "state.ended": 0}


def settings_store(service: Service) -> Aggregates[CatalogueSettings]:
    """Return the settings of all networks, and index what is published."""
    service.index("sessions", (("network_id", 1), ("state.state", 1)))
    return service.aggregates("catalogues", CatalogueSettings, kind="catalogue", keys=_keys)


def _keys(settings: CatalogueSettings) -> Document:
    return {"network_id": settings.network_id}


async def settings_of(network_id: str, settings: Aggregates[CatalogueSettings]) -> CatalogueSettings | None:
    """Return a network's choice, None where it has made none."""
    try:
        return await settings.get(settings_id(network_id))
    except NotFound:
        return None


async def published(sessions: Collection, network_id: str) -> list[Session]:
    """Return the network's sessions that can be booked; their number is small whatever has been held before."""
    where = {"network_id": network_id, "state.state": {"$in": [str(state) for state in PUBLISHED]}}
    return [Session.model_validate(found["state"]) for found in await sessions.find(where, _LEFT_OUT)]
