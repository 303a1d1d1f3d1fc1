"""On which days nothing is taught: Sundays and the public holidays of Baden-Württemberg."""

from datetime import date
from functools import cache

import holidays

_SUNDAY = 7


@cache
def free_day(day: date) -> str | None:
    """Return why nothing is taught on `day`: the German name of the holiday, "Sonntag", or None."""
    name = _calendar().get(day)
    if name is not None:
        return str(name)
    return "Sonntag" if day.isoweekday() == _SUNDAY else None


@cache
def _calendar() -> holidays.HolidayBase:
    return holidays.country_holidays("DE", subdiv="BW", language="de")
