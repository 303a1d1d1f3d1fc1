"""Who may act on a person's data. What a caller may not see does not exist for him (404)."""

from typing import Literal

from services.membership.access import belongs_to_managed
from services.membership.parts import Parts
from services.membership.people.domain import KIND, Person
from shared.auth import Principal
from shared.errors import NotFound
from shared.roles import Role


def employers_of(principal: Principal, person: Person) -> list[str]:
    """Return the organisations of the person whose personnel department the caller is."""
    places = {grant.organisation_id for grant in person.grants if grant.organisation_id}
    return sorted(place for place in places if principal.acts_for(place, Role.COMPANY_HR))


async def exportable(principal: Principal, person_id: str, parts: Parts) -> tuple[Person, list[str] | None]:
    """Return the person, and the employers to whose data the export is bound; None binds it to nothing.

    An administrator, who answers a request by letter, gets everything. An employer gets what it knows as an
    employer: no sign-ins, no inbox, nothing of other employers. Errors: `NotFound` 404.
    """
    person = await parts.people.get(person_id)
    if principal.is_admin:
        return person, None
    employers = employers_of(principal, person)
    if not employers:
        raise NotFound(kind=KIND)
    return person, employers


async def asks_for_erasure(
    principal: Principal, person: Person, parts: Parts
) -> Literal["employer", "manager", "administrator"]:
    """Return in which role the caller may ask for the erasure of another person. Errors: `NotFound` 404.

    An employer only where every role of the person is in its own organisation, a manager only where they all are
    in members of his networks: nobody erases a person that others rely on too.
    """
    if principal.is_admin:
        return "administrator"
    places = [grant.organisation_id or "" for grant in person.grants]
    if places and all(principal.acts_for(place) for place in places):
        return "employer"
    if places and all([await belongs_to_managed(principal, place, parts) for place in places]):
        return "manager"
    raise NotFound(kind=KIND)
