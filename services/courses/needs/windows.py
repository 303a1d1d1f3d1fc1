"""When a company's people can be away: windows, blocked times, weekdays, hours. Pure."""

from collections.abc import Iterable
from datetime import date, timedelta

from shared.errors import Invalid
from shared.events.envelope import Value
from shared.zones import LocalTime

MAX_RANGES = 24


class DateRange(Value):
    """Days from `first` to `last`, both included."""

    first: date
    last: date

    def holds(self, day: date) -> bool:
        """Whether `day` lies in the range."""
        return self.first <= day <= self.last


class DayTimes(Value):
    """Wall clock times in Europe/Berlin between which teaching may take place."""

    starts: LocalTime
    ends: LocalTime


def require_order(ranges: Iterable[DateRange], pointer: str) -> None:
    """Refuse ranges that end before they begin. Errors: `Invalid` 422."""
    for number, each in enumerate(ranges):
        if each.first > each.last:
            raise Invalid(
                pointer=f"{pointer}/{number}",
                reason_en="The time window ends before it begins.",
                reason_de="Das Zeitfenster endet vor seinem Beginn.",
            )


def hull(ranges: Iterable[DateRange]) -> DateRange:
    """Return the smallest range that holds all of them; there is at least one."""
    known = list(ranges)
    return DateRange(first=min(each.first for each in known), last=max(each.last for each in known))


def shifted(each: DateRange, months: int) -> DateRange:
    """Return the range `months` calendar months later; its length in days stays."""
    first = months_later(each.first, months)
    return DateRange(first=first, last=first + (each.last - each.first))


def months_later(day: date, months: int) -> date:
    """Return the same day `months` later, the month's last day where there is no such day."""
    number = day.year * 12 + day.month - 1 + months
    year, month = divmod(number, 12)
    start_of_next = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    last = (start_of_next - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))
