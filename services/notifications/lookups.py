"""Contact look-ups that share requests: a booking tells several people, and many bookings come at once.

The first question goes out at once; those that come while it is under way go together with the next request, so a
lone question waits for nobody and a crowd costs few requests. Answers are kept for a few seconds, in memory only: far
less than an erasure waits before it asks anybody to forget (docs/adr/0014), so none outlives its person.
"""

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from shared.client import PeerDown

_PATH = "/api/membership/v1/contacts/lookups"
MOST_QUESTIONS = 100
KEPT_S = 5.0
MOST_KEPT = 1000


class Posts(Protocol):
    """Membership's API."""

    async def post(self, path: str, body: Any) -> Any:
        """POST and return the answer. Errors: `NotFound` 404, `PeerDown` 503."""


class Lookups:
    """Stands in for membership's API where contacts are looked up one question at a time."""

    def __init__(self, membership: Posts, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._membership = membership
        self._clock = clock
        self._waiting: dict[str, asyncio.Future[Any]] = {}
        self._kept: dict[str, tuple[float, Any]] = {}
        self._sending: asyncio.Task[None] | None = None

    async def post(self, _path: str, asked: Mapping[str, Any]) -> Any:
        """Answer one question; equal ones that wait share their answer. Errors: `PeerDown` 503."""
        key = json.dumps(asked, sort_keys=True)
        until, answer = self._kept.get(key, (0.0, None))
        if self._clock() < until:
            return answer
        future = self._waiting.get(key)
        if future is None:
            future = self._waiting[key] = asyncio.get_running_loop().create_future()
        if self._sending is None or self._sending.done():
            self._sending = asyncio.get_running_loop().create_task(self._send_all())
        # Whoever gives up must not take the answer from the others.
        return await asyncio.shield(future)

    async def _send_all(self) -> None:
        while self._waiting:
            batch = {key: self._waiting[key] for key in list(self._waiting)[:MOST_QUESTIONS]}
            for key in batch:
                del self._waiting[key]
            try:
                found = await self._membership.post(_PATH, {"questions": [json.loads(key) for key in batch]})
                answers = dict(zip(batch, found["answers"], strict=True))
            except Exception as error:  # noqa: BLE001  everybody who waits has to learn of it
                for future in batch.values():
                    future.set_exception(error if isinstance(error, PeerDown) else PeerDown())
                    future.exception()  # whoever gave up is not waiting for it
                continue
            self._keep(answers)
            for key, future in batch.items():
                future.set_result(answers[key])

    def _keep(self, answers: Mapping[str, Any]) -> None:
        now = self._clock()
        if len(self._kept) + len(answers) > MOST_KEPT:
            self._kept = {key: kept for key, kept in self._kept.items() if kept[0] > now}
        if len(self._kept) + len(answers) > MOST_KEPT:
            self._kept.clear()
        self._kept |= {key: (now + KEPT_S, answer) for key, answer in answers.items()}
