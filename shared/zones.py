"""The calendar of the networks: days begin and end in Europe/Berlin, instants are UTC. Pure."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

BERLIN = ZoneInfo("Europe/Berlin")


def local_day(at: datetime) -> date:
    """Return the calendar day of the instant in Europe/Berlin."""
    return at.astimezone(BERLIN).date()


def end_of_day(day: date) -> datetime:
    """Return the UTC instant at which `day` is over in Europe/Berlin."""
    return datetime.combine(day + timedelta(days=1), time(), BERLIN).astimezone(UTC)
