"""The same lists on their way out: members and contacts as sheets that can be imported again, and templates."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence

from services.membership.imports.columns import COLUMNS, ImportKind
from services.membership.imports.sheets import Sheet
from services.membership.memberships.domain import LIVE, Membership
from services.membership.memberships.store import membership_id
from services.membership.organisations.domain import Organisation
from services.membership.organisations.store import of_network
from services.membership.parts import Parts
from services.membership.people.domain import CONTACT_ROLES, Person, grant_key
from services.membership.people.store import person_of
from shared.mongo import Document
from shared.roles import Role

_SLICE = 500
_MORE = {"de": ("Größenklasse", "Status im Verbund"), "en": ("Size class", "Status in the network")}
_TITLES = {
    (ImportKind.ORGANISATIONS, "de"): "Organisationen",
    (ImportKind.ORGANISATIONS, "en"): "Organisations",
    (ImportKind.PEOPLE, "de"): "Personen",
    (ImportKind.PEOPLE, "en"): "People",
}
_ABOUT = {
    "de": ("Erklärung", ("Spalte", "Pflicht", "Was hineingehört")),
    "en": ("Explanation", ("Column", "Required", "What goes into it")),
}


def template(kind: ImportKind, language: str) -> Sequence[Sheet]:
    """Return the empty list with one example line, and a second sheet that explains the columns."""
    columns = COLUMNS[kind]
    title, headings = _ABOUT[language]
    about = [
        (
            one.heading(language),
            {"de": "ja", "en": "yes"}[language] if one.required else "",
            one.about_de if language == "de" else one.about_en,
        )
        for one in columns
    ]
    return (
        Sheet(
            _TITLES[kind, language],
            [one.heading(language) for one in columns],
            [[one.example for one in columns]],
            [max(14, len(one.example) + 4) for one in columns],
        ),
        Sheet(title, headings, about, (20, 10, 90)),
    )


async def organisations(parts: Parts, network_id: str, language: str) -> Sheet:
    """Return the network's organisations: members, applicants, and those registered for it."""
    rows = []
    async for organisation, membership in _organisations(parts, network_id):
        row = _organisation_row(organisation, membership)
        size, status = organisation.sme_class, membership
        rows.append((*row, size.value if size else "", status.status.value if status else ""))
    rows.sort(key=lambda row: row[0].casefold())
    headings = [one.heading(language) for one in COLUMNS[ImportKind.ORGANISATIONS]]
    title = _TITLES[ImportKind.ORGANISATIONS, language]
    return Sheet(title, [*headings, *_MORE[language]], rows, (40, 16, 10, 14, 12, 14, 14, 30, 14, 14, 18))


async def _organisations(
    parts: Parts, network_id: str
) -> AsyncIterator[tuple[Organisation, Membership | None]]:
    found = await parts.organisations.collection.find(of_network(network_id), {"state": 1})
    for start in range(0, len(found), _SLICE):
        some = [Organisation.model_validate(document["state"]) for document in found[start : start + _SLICE]]
        ids = [membership_id(network_id, one.id) for one in some]
        documents = await parts.memberships.collection.find({"_id": {"$in": ids}}, {"state": 1})
        held = {
            one.organisation_id: one for one in (Membership.model_validate(d["state"]) for d in documents)
        }
        for one in some:
            membership = held.get(one.id)
            # Who has left is no longer this network's to list, unless it registered the organisation.
            if one.registered_for == network_id or (membership and membership.status in LIVE):
                yield one, membership


def _organisation_row(one: Organisation, membership: Membership | None) -> tuple[str, ...]:
    return (
        one.name,
        one.kind.value,
        one.ags,
        one.industry_scheme or "",
        one.industry_code or "",
        one.azav_until.isoformat() if one.azav_until else "",
        one.reference or "",
        ", ".join(held.role.value for held in membership.roles) if membership else "",
        membership.since.isoformat() if membership and membership.since else "",
    )


async def contacts(parts: Parts, network_id: str, language: str) -> Sheet:
    """Return the contacts of the network's organisations; employees are their employers' business."""
    there = {str(one.id): one async for one, _ in _organisations(parts, network_id)}
    ids = sorted(there)
    rows: list[tuple[str, ...]] = []
    for start in range(0, len(ids), _SLICE):
        keys = [grant_key(role, one) for one in ids[start : start + _SLICE] for role in CONTACT_ROLES]
        rows += await _person_rows(parts, {"grant_keys": {"$in": keys}}, there, CONTACT_ROLES)
    return _people_sheet(sorted(set(rows)), language)


async def employees(parts: Parts, organisation: Organisation, language: str) -> Sheet:
    """Return everybody of one organisation."""
    where = {"organisation_ids": organisation.id}
    rows = await _person_rows(parts, where, {organisation.id: organisation}, tuple(Role))
    return _people_sheet(sorted(set(rows)), language)


async def _person_rows(
    parts: Parts, where: Document, there: Mapping[str, Organisation], roles: Iterable[Role]
) -> list[tuple[str, ...]]:
    wanted = set(roles)
    rows: list[tuple[str, ...]] = []
    for document in await parts.people.collection.find(where):
        person: Person = person_of(document)
        for grant in person.grants:
            organisation = there.get(grant.organisation_id or "")
            if organisation is None or grant.role not in wanted:
                continue
            rows.append(
                (
                    person.name,
                    person.email,
                    grant.role.value,
                    organisation.name,
                    organisation.ags,
                    organisation.reference or "",
                    person.locale,
                )
            )
    return rows


def _people_sheet(rows: Sequence[tuple[str, ...]], language: str) -> Sheet:
    headings = [one.heading(language) for one in COLUMNS[ImportKind.PEOPLE]]
    return Sheet(_TITLES[ImportKind.PEOPLE, language], headings, rows, (30, 36, 14, 40, 10, 14, 10))
