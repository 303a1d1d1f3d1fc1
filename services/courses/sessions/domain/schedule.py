"""When a session takes place: checked once, then trusted. Pure."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from shared.errors import Invalid
from shared.events.course_values import SessionDay

FIRST_YEAR, LAST_YEAR = 2000, 2100  # far from the ends of the calendar, where zone arithmetic overflows


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def require_zone(name: str) -> None:
    """Accept the names of the IANA time zone database. Errors: `Invalid` 422."""
    if name not in _zones():
        raise Invalid(
            pointer="#/time_zone",
            reason_en="This is no IANA time zone, such as Europe/Berlin.",
            reason_de="Das ist keine IANA-Zeitzone wie Europe/Berlin.",
        )


def checked_days(days: Sequence[tuple[datetime, datetime]]) -> tuple[SessionDay, ...]:
    """Return the days in UTC. They are sorted, do not overlap, end after they start. Errors: `Invalid` 422."""
    checked: list[SessionDay] = []
    for number, (starts_at, ends_at) in enumerate(days):
        pointer = f"#/days/{number}"
        if not all(
            moment.tzinfo is not None and FIRST_YEAR <= moment.year <= LAST_YEAR
            for moment in (starts_at, ends_at)
        ):
            raise Invalid(
                pointer=pointer,
                reason_en=f"A day needs a time zone offset and a year from {FIRST_YEAR} to {LAST_YEAR}.",
                reason_de=f"Ein Tag braucht einen Zeitversatz und ein Jahr von {FIRST_YEAR} bis {LAST_YEAR}.",
            )
        day = SessionDay(starts_at=starts_at.astimezone(UTC), ends_at=ends_at.astimezone(UTC))
        if day.ends_at <= day.starts_at:
            raise Invalid(
                pointer=pointer,
                reason_en="The day ends before it starts.",
                reason_de="Der Tag endet vor seinem Beginn.",
            )
        if checked and day.starts_at < checked[-1].ends_at:
            raise Invalid(
                pointer=pointer,
                reason_en="The day starts before the one before it has ended.",
                reason_de="Der Tag beginnt, bevor der vorige geendet hat.",
            )
        checked.append(day)
    return tuple(checked)


def days_before(first: datetime, at: datetime, time_zone: str) -> int:
    """Return the calendar days in `time_zone` from `at` to the day of `first` (domain notes 2.9)."""
    zone = ZoneInfo(time_zone)
    return (first.astimezone(zone).date() - at.astimezone(zone).date()).days


def days_earlier(first: datetime, days: int, time_zone: str, at: time = time(0)) -> datetime:
    """Return the instant of local time `at`, so many calendar days before the day of `first`, in UTC.

    Calendar days, not 24 hours: it stays local `at` where clocks change in between. A local time that the change
    skips is read with the offset before it, so it falls after the change.
    """
    zone = ZoneInfo(time_zone)
    day = first.astimezone(zone).date() - timedelta(days=days)
    return datetime.combine(day, at, zone).astimezone(UTC)
