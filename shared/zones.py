"""The calendar of the networks: days begin and end in Europe/Berlin, instants are UTC. Pure."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, WithJsonSchema

BERLIN = ZoneInfo("Europe/Berlin")


def _without_zone(at: time) -> time:
    if at.tzinfo is not None:
        raise ValueError("is a local time and has no zone")
    return at


# JSON Schema's own "time" is one with a zone (RFC 3339).
LOCAL_TIME = r"^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?$"
LocalTime = Annotated[
    time,
    AfterValidator(_without_zone),
    WithJsonSchema({"type": "string", "pattern": LOCAL_TIME, "examples": ["07:30:00"]}),
]


def local_day(at: datetime) -> date:
    """Return the calendar day of the instant in Europe/Berlin."""
    return at.astimezone(BERLIN).date()


def end_of_day(day: date) -> datetime:
    """Return the UTC instant at which `day` is over in Europe/Berlin."""
    return datetime.combine(day + timedelta(days=1), time(), BERLIN).astimezone(UTC)
