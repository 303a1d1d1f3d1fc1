"""Letters on their way: `{_id: letter, template, state, due, claim, tries, ...}`; for whom, only membership knows.

They are claimed and settled as notifications are; there is no name, address or link in them.
"""

from services.notifications.domain import State
from services.notifications.store import Index, Notifications
from shared.clock import Clock, epoch_ms, utc_now
from shared.events.envelope import Envelope
from shared.mongo import Collection, DuplicateKey

COLLECTION = "letters"
INDEXES: tuple[Index, ...] = ((("state", 1), ("due", 1)), (("settled", 1),))
KEPT_MS = 30 * 24 * 3600 * 1000  # [P] long enough to say what became of a mail that somebody misses


class Letters(Notifications):
    """All letters that are to be sent."""

    def __init__(self, collection: Collection, *, clock: Clock = utc_now) -> None:
        super().__init__(collection, clock=clock)
        self._now = clock

    async def queue(self, letter_id: str, kind: str, envelope: Envelope) -> bool:
        """Keep that the letter is to be sent; False if that is known."""
        now = epoch_ms(self._now())
        try:
            await self.collection.insert(
                {
                    "_id": letter_id,
                    "template": kind,
                    "trace": envelope.traceparent,
                    "created": now,
                    "state": State.QUEUED.value,
                    "due": now,
                    "claim": None,
                    "tries": 0,
                    "first_failed": None,
                    "error": None,
                }
            )
        except DuplicateKey:
            return False
        return True

    async def purge(self) -> None:
        """Delete what was settled long ago."""
        await self.collection.delete_many({"settled": {"$lt": epoch_ms(self._now()) - KEPT_MS}})
