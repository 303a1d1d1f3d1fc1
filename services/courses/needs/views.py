"""What people see of needs: their own, and those of companies that want to be named."""

from collections.abc import Iterable
from datetime import date

from services.courses.needs.demand import MIN_COMPANIES, Demand, OpenNeed, demand_by_group, demand_by_topic
from services.courses.needs.domain import Need, NeedState
from services.courses.needs.windows import DateRange, DayTimes
from shared.events.course_values import CourseFormat
from shared.events.courses import NeedLevel, NeedOrigin
from shared.mongo import Collection, Document
from shared.web import Page, Paging, View, page_of

__all__ = ["MIN_COMPANIES", "NamedNeedView", "NeedView", "demand", "list_named", "list_needs", "need_view"]

OPEN = (str(NeedState.POSTED), str(NeedState.POOLED))


class NeedView(View):
    """One need, for its company and the network's managers. Money in cents, see `NeedTerms` for the rest."""

    id: str
    network_id: str
    organisation_id: str
    topic_code: str
    headcount: int
    window_from: date
    window_to: date
    format: CourseFormat
    kldb: str | None
    ags: str | None
    level: NeedLevel | None
    esco_uris: list[str]
    goal: str
    windows: list[DateRange]
    blocked: list[DateRange]
    weekdays: list[int]
    day_times: DayTimes | None
    max_distance_km: int | None
    max_travel_minutes: int | None
    budget_cents_per_seat: int | None
    mandatory: bool
    recurs_every_months: int | None
    company_visible: bool
    state: NeedState
    pool_id: str | None
    session_id: str | None
    origin: NeedOrigin
    wave_id: str | None
    expires_on: date


class NamedNeedView(View):
    """An open need whose company wants to be named: what the other members see of it."""

    id: str
    organisation_id: str
    topic_code: str
    headcount: int
    window_from: date
    window_to: date
    format: CourseFormat
    level: NeedLevel | None


def need_view(need: Need) -> NeedView:
    """Return what its company and the managers may see of a need."""
    shown = need.model_dump(include=set(NeedView.model_fields))
    return NeedView.model_validate({**shown, "expires_on": need.last_day})


async def list_needs(
    collection: Collection,
    network_id: str,
    paging: Paging,
    *,
    state: NeedState | None,
    organisations: Iterable[str] | None,
    more: Document | None = None,
) -> Page[NeedView]:
    """Return needs, newest first; `organisations` None means of all; `more` narrows by top-level fields."""
    where: Document = {"network_id": network_id, **(more or {})}
    if state is not None:
        where["status"] = str(state)
    if organisations is not None:
        where["organisation_id"] = {"$in": sorted(organisations)}
    return await page_of(
        collection, where, paging, lambda found: need_view(Need.model_validate(found["state"]))
    )


async def list_named(collection: Collection, network_id: str, paging: Paging) -> Page[NamedNeedView]:
    """Return the open needs whose companies want to be named, newest first."""
    where = {"network_id": network_id, "named": True, "status": {"$in": list(OPEN)}}
    fields = set(NamedNeedView.model_fields)
    return await page_of(
        collection,
        where,
        paging,
        lambda found: NamedNeedView.model_validate(
            Need.model_validate(found["state"]).model_dump(include=fields)
        ),
    )


async def demand(collection: Collection, network_id: str, *, by_group: bool = False) -> list[Demand]:
    """Return the open demand of a network, without figures of fewer than `MIN_COMPANIES` companies."""
    found = await collection.find(
        {"network_id": network_id, "status": {"$in": list(OPEN)}},
        {f"state.{field}": 1 for field in OpenNeed.model_fields},
    )
    needs = [OpenNeed.model_validate(document["state"]) for document in found]
    return demand_by_group(needs) if by_group else demand_by_topic(needs)
