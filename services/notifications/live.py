"""The inbox, live: new entries of one person as they come, with resume.

A stream's event id is the instant at which an entry was written and the entry's id. Several processes write, and
their clocks differ a little, so a listener that comes back gets the last seconds again; entries have ids to tell.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import structlog

from shared.clock import Clock, epoch_ms, utc_now
from shared.errors import Failed
from shared.mongo import Collection, Document

log = structlog.get_logger()

POLL_S = 0.5
OVERLAP_MS = 3000
LONGEST_S = 900  # as long as an access token lives; the listener comes back with a fresh one
BATCH = 100


@dataclass(frozen=True, slots=True)
class Live:
    """Streams of inbox entries; each listener polls an index entry of its own."""

    collection: Collection
    stopping: Callable[[], bool]
    clock: Clock = utc_now
    poll_s: float = POLL_S

    async def entries(self, person_id: str, last_event_id: str | None) -> AsyncIterator[Document]:
        """Yield entries written since `last_event_id`, or from now on, until the token's time is over."""
        since = self._since(last_event_id)
        seen = {last_event_id.partition("-")[2]} if last_event_id else set()
        loop = asyncio.get_running_loop()
        end = loop.time() + LONGEST_S
        while loop.time() < end and not self.stopping():
            found: list[Document] = []
            with contextlib.suppress(Failed):  # the store is away for a moment; the stream waits
                found = await self.collection.find(
                    {"person_id": person_id, "added": {"$gte": f"{since:013d}-"}},
                    sort=[("added", 1)],
                    limit=BATCH + len(seen),
                )
            fresh = [one for one in found if one["_id"] not in seen]
            for one in fresh:
                yield one
            seen = {one["_id"] for one in found}
            if found:
                since = max(since, int(found[-1]["added"][:13]) - OVERLAP_MS)
            if not fresh:
                await asyncio.sleep(self.poll_s)

    def _since(self, last_event_id: str | None) -> int:
        head = (last_event_id or "").partition("-")[0]
        if len(head) == 13 and head.isdigit():
            return int(head) - OVERLAP_MS
        return epoch_ms(self.clock())
