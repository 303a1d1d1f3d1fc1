"""People as they are shown to those who may see them, and the look-up of contacts."""

from collections.abc import Iterable
from typing import Literal

from pydantic import Field

from services.membership.people.domain import Person, PersonStatus, grant_key
from services.membership.people.store import person_of
from shared.mongo import Collection, Document, Filter
from shared.roles import Grant, Role
from shared.web import Page, Paging, View, page_of

MAX_CONTACTS = 500


class GrantView(View):
    role: Role
    network_id: str | None = None
    organisation_id: str | None = None


class PersonView(View):
    id: str
    name: str
    email: str
    locale: Literal["de", "en"]
    status: PersonStatus
    grants: list[GrantView]


class Contact(View):
    person_id: str
    name: str
    email: str
    locale: Literal["de", "en"]


class Contacts(View):
    contacts: list[Contact]


class ContactsOfMany(View):
    answers: list[Contacts]


class Me(View):
    """Who the access token belongs to; name and address for persons only."""

    id: str
    kind: Literal["person", "service"]
    name: str | None = None
    email: str | None = None
    locale: Literal["de", "en"] | None = None
    grants: list[GrantView] = Field(default_factory=list)
    scope: str | None = None


def view_of(person: Person) -> PersonView:
    return PersonView(
        id=person.id,
        name=person.name,
        email=person.email,
        locale=person.locale,
        status=person.status,
        grants=grant_views(person.grants),
    )


def grant_views(grants: tuple[Grant, ...]) -> list[GrantView]:
    return [GrantView.model_validate(grant.model_dump()) for grant in grants]


async def people_where(people: Collection, where: Filter, paging: Paging) -> Page[PersonView]:
    return await page_of(people, where, paging, lambda document: view_of(person_of(document)))


async def contacts(
    people: Collection,
    *,
    person_ids: list[str] | None,
    role: Role | None,
    organisation_id: str | None,
    network_id: str | None,
) -> list[Person]:
    """Return the people who fit every condition; those who left are nobody's contact."""
    where: Document = {"state.status": {"$ne": PersonStatus.DEACTIVATED.value}}
    if person_ids is not None:
        where["_id"] = {"$in": person_ids}
    if role is not None:
        where["grant_keys"] = grant_key(role, organisation_id or network_id)
    elif organisation_id is not None:
        where["organisation_ids"] = organisation_id
    return [person_of(found) for found in await people.find(where, {"state": 1}, limit=MAX_CONTACTS)]


def contact_of(person: Person) -> Contact:
    return Contact(person_id=person.id, name=person.name, email=person.email, locale=person.locale)


async def names_of(people: Collection, aliases: Iterable[str]) -> dict[str, str]:
    """Return the names of the people behind these aliases; an erased person has none."""
    found = await people.find({"alias": {"$in": sorted(aliases)}}, {"alias": 1, "state.name": 1})
    return {document["alias"]: document["state"]["name"] for document in found}
