"""Live figures: one reader of the store per network and process, however many people watch."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

import structlog

from services.reporting.store import Stored
from shared.errors import Failed

log = structlog.get_logger()

POLL_S = 0.3
LONGEST_S = 900  # as long as an access token lives; the listener comes back with a fresh one

type Read = Callable[[str], Awaitable[Stored | None]]


class Feed:
    """The latest figures of one network, shared by its listeners."""

    def __init__(self) -> None:
        self.listeners = 0
        self._latest: Stored | None = None
        self._changed = asyncio.Event()
        self._closed = False

    def publish(self, stored: Stored) -> None:
        """Wake the listeners if these are other figures than the last."""
        if self._latest is None or stored.version != self._latest.version:
            self._latest = stored
            self._wake()

    def close(self) -> None:
        """End every listener."""
        self._closed = True
        self._wake()

    async def changes(self, after: str | None = None) -> AsyncIterator[Stored]:
        """Yield the present figures, then each change; `after` is the version that the listener has."""
        loop = asyncio.get_running_loop()
        end = loop.time() + LONGEST_S
        while not self._closed:
            changed = self._changed
            if self._latest is not None and self._latest.version != after:
                after = self._latest.version
                yield self._latest
                continue
            try:
                await asyncio.wait_for(changed.wait(), end - loop.time())
            except TimeoutError:
                return

    def _wake(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()


class Live:
    """The feeds that somebody listens to; each polls the store, and only while it is listened to."""

    def __init__(self, read: Read, stopping: asyncio.Event) -> None:
        self._read = read
        self._stopping = stopping
        self._feeds: dict[str, tuple[Feed, asyncio.Task[None]]] = {}

    @contextlib.asynccontextmanager
    async def listen(self, network_id: str) -> AsyncIterator[Feed]:
        """Join a network's feed for the length of the block."""
        if network_id not in self._feeds:
            feed = Feed()
            self._feeds[network_id] = feed, asyncio.create_task(self._poll(network_id, feed))
        feed, task = self._feeds[network_id]
        feed.listeners += 1
        try:
            yield feed
        finally:
            feed.listeners -= 1
            if feed.listeners == 0:
                self._feeds.pop(network_id, None)
                task.cancel()

    async def _poll(self, network_id: str, feed: Feed) -> None:
        try:
            while not self._stopping.is_set():
                try:
                    stored = await self._read(network_id)
                except Failed as error:
                    log.warning("reporting.stream_waits", error=error.slug)
                else:
                    if stored is not None:
                        feed.publish(stored)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._stopping.wait(), POLL_S)
        finally:
            feed.close()
            if self._feeds.get(network_id, (None,))[0] is feed:
                del self._feeds[network_id]
