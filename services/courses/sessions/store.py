"""Where sessions are kept, each with its seats and waitlist in one document."""

from services.courses.sessions.domain import Session
from shared.errors import NotFound
from shared.ids import NetworkId
from shared.mongo import Document
from shared.process import Service
from shared.store import Aggregates
from shared.web import sort_key

_REMEMBERED = 10_000


def keys(session: Session) -> Document:
    """Return the top-level fields that lists are made from."""
    return {"network_id": session.network_id, "sort": sort_key(session.created_ms, session.id)}


def session_store(service: Service) -> Aggregates[Session]:
    """Return all sessions of the service."""
    indexes = ((("network_id", 1), ("sort", -1)),)
    return service.aggregates("sessions", Session, kind="session", keys=keys, indexes=indexes)


class Sessions:
    """The sessions, and the network of each: it never changes, so it is asked for once."""

    def __init__(self, aggregates: Aggregates[Session]) -> None:
        self.aggregates = aggregates
        self._networks: dict[str, NetworkId] = {}

    async def network_of(self, session_id: str) -> NetworkId:
        """Return the network of a session without reading its seats. Errors: `NotFound` 404."""
        known = self._networks.get(session_id)
        if known is not None:
            return known
        found = await self.aggregates.collection.find_one({"_id": session_id}, {"network_id": 1})
        if found is None:
            raise NotFound(kind="session")
        if len(self._networks) >= _REMEMBERED:
            self._networks.clear()
        network_id = NetworkId(found["network_id"])
        self._networks[session_id] = network_id
        return network_id
