"""The documents of notifications and how they are guarded.

`notifications`: `{_id, state, due, claim, tries, first_failed, done: [], refused: [{to, code}], error, ...}`;
`due` (ms) is when it may be taken next. Taking it moves `due` one lease ahead and writes a fresh `claim`: a
claim that its holder lost (killed, stopped) lapses by itself, and a late holder's write matches nothing.
`done` and `refused` name recipients by derived keys, not by person.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from services.notifications.domain import OPEN, ORDER_BOUND_MS, Draft, Outcome, State, after
from shared.clock import Clock, epoch_ms, utc_now
from shared.events.envelope import Envelope
from shared.ids import derived_id
from shared.mongo import Collection, Document, DuplicateKey
from shared.web import sort_key

LEASE_MS = 60_000
KEPT = (
    "template", "kind", "urgency", "audience", "session_id", "booking_id", "network_id", "organisation_id", "facts",
)  # fmt: skip

type Index = tuple[tuple[str, Any], ...]

INDEXES: dict[str, tuple[Index, ...]] = {
    "notifications": (
        (("state", 1), ("due", 1)),
        (("booking_id", 1), ("sequence", 1)),
        (("network_id", 1), ("sort", -1)),
        (("keys", 1),),
    ),
    "inbox": (
        (("person_id", 1), ("sort", -1)),
        (("person_id", 1), ("unread", 1)),
        (("person_id", 1), ("added", 1)),
    ),
    "bookings": ((("session_id", 1),), (("organisation_id", 1),)),
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
            **draft.model_dump(
                mode="json", exclude={"target", "not_before_ms", "expires_ms", "keys", "starts"}
            ),
            "expires": draft.expires_ms,
            "starts": draft.starts,
            "keys": list(draft.keys) if draft.not_before_ms is not None else [],
            "sequence": envelope.sequence,
            "trace": envelope.traceparent,
            "occurred": epoch_ms(envelope.time),
            "created": now,
            "sort": sort_key(now, derived_id("notification", identity)),
            "state": State.QUEUED.value,
            "due": max(now, draft.not_before_ms or 0),
            "claim": None,
            "tries": 0,
            "first_failed": None,
            "done": [],
            "refused": [],
            "error": None,
        }

    async def drop(self, keys: Sequence[str]) -> int:
        """Drop reminders that wait for one of these things, and return how many: the matter is settled."""
        if not keys:
            return 0
        now = epoch_ms(self._clock())
        return await self.collection.update_many(
            {"keys": {"$in": list(keys)}, "state": State.QUEUED.value, "due": {"$gt": now}, "claim": None},
            {"$set": {"state": State.OBSOLETE.value, "error": "settled", "settled": now}},
        )

    async def again(self, notification_id: str) -> bool:
        """Queue what was given up once more, for those who have not got it; False if it was not given up."""
        given_up = [State.PARKED.value, State.BOUNCED.value, State.UNDELIVERABLE.value]
        fresh = {
            "state": State.QUEUED.value,
            "due": epoch_ms(self._clock()),
            "first_failed": None,
            "refused": [],
            "expires": None,
        }
        where = {"_id": notification_id, "state": {"$in": given_up}}
        return await self.collection.update_one(where, {"$set": fresh})

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

    def __init__(self, collection: Collection, *, clock: Clock = utc_now) -> None:
        self.collection = collection
        self._clock = clock

    async def add(self, notification: Document, person_id: str) -> None:
        """Insert the person's entry once."""
        identity = f"{notification['_id']}:{person_id}"
        # Two events of one instant keep their order by sequence.
        order = f"{notification['sequence']:08d}-{derived_id('inbox', identity)}"
        try:
            await self.collection.insert(
                {
                    "_id": identity,
                    "person_id": person_id,
                    **{name: notification.get(name) for name in KEPT},
                    "created": notification["occurred"],
                    "sort": sort_key(notification["occurred"], order),
                    "added": f"{epoch_ms(self._clock()):013d}-{identity}",
                    "unread": True,
                    "archived": False,
                    "read_at": None,
                }
            )
        except DuplicateKey:
            return
