"""The documents of notifications and how they are guarded.

`notifications`: `{_id, state, due, claim, tries, first_failed, done: [], refused: [{to, code}], error, ...}`;
`due` (ms) is when it may be taken next. Taking it moves `due` one lease ahead and writes a fresh `claim`: a
claim that its holder lost (killed, stopped) lapses by itself, and a late holder's write matches nothing.
`done` and `refused` name recipients by derived keys, not by person.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from services.notifications.domain import OPEN, ORDER_BOUND_MS, Draft, Outcome, Seat, State, after
from services.notifications.texts import Session
from shared.clock import Clock, epoch_ms, utc_now
from shared.events.envelope import Envelope
from shared.events.membership import CancellationTier
from shared.ids import derived_id
from shared.mongo import Collection, Document, DuplicateKey
from shared.web import sort_key

LEASE_MS = 60_000

type Index = tuple[tuple[str, Any], ...]

INDEXES: dict[str, tuple[Index, ...]] = {
    "notifications": (
        (("state", 1), ("due", 1)),
        (("booking_id", 1), ("sequence", 1)),
        (("network_id", 1), ("sort", -1)),
    ),
    "inbox": ((("person_id", 1), ("sort", -1)), (("person_id", 1), ("unread", 1))),
    "bookings": ((("session_id", 1),),),
}


@dataclass(frozen=True, slots=True)
class Claim:
    """A notification in hand; only the holder of `token` may settle it."""

    document: Document
    token: str


class Notifications:
    """All notifications of the service."""

    def __init__(self, collection: Collection, *, clock: Clock = utc_now) -> None:
        self.collection = collection
        self._clock = clock

    async def add(self, drafts: Iterable[Draft], envelope: Envelope) -> int:
        """Insert each draft once and return how many are new; a repeated event adds none."""
        added = 0
        for draft in drafts:
            try:
                await self.collection.insert(self.document(draft, envelope))
            except DuplicateKey:
                continue
            added += 1
        return added

    def document(self, draft: Draft, envelope: Envelope) -> Document:
        """Return the document of a fresh notification."""
        identity = draft.id_for(envelope.id)
        now = epoch_ms(self._clock())
        return {
            "_id": identity,
            **draft.model_dump(mode="json", exclude={"target"}),
            "sequence": envelope.sequence,
            "trace": envelope.traceparent,
            "occurred": epoch_ms(envelope.time),
            "created": now,
            "sort": sort_key(now, derived_id("notification", identity)),
            "state": State.QUEUED.value,
            "due": now,
            "claim": None,
            "tries": 0,
            "first_failed": None,
            "done": [],
            "refused": [],
            "error": None,
        }

    async def claim(self, token: str) -> Claim | None:
        """Take the notification that is longest due, or None."""
        now = epoch_ms(self._clock())
        document = await self.collection.find_one_and_update(
            {"state": {"$in": sorted(OPEN)}, "due": {"$lte": now}},
            {"$set": {"due": now + LEASE_MS, "claim": token}},
            sort=[("due", 1)],
        )
        return None if document is None else Claim(document, token)

    async def renew(self, claim: Claim) -> bool:
        """Hold the claim for another lease; False if it was lost."""
        until = epoch_ms(self._clock()) + LEASE_MS
        return await self.collection.update_one(_held(claim), {"$set": {"due": until}})

    async def mark_done(self, claim: Claim, to: str) -> None:
        """Remember that this recipient's mail was accepted, also when the claim was lost meanwhile."""
        await self.collection.update_one({"_id": claim.document["_id"]}, {"$addToSet": {"done": to}})

    async def mark_refused(self, claim: Claim, to: str, code: str) -> None:
        """Remember that this recipient's server refused the mail for good."""
        await self.collection.update_one(
            {"_id": claim.document["_id"]}, {"$addToSet": {"refused": {"to": to, "code": code}}}
        )

    async def settle(
        self, claim: Claim, outcome: Outcome, *, wait_s: float = 0.0, error: str | None = None
    ) -> bool:
        """Write how the try ended; False if the claim was lost, and then nothing is written."""
        document = claim.document
        now = epoch_ms(self._clock())
        failed = outcome in {Outcome.TEMPORARY, Outcome.EXPIRED}
        values = {
            "state": after(State(document["state"]), outcome).value,
            "due": now + round(wait_s * 1000),
            "claim": None,
            "tries": document["tries"] + (0 if outcome is Outcome.POSTPONED else 1),
            "first_failed": (document["first_failed"] or now) if failed else document["first_failed"],
            "error": error,
            "settled": now,
        }
        return await self.collection.update_one(_held(claim), {"$set": values})

    async def waits_for_earlier(self, document: Document) -> bool:
        """Whether an earlier message of the same booking to the same audience is still on its way.

        One that has been waiting for more than `ORDER_BOUND_MS` holds up nobody.
        """
        if document["booking_id"] is None:
            return False
        found = await self.collection.find_one(
            {
                "booking_id": document["booking_id"],
                "audience": document["audience"],
                "sequence": {"$lt": document["sequence"]},
                "state": {"$in": sorted(OPEN)},
                "created": {"$gt": epoch_ms(self._clock()) - ORDER_BOUND_MS},
            },
            {"_id": 1},
        )
        return found is not None


def _held(claim: Claim) -> Document:
    return {"_id": claim.document["_id"], "claim": claim.token, "state": claim.document["state"]}


class Inbox:
    """What people find when they sign in: ids and codes; the words are made on reading."""

    def __init__(self, collection: Collection) -> None:
        self.collection = collection

    async def add(self, notification: Document, person_id: str) -> None:
        """Insert the person's entry once."""
        identity = f"{notification['_id']}:{person_id}"
        kept = ("template", "urgency", "session_id", "booking_id", "network_id", "organisation_id", "facts")
        # Two events of one instant keep their order by sequence.
        order = f"{notification['sequence']:08d}-{derived_id('inbox', identity)}"
        try:
            await self.collection.insert(
                {
                    "_id": identity,
                    "person_id": person_id,
                    **{name: notification[name] for name in kept},
                    "created": notification["occurred"],
                    "sort": sort_key(notification["occurred"], order),
                    "unread": True,
                    "read_at": None,
                }
            )
        except DuplicateKey:
            return


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

    async def put_policy(self, network_id: str, sequence: int, values: Document) -> None:
        """Keep a network's cancellation terms; a stale or repeated event changes nothing."""
        await latest(self._policies, network_id, sequence, values)

    async def session(self, session_id: str) -> Session | None:
        """Return a session with the terms of its network, or None where it is not known yet."""
        found = await self.sessions([session_id])
        return found.get(session_id)

    async def sessions(self, session_ids: Sequence[str]) -> dict[str, Session]:
        """Return the known ones of these sessions."""
        documents = await self._sessions.find({"_id": {"$in": sorted(set(session_ids))}})
        networks = sorted({document["network_id"] for document in documents})
        policies = await self._policies.find({"_id": {"$in": networks}}) if networks else []
        tiers = {policy["_id"]: policy["cancellation"] for policy in policies}
        return {document["_id"]: _session(document, tiers) for document in documents}

    async def is_waiting(self, booking_id: str) -> bool:
        """Whether the booking is on the waitlist, as far as its events told."""
        found = await self._bookings.find_one({"_id": booking_id}, {"waiting": 1})
        return bool(found and found.get("waiting"))

    async def seats(self, session_id: str) -> list[Seat]:
        """Return the active bookings of a session."""
        found = await self._bookings.find({"session_id": session_id, "active": True})
        return [Seat(booking_id=one["_id"], organisation_id=one["organisation_id"]) for one in found]


def _session(document: Document, tiers: dict[str, list[Document]]) -> Session:
    values = {name: document[name] for name in ("topic_code", "days", "time_zone")}
    terms = tiers.get(document["network_id"])
    if terms is not None:
        values["cancellation"] = tuple(CancellationTier.model_validate(tier) for tier in terms)
    return Session.model_validate(values)


async def latest(collection: Collection, identity: str, sequence: int, values: Document) -> None:
    """Set `values` unless the document holds those of a newer event of its aggregate."""
    try:
        await collection.update_one(
            {"_id": identity, "ver": {"$lt": sequence}}, {"$set": {**values, "ver": sequence}}, upsert=True
        )
    except DuplicateKey:
        return  # what is there is as new or newer
