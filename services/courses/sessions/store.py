"""Where sessions are kept, each with its seats and waitlist in one document.

Beside the state the document holds, in the same write: `summary` for lists, `people` and `companies` with an active
part for look-ups, `due` for the runner.
"""

from collections.abc import Sequence

from services.courses.sessions.domain import Session
from services.courses.sessions.domain.due import next_due
from services.courses.sessions.summary import SessionView, session_view
from shared.due import DUE_INDEX, due_field
from shared.errors import NotFound
from shared.events.course_values import SessionDay
from shared.ids import NetworkId, OrganisationId, PersonId, SessionId
from shared.mongo import Document
from shared.process import Service
from shared.store import Aggregates
from shared.web import sort_key

_REMEMBERED = 10_000


def keys(session: Session) -> Document:
    """Return the top-level fields that lists and look-ups are made from."""
    return {
        "network_id": session.network_id,
        "sort": sort_key(session.created_ms, session.id),
        "summary": session_view(session).model_dump(mode="json"),
        "people": list(session.people),
        "companies": sorted(companies(session)),
        **due_field(next_due(session)),
    }


def companies(session: Session) -> set[OrganisationId]:
    """Return the companies with an active booking or a contingent."""
    seats = (*session.confirmed.values(), *session.waiting.values())
    return {*(seat.organisation_id for seat in seats), *session.contingents}


def session_store(service: Service) -> Aggregates[Session]:
    """Return all sessions of the service."""
    indexes = ((("network_id", 1), ("sort", -1)), (("people", 1),), (("companies", 1),), DUE_INDEX)
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

    async def summary(self, session_id: str) -> SessionView:
        """Return a session without its bookings. Errors: `NotFound` 404."""
        found = await self.aggregates.collection.find_one({"_id": session_id}, {"summary": 1})
        if found is None:
            raise NotFound(kind="session")
        return SessionView.model_validate(found["summary"])

    async def with_company(self, network_id: str, organisation_id: str) -> list[SessionId]:
        """Return the network's sessions in which the company has an active part."""
        where = {"companies": organisation_id, "network_id": network_id}
        found = await self.aggregates.collection.find(where, {"_id": 1})
        return [SessionId(each["_id"]) for each in found]

    async def overlapping(
        self, session_id: str, organisation_id: OrganisationId, people: Sequence[PersonId]
    ) -> dict[PersonId, tuple[str, ...]]:
        """Return, by person, the company's other sessions at the same time in which they have a booking."""
        where = {
            "people": {"$in": list(people)},
            "companies": organisation_id,
            "_id": {"$not": {"$in": [session_id]}},
        }
        others = await self.aggregates.collection.find(where, {"summary.days": 1, "people": 1})
        if not others:
            return {}
        days = (await self.summary(session_id)).days
        at_once = [each for each in others if overlap(days, _days(each["summary"]))]
        found = {
            person: tuple(sorted(each["_id"] for each in at_once if person in each["people"]))
            for person in people
        }
        return {person: ids for person, ids in found.items() if ids}


def overlap(some: Sequence[SessionDay], others: Sequence[SessionDay]) -> bool:
    """Whether two schedules have a moment in common."""
    return any(
        one.starts_at < other.ends_at and other.starts_at < one.ends_at for one in some for other in others
    )


def _days(summary: Document) -> list[SessionDay]:
    return [SessionDay.model_validate(day) for day in summary["days"]]
