"""How many requests one client and one signed-in person may send: so many a second, and a burst more.

Counted per process, in memory: two replicas behind the gateway let through twice as much. That is enough for what
these limits are for, a script that has run wild, and it costs no request to the store. What is dear or worth
guessing (passwords, look-ups) is counted in the store, see `services/membership/signin/limits.py`.
"""

import math
from collections import OrderedDict

from shared.errors import Rejected

BURST_S = 10  # a page asks for a dozen things at once, an import for hundreds: so many seconds' worth at once
MOST_CALLERS = 20_000  # remembered at once, about 4 MB; the longest silent one is forgotten first


class TooManyRequests(Rejected):
    status = 429
    en = "Too many requests. Please wait {seconds} seconds."
    de = "Zu viele Anfragen. Bitte {seconds} Sekunden warten."

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds=seconds)
        self.retry_after_s = seconds


class RateLimit:
    """One limit over many callers, by the generic cell rate algorithm (ITU-T I.371). `per_second` 0 is no limit."""

    def __init__(self, per_second: float) -> None:
        self.per_second = per_second
        self._due: OrderedDict[str, float] = OrderedDict()

    def take(self, caller: str, now: float) -> None:
        """Count one request at `now`, in monotonic seconds. Errors: `TooManyRequests` 429, which counts nothing."""
        if self.per_second <= 0:
            return
        due = max(self._due.get(caller, now), now)
        ahead = due - now
        if ahead > BURST_S - 1 / self.per_second:
            raise TooManyRequests(max(1, math.ceil(ahead - BURST_S + 1 / self.per_second)))
        self._due[caller] = due + 1 / self.per_second
        self._due.move_to_end(caller)
        if len(self._due) > MOST_CALLERS:
            self._due.popitem(last=False)


def client_of(peer: str, forwarded_for: str, trusted: frozenset[str]) -> str | None:
    """Return the address that our gateway saw; None for a request that did not come through it.

    The gateway sets `X-Forwarded-For` to what it saw and forgets what the client claimed; a peer that is not the
    gateway may write what it likes there and is taken by its own address.
    """
    if not forwarded_for:
        return None
    return forwarded_for.rsplit(",", 1)[-1].strip() if peer in trusted else peer


class RateLimits:
    """The limits of one process."""

    def __init__(self, *, per_client: float, per_person: float, trusted_proxies: str = "") -> None:
        self.clients = RateLimit(per_client)
        self.people = RateLimit(per_person)
        self.trusted = frozenset(one.strip() for one in trusted_proxies.split(",") if one.strip())
