"""The two things a pure function may not do for itself: read the clock and draw an id."""

from collections.abc import Callable
from datetime import UTC, datetime

import uuid_utils

type Clock = Callable[[], datetime]
type NewId = Callable[[], str]


def utc_now() -> datetime:
    """Return the aware UTC time, cut to milliseconds: that is what the document store keeps."""
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def new_id() -> str:
    """Return a new time-ordered UUIDv7 text (RFC 9562)."""
    return str(uuid_utils.uuid7())


def epoch_ms(moment: datetime) -> int:
    """Return `moment` as milliseconds since 1970-01-01T00:00Z."""
    return round(moment.timestamp() * 1000)
