"""What people see of needs: their own, and the anonymous demand of a network."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from services.courses.needs.domain import Need, NeedState
from shared.events.courses import CourseFormat
from shared.mongo import Collection, Document
from shared.web import Page, Paging, View, page_of

# Domain notes 2.7: members compete, so figures are shown from three companies on.
MIN_COMPANIES = 3


class NeedView(View):
    """One need, for its company and the network's managers."""

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
    state: NeedState
    pool_id: str | None


class DemandView(View):
    """Open demand for one topic, of at least three companies."""

    topic_code: str
    headcount: int
    companies: int


def need_view(need: Need) -> NeedView:
    """Return what may be seen of a need."""
    return NeedView.model_validate(need.model_dump(include=set(NeedView.model_fields)))


async def list_needs(
    collection: Collection,
    network_id: str,
    paging: Paging,
    *,
    state: NeedState | None,
    organisations: Iterable[str] | None,
) -> Page[NeedView]:
    """Return needs, newest first; `organisations` None means of all."""
    where: Document = {"network_id": network_id}
    if state is not None:
        where["status"] = str(state)
    if organisations is not None:
        where["organisation_id"] = {"$in": sorted(organisations)}
    return await page_of(
        collection, where, paging, lambda found: need_view(Need.model_validate(found["state"]))
    )


async def demand(collection: Collection, network_id: str) -> list[DemandView]:
    """Return the open demand by topic, without topics of fewer than `MIN_COMPANIES` companies."""
    found = await collection.find(
        {"network_id": network_id, "status": {"$in": [str(NeedState.POSTED), str(NeedState.POOLED)]}},
        {"state.topic_code": 1, "state.organisation_id": 1, "state.headcount": 1},
    )
    heads: defaultdict[str, int] = defaultdict(int)
    companies: defaultdict[str, set[str]] = defaultdict(set)
    for need in (document["state"] for document in found):
        heads[need["topic_code"]] += need["headcount"]
        companies[need["topic_code"]].add(need["organisation_id"])
    return [
        DemandView(topic_code=topic, headcount=heads[topic], companies=len(companies[topic]))
        for topic in sorted(heads)
        if len(companies[topic]) >= MIN_COMPANIES
    ]
