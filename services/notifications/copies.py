"""Local copies of what other services own: sessions, their bookings, networks' cancellation terms."""

from collections.abc import Sequence

from services.notifications.domain import Seat
from services.notifications.texts import Session
from shared.events.membership import CancellationTier
from shared.mongo import Collection, Document, DuplicateKey


class Copies:
    """Local copies of what other services own: sessions, their bookings, networks' cancellation terms."""

    def __init__(self, sessions: Collection, bookings: Collection, policies: Collection) -> None:
        self._sessions = sessions
        self._bookings = bookings
        self._policies = policies

    async def put_session(self, session_id: str, sequence: int, values: Document) -> None:
        """Keep the latest plan of a session; a stale or repeated one changes nothing."""
        await latest(self._sessions, session_id, sequence, values)

    async def put_booking(self, booking_id: str, sequence: int, values: Document) -> None:
        """Keep whether a booking is active; a stale or repeated event changes nothing."""
        await latest(self._bookings, booking_id, sequence, values)

    async def put_policy(self, network_id: str, sequence: int, version: int, tiers: list[Document]) -> None:
        """Keep a network's cancellation terms, present and earlier; a stale or repeated event changes nothing."""
        await latest(self._policies, network_id, sequence, {"cancellation": tiers})
        # A version never changes, so it needs no guard.
        await self._policies.update_one({"_id": network_id}, {"$set": {f"versions.{version}": tiers}})

    async def session(self, session_id: str) -> Session | None:
        """Return a session with the terms of its network, or None where it is not known yet."""
        found = await self.sessions([session_id])
        return found.get(session_id)

    async def sessions(self, session_ids: Sequence[str]) -> dict[str, Session]:
        """Return the known ones of these sessions."""
        documents = await self._sessions.find({"_id": {"$in": sorted(set(session_ids))}})
        networks = sorted({document["network_id"] for document in documents})
        policies = await self._policies.find({"_id": {"$in": networks}}) if networks else []
        known = {policy["_id"]: policy for policy in policies if "cancellation" in policy}
        return {one["_id"]: _session(one, known) for one in documents if "topic_code" in one}

    async def is_waiting(self, booking_id: str) -> bool:
        """Whether the booking is on the waitlist, as far as its events told."""
        found = await self._bookings.find_one({"_id": booking_id}, {"waiting": 1})
        return bool(found and found.get("waiting"))

    async def is_active(self, booking_id: str) -> bool:
        """Whether the booking holds a seat or waits for one, as far as its events told."""
        found = await self._bookings.find_one({"_id": booking_id}, {"active": 1})
        return bool(found and found.get("active"))

    async def sessions_of_company(self, organisation_id: str) -> list[str]:
        """Return the sessions in which the company has a seat."""
        found = await self._bookings.find({"organisation_id": organisation_id, "active": True})
        return sorted({one["session_id"] for one in found if not one.get("waiting")})

    async def confirmed(self, booking_ids: Sequence[str]) -> list[tuple[str, str]]:
        """Return those of the bookings that hold a seat, each with its session."""
        found = await self._bookings.find({"_id": {"$in": list(booking_ids)}, "active": True})
        return [(one["_id"], one["session_id"]) for one in found if not one.get("waiting")]

    async def seats(self, session_id: str, *, confirmed_only: bool = False) -> list[Seat]:
        """Return the active bookings of a session, perhaps without those that wait."""
        found = await self._bookings.find({"session_id": session_id, "active": True})
        found = [one for one in found if not (confirmed_only and one.get("waiting"))]
        return [Seat(booking_id=one["_id"], organisation_id=one["organisation_id"]) for one in found]


def _session(document: Document, policies: dict[str, Document]) -> Session:
    values = {name: document[name] for name in ("topic_code", "days", "time_zone")}
    values |= {"cancelled": bool(document.get("cancelled")), "sequence": document["ver"]}
    policy = policies.get(document["network_id"])
    if policy is not None:
        values["cancellation"] = tuple(
            CancellationTier.model_validate(tier) for tier in policy["cancellation"]
        )
        # Older documents kept the present terms only.
        values["earlier"] = {int(version): tiers for version, tiers in policy.get("versions", {}).items()}
    return Session.model_validate(values)


async def latest(collection: Collection, identity: str, sequence: int, values: Document) -> None:
    """Set `values` unless the document holds those of a newer event of its aggregate."""
    try:
        await collection.update_one(
            {"_id": identity, "ver": {"$lt": sequence}}, {"$set": {**values, "ver": sequence}}, upsert=True
        )
    except DuplicateKey:
        return  # what is there is as new or newer
