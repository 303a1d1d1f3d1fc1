"""Limits that all replicas share: guesses per account, failures per client address, calls per service.

Numbers [P], within NIST SP 800-63B 5.2.2 (at most 100 failures in a row): five free guesses, then one per
delay, 30 s doubled each time up to 15 min. A guess is counted before it is checked, so that a burst of
parallel guesses gains nothing.
"""

import hashlib

from shared.clock import Clock, epoch_ms, utc_now
from shared.errors import Rejected
from shared.mongo import Collection, DuplicateKey

COLLECTION = "limits"
INDEXES = ((("expires", 1),),)
FREE_GUESSES = 5
DELAY_START_S = 30
DELAY_MAX_S = 15 * 60
FORGOTTEN_MS = 24 * 3600 * 1000
ADDRESS_FAILURES = 100
ADDRESS_WINDOW_S = 15 * 60
_RACES = 20


class TooManyRequests(Rejected):
    status = 429
    en = "Too many tries. Please wait {seconds} seconds."
    de = "Zu viele Versuche. Bitte {seconds} Sekunden warten."

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds=seconds)
        self.retry_after_s = seconds


def delay_s(failures: int) -> int:
    """Return how long the account rests after so many failures in a row, in seconds."""
    if failures < FREE_GUESSES:
        return 0
    return int(min(DELAY_START_S * 2 ** min(failures - FREE_GUESSES, 10), DELAY_MAX_S))


class Limits:
    """Counters by hashed subject; the store holds no address and no e-mail."""

    def __init__(self, collection: Collection, clock: Clock = utc_now) -> None:
        self._collection = collection
        self._clock = clock

    async def guess(self, subject: str) -> None:
        """Count one guess at a password. Errors: `TooManyRequests` 429 while the account rests."""
        key = _key("account", subject)
        for _ in range(_RACES):
            now = epoch_ms(self._clock())
            found = await self._collection.find_one({"_id": key})
            if found is not None and found["until"] > now:
                raise TooManyRequests(max(1, -(-(found["until"] - now) // 1000)))
            stale = found is None or found["expires"] < now
            failures = 1 if stale or found is None else found["failures"] + 1
            values = {
                "failures": failures,
                "until": now + delay_s(failures) * 1000,
                "expires": now + FORGOTTEN_MS,
            }
            try:
                if found is None:
                    await self._collection.insert({"_id": key, **values})
                    return
            except DuplicateKey:
                continue
            guard = {"_id": key, "failures": found["failures"], "until": found["until"]}
            if await self._collection.update_one(guard, {"$set": values}):
                return
        raise TooManyRequests(1)

    async def forgive(self, subject: str) -> None:
        """Forget the failures after a right password."""
        await self._collection.delete_one({"_id": _key("account", subject)})

    async def failed_from(self, address: str) -> None:
        """Count a failure of a client address."""
        await self._count("address", address, ADDRESS_WINDOW_S)

    async def check_address(self, address: str) -> None:
        """Errors: `TooManyRequests` 429 after too many failures in the present quarter of an hour."""
        key, left = self._window("address", address, ADDRESS_WINDOW_S)
        found = await self._collection.find_one({"_id": key})
        if found is not None and found["failures"] >= ADDRESS_FAILURES:
            raise TooManyRequests(left)

    async def call(self, kind: str, subject: str, *, limit: int, window_s: int) -> None:
        """Count one call. Errors: `TooManyRequests` 429 past `limit` in the present window."""
        _, left = self._window(kind, subject, window_s)
        if await self._count(kind, subject, window_s) > limit:
            raise TooManyRequests(left)

    async def purge(self) -> None:
        """Delete what no longer counts."""
        await self._collection.delete_many({"expires": {"$lt": epoch_ms(self._clock())}})

    async def _count(self, kind: str, subject: str, window_s: int) -> int:
        key, _ = self._window(kind, subject, window_s)
        expires = epoch_ms(self._clock()) + 2 * window_s * 1000
        for _ in range(_RACES):
            try:
                found = await self._collection.find_one_and_update(
                    {"_id": key}, {"$inc": {"failures": 1}, "$set": {"expires": expires}}, upsert=True
                )
            except DuplicateKey:  # two upserts of a new counter met
                continue
            return 0 if found is None else int(found["failures"])
        raise TooManyRequests(1)

    def _window(self, kind: str, subject: str, window_s: int) -> tuple[str, int]:
        now_s = epoch_ms(self._clock()) // 1000
        return f"{_key(kind, subject)}:{now_s // window_s}", window_s - now_s % window_s


def _key(kind: str, subject: str) -> str:
    return f"{kind}:{hashlib.sha256(subject.encode()).hexdigest()}"
