"""Looking for organisations: filters, names that are spelled differently, pages by cursor.

A name is found by its trigrams, which are stored with it, and ranked by its likeness to the query; the store
narrows, rapidfuzz decides. Who is a member now is always asked of the memberships.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz import fuzz

from services.membership.memberships.domain import LIVE, Membership, MembershipState
from services.membership.memberships.store import membership_id
from services.membership.names import grams, searched
from services.membership.organisations.domain import Organisation
from services.membership.organisations.store import of_network
from services.membership.organisations.views import OrganisationView, view_of
from shared.events.membership import MembershipRole, OrganisationKind, SmeClass
from shared.mongo import Collection, Document
from shared.web import Page, Paging, View, cursor_of, no_cursor

MAX_RANKED = 500  # whoever does not find it among these types another letter
LIKENESS = 70  # of 100: one wrong letter in a short word, two in a long one; below it noise begins
_BATCH = 200


class Sort(StrEnum):
    NAME = "name"
    NEWEST = "newest"


class MembershipPart(View):
    """The organisation's place in the network that was asked for."""

    id: str
    status: MembershipState
    roles: list[MembershipRole]


class OrganisationItem(OrganisationView):
    membership: MembershipPart | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; None means any. `division` is a WZ division of two digits, in either edition."""

    text: str | None = None
    kind: OrganisationKind | None = None
    sme_class: SmeClass | None = None
    ags: str | None = None
    division: str | None = None
    role: MembershipRole | None = None
    status: MembershipState | None = None
    sort: Sort = Sort.NEWEST

    def condition(self) -> Document:
        """Return what the store can decide by itself."""
        named = {"kind": self.kind, "sme_class": self.sme_class, "ags": self.ags, "division": self.division}
        return {name: str(value) for name, value in named.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Directory:
    """The collections, and the network in which is looked, None for the organisations of `where` alone."""

    organisations: Collection
    memberships: Collection
    network_id: str | None = None

    async def held(self, ids: Sequence[str]) -> Mapping[str, Membership]:
        """Return the memberships of these organisations in the network."""
        if self.network_id is None:
            return {}
        wanted = [membership_id(self.network_id, one) for one in ids]
        found = await self.memberships.find({"_id": {"$in": wanted}}, {"state": 1})
        memberships = (Membership.model_validate(document["state"]) for document in found)
        return {one.organisation_id: one for one in memberships}

    async def scope(self, wanted: Wanted, where: Document) -> Document:
        """Return the whole condition; by role or state the memberships are asked first."""
        condition = {**where, **wanted.condition()}
        if self.network_id is None:
            return condition
        if wanted.role is None and wanted.status is None:
            return {"$and": [of_network(self.network_id), condition]}
        asked: Document = {"network_id": self.network_id}
        if wanted.role is not None:
            asked |= {"roles": wanted.role.value, "live": True}
        if wanted.status is not None:
            asked["status"] = wanted.status.value
        found = await self.memberships.find(asked, {"organisation_id": 1})
        return {"_id": {"$in": [document["organisation_id"] for document in found]}, **condition}


async def search(
    directory: Directory, wanted: Wanted, where: Document, paging: Paging
) -> Page[OrganisationItem]:
    """Return one page: the most alike first where a text is given, else by name or the newest first."""
    condition = await directory.scope(wanted, where)
    text = searched(wanted.text or "")
    if text:
        return await _ranked(directory, condition, text, paging, wanted)
    by, ascending = ("name_key", True) if wanted.sort is Sort.NAME else ("sort", False)
    items: list[tuple[str, OrganisationItem]] = []
    after = paging.after
    while True:
        place = {} if after is None else {by: {"$gt" if ascending else "$lt": after}}
        found = await directory.organisations.find(
            {"$and": [condition, place]} if place else condition,
            {"state": 1, by: 1},
            sort=[(by, 1 if ascending else -1)],
            limit=_BATCH,
        )
        shown = await _shown(directory, found, wanted)
        items += [(document[by], shown[document["_id"]]) for document in found if document["_id"] in shown]
        if len(items) > paging.limit or len(found) < _BATCH:
            break
        after = found[-1][by]
    page = items[: paging.limit]
    more = len(items) > paging.limit
    return Page(items=[item for _, item in page], next_cursor=cursor_of(page[-1][0]) if more else None)


async def _ranked(
    directory: Directory, condition: Document, text: str, paging: Paging, wanted: Wanted
) -> Page[OrganisationItem]:
    where = {"$and": [condition, {"grams": {"$in": sorted(grams(text))}}]}
    found = await directory.organisations.find(where, {"searched": 1})
    names = {document["_id"]: document["searched"] for document in found}
    best = ranked(text, names)[:MAX_RANKED]
    documents = await directory.organisations.find({"_id": {"$in": best}}, {"state": 1})
    shown = await _shown(directory, documents, wanted)
    items = [shown[one] for one in best if one in shown]
    start = _offset(paging.after)
    end = start + paging.limit
    cursor = cursor_of(str(end)) if end < len(items) else None
    return Page(items=items[start:end], next_cursor=cursor)


def ranked(text: str, names: Mapping[str, str]) -> list[str]:
    """Return the ids of the names that are like the query, the most alike first."""
    words = text.split()
    scores = {one: likeness(words, name.split()) for one, name in names.items()}
    whole = {one: fuzz.ratio(text, names[one]) for one, score in scores.items() if score >= LIKENESS}
    return sorted(whole, key=lambda one: (-scores[one], -whole[one], names[one], one))


def likeness(words: Sequence[str], name: Sequence[str]) -> float:
    """Return from 0 to 100 how well every word of the query is met by a word of the name, or by its beginning.

    Long words count more: one wrong letter in them says less. Comparing whole texts would let a common word,
    e.g. of a trade, outweigh a rare one that is misspelled.
    """
    letters = sum(map(len, words))
    if not letters or not name:
        return 0.0
    best = ((word, max(_met(word, other) for other in name)) for word in words)
    return sum(len(word) * score for word, score in best) / letters


def _met(word: str, other: str) -> float:
    return max(fuzz.ratio(word, other), 0.98 * fuzz.ratio(word, other[: len(word)]))


async def _shown(
    directory: Directory, documents: Sequence[Document], wanted: Wanted
) -> Mapping[str, OrganisationItem]:
    found = [Organisation.model_validate(document["state"]) for document in documents]
    held = await directory.held([one.id for one in found])
    shown = {}
    for one in found:
        membership = held.get(one.id)
        live = membership is not None and membership.status in LIVE
        looked_after = one.registered_for == directory.network_id
        if directory.network_id is None or live or looked_after or wanted.status is not None:
            part = None if membership is None else _part(membership)
            shown[str(one.id)] = OrganisationItem(**dict(view_of(one)), membership=part)
    return shown


def _part(membership: Membership) -> MembershipPart:
    roles = [held.role for held in membership.roles]
    return MembershipPart(id=membership.id, status=membership.status, roles=roles)


def _offset(after: str | None) -> int:
    if after is None:
        return 0
    if not (after.isascii() and after.isdigit() and len(after) <= 4):
        raise no_cursor()
    return int(after)
