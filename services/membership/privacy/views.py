"""Looks at participants' data, as they are shown."""

from datetime import UTC, datetime
from typing import Literal

from services.membership.parts import Parts
from services.membership.people.views import names_of
from shared.mongo import Document, Filter
from shared.web import Page, Paging, View, page_of


class AccessView(View):
    """One viewer's looks of one day at one person; `viewer_name` is null for an erased person."""

    person_id: str
    viewer: str
    viewer_kind: Literal["person", "service"]
    viewer_name: str | None
    what: str
    why: str
    count: int
    first_at: datetime
    last_at: datetime


async def accesses_where(where: Filter, paging: Paging, parts: Parts) -> Page[AccessView]:
    """Return looks, newest first."""
    page = await page_of(parts.accesses.collection, where, paging, lambda document: document)
    viewers = {one["viewer"] for one in page.items if one["viewer_kind"] == "person"}
    names = await names_of(parts.people.collection, viewers)
    return Page(items=[_view(one, names) for one in page.items], next_cursor=page.next_cursor)


def _view(one: Document, names: dict[str, str]) -> AccessView:
    return AccessView(
        person_id=one["subject"],
        viewer=one["viewer"],
        viewer_kind=one["viewer_kind"],
        viewer_name=names.get(one["viewer"], one["viewer"] if one["viewer_kind"] == "service" else None),
        what=one["what"],
        why=one["why"],
        count=one["count"],
        first_at=datetime.fromtimestamp(one["first_ms"] / 1000, UTC),
        last_at=datetime.fromtimestamp(one["last_ms"] / 1000, UTC),
    )
