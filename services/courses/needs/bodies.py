"""What a company sends when it asks for training."""

from datetime import date
from typing import Annotated, Any

from pydantic import Field

from services.courses.needs.windows import MAX_RANGES
from shared.events.course_values import CourseFormat
from shared.events.courses import NeedLevel
from shared.ids import NetworkId, OrganisationId, Ref, WaveId
from shared.text import Note
from shared.web import Body
from shared.zones import LocalTime


class RangeBody(Body):
    """Days from `first` to `last`, both included."""

    first: date
    last: date


class TimesBody(Body):
    """Wall clock times in Europe/Berlin, e.g. 08:00."""

    starts: LocalTime
    ends: LocalTime


Ranges = Annotated[list[RangeBody], Field(max_length=MAX_RANGES, default_factory=list)]


class NeedTerms(Body):
    """How many people need what, when, where and for how much at most.

    `windows` narrow the time from `window_from` to `window_to`, `blocked` cuts out of it; `weekdays` are ISO
    numbers (1 = Monday, empty: any). `kldb`: 5 digits of KldB 2010, the last one is the level from 1 to 4.
    """

    topic_code: Annotated[str, Field(max_length=64)]
    headcount: Annotated[int, Field(strict=True, ge=1, le=500)]
    window_from: date
    window_to: date
    format: CourseFormat
    kldb: Annotated[str, Field(pattern=r"^[0-9]{4}[1-4]$")] | None = None
    ags: Annotated[str, Field(max_length=5)] | None = None
    level: NeedLevel | None = None
    esco_uris: Annotated[
        list[Annotated[str, Field(max_length=100)]], Field(max_length=10, default_factory=list)
    ]
    goal: Note = ""
    windows: Ranges
    blocked: Ranges
    weekdays: Annotated[list[Annotated[int, Field(strict=True, ge=1, le=7)]], Field(default_factory=list)]
    day_times: TimesBody | None = None
    max_distance_km: Annotated[int, Field(strict=True, ge=0, le=1000)] | None = None
    max_travel_minutes: Annotated[int, Field(strict=True, ge=0, le=1440)] | None = None
    budget_cents_per_seat: Annotated[int, Field(strict=True, ge=0, le=10_000_000)] | None = None
    mandatory: bool = False
    recurs_every_months: Annotated[int, Field(strict=True, ge=1, le=60)] | None = None
    company_visible: Annotated[
        bool, Field(description="Name the company to the members of the network; without it nobody does.")
    ] = False
    expires_on: Annotated[
        date | None, Field(description="Last day on which the need stands; the window's end if missing.")
    ] = None

    def terms(self) -> dict[str, Any]:
        """Return the terms, weekdays in order and once each."""
        found = self.model_dump(include=set(NeedTerms.model_fields))
        return {**found, "weekdays": sorted(set(self.weekdays))}


class PostNeed(NeedTerms):
    """A need of a company in a network."""

    network_id: Ref[NetworkId]
    organisation_id: Ref[OrganisationId]
    wave_id: Ref[WaveId] | None = None
