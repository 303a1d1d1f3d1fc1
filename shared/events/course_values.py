"""Codes and values that events of the courses service share."""

from datetime import datetime
from enum import StrEnum

from shared.events.envelope import Value


class CourseFormat(StrEnum):
    ON_SITE = "on_site"
    ONLINE = "online"
    BLENDED = "blended"
    ANY = "any"


class NeedLevel(StrEnum):
    """How much the target group knows already."""

    BASIC = "basic"
    ADVANCED = "advanced"
    EXPERT = "expert"


class NeedOrigin(StrEnum):
    """How a need came about."""

    POSTED = "posted"
    IMPORTED = "imported"
    RECURRING = "recurring"
    RENEWAL = "renewal"


class CostKey(StrEnum):
    """How a session's cost is shared out (domain notes 2.8)."""

    PER_SEAT = "per_seat"
    PER_COMPANY = "per_company"
    FIXED_PLUS_VARIABLE = "fixed_plus_variable"
    SIZE_WEIGHTED = "size_weighted"
    CONTINGENT = "contingent"


class SessionDay(Value):
    """One dated block of teaching; instants are UTC, the session's `time_zone` says how they are read."""

    starts_at: datetime
    ends_at: datetime
    online: bool = False


class SeatCounts(Value):
    """Seats of a session after the event: `confirmed` + `free` = capacity.

    Of the free ones `offered` are held by open offers, and `reserved` are kept for companies with a contingent.
    """

    confirmed: int
    waitlisted: int
    free: int
    offered: int = 0
    reserved: int = 0
