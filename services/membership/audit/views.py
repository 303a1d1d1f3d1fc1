"""The audit trail as it is shown, and whether it is whole."""

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import groupby
from typing import Literal

from services.membership.people.views import names_of
from shared.mongo import Collection, Document, Filter
from shared.trail import is_whole
from shared.web import Page, Paging, View, page_of


class AuditEntry(View):
    """One change: what, who, when and why. Fields are named, their values are not kept here.

    `actor` is an alias, `actor_name` null for an erased person; `cause` is the request or event that led to it.
    """

    id: str
    at: datetime
    kind: str
    aggregate_id: str
    actor: str
    actor_kind: Literal["person", "service", "system"]
    actor_name: str | None
    operation: str
    changes: list[str]
    fields: list[str]
    reason: str | None
    cause: str | None
    hash: str


class Verification(View):
    """Whether every chain of entries is whole; `broken` names the things whose entries are not."""

    whole: bool
    chains: int
    entries: int
    broken: list[str]


async def entries_where(
    audit: Collection, people: Collection, where: Filter, paging: Paging
) -> Page[AuditEntry]:
    """Return entries, newest first."""
    page = await page_of(audit, where, paging, lambda document: document)
    names = await names_of(people, {one["actor"] for one in page.items if one["actor_kind"] == "person"})
    return Page(items=[_view(one, names) for one in page.items], next_cursor=page.next_cursor)


async def verify(audit: Collection, where: Filter, heads: dict[str, str]) -> Verification:
    """Follow the chains of the things that `heads` names by their last hash; entries still on their way are fine."""
    found = await audit.find(where, sort=[("aggregate", 1), ("n", 1)])
    chains = {name: list(entries) for name, entries in groupby(found, lambda one: str(one["aggregate"]))}
    broken = [name for name, head in heads.items() if not is_whole(chains.get(name, []), head)]
    return Verification(whole=not broken, chains=len(heads), entries=len(found), broken=sorted(broken))


def heads_of(documents: Iterable[Document]) -> dict[str, str]:
    """Return the last hash that is already collected of each thing: what still waits in the document is after it."""
    heads = {}
    for document in documents:
        waiting = document.get("trail") or []
        heads[str(document["_id"])] = waiting[0]["previous"] if waiting else document.get("chain", "")
    return heads


def _view(one: Document, names: dict[str, str]) -> AuditEntry:
    person = one["actor_kind"] == "person"
    return AuditEntry(
        id=one["_id"],
        at=datetime.fromtimestamp(one["at"] / 1000, UTC),
        kind=one["kind"],
        aggregate_id=one["aggregate"],
        actor=one["actor"],
        actor_kind=one["actor_kind"],
        actor_name=names.get(one["actor"]) if person else one["actor"],
        operation=one["operation"],
        changes=one["changes"],
        fields=one["fields"],
        reason=one["reason"],
        cause=one["cause"],
        hash=one["hash"],
    )
