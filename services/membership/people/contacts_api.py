"""Names and addresses for other services: by scope, limited, many questions at a time."""

from typing import Annotated

import structlog
from fastapi import APIRouter
from pydantic import Field

from services.membership.parts import BASE, Parts, With, refusals
from services.membership.people import views
from services.membership.people.domain import Person
from services.membership.people.views import Contacts, ContactsOfMany
from services.membership.privacy.accesses import CONTACTED
from shared.auth import Principal
from shared.errors import Invalid
from shared.ids import NetworkId, OrganisationId, PersonId, Ref
from shared.roles import Role
from shared.web import Body, Caller

log = structlog.get_logger()

router = APIRouter(prefix=f"{BASE}/contacts", tags=["people"])

LOOKUPS_PER_MINUTE = 3000  # [P] requests per service, over all replicas, with up to 100 questions each
MOST_QUESTIONS = 100


class Lookup(Body):
    """Ids, or a role in one organisation or network; with both, who fits both."""

    person_ids: Annotated[list[Ref[PersonId]], Field(min_length=1, max_length=500)] | None = None
    organisation_id: Ref[OrganisationId] | None = None
    network_id: Ref[NetworkId] | None = None
    role: Role | None = None


class Lookups(Body):
    """Many questions, answered in their order."""

    questions: Annotated[list[Lookup], Field(min_length=1, max_length=MOST_QUESTIONS)]


@router.post(
    "/lookup",
    operation_id="lookup_contacts",
    summary="Names and addresses for a service",
    responses=refusals(403, 429),
)
async def lookup_contacts(body: Lookup, principal: Caller, parts: With) -> Contacts:
    """Services with `contacts:read`. Looks at participants are noted for them to see."""
    (found,) = await _look_up([body], principal, parts, "#")
    return Contacts(contacts=[views.contact_of(person) for person in found])


@router.post(
    "/lookups",
    operation_id="lookup_many_contacts",
    summary="Names and addresses for a service, many questions at once",
    responses=refusals(403, 429),
)
async def lookup_many_contacts(body: Lookups, principal: Caller, parts: With) -> ContactsOfMany:
    """Services with `contacts:read`; counts as one request. Each answer is what `lookup` would have said."""
    found = await _look_up(body.questions, principal, parts, "#/questions")
    answers = [Contacts(contacts=[views.contact_of(person) for person in people]) for people in found]
    return ContactsOfMany(answers=answers)


async def _look_up(
    questions: list[Lookup], principal: Principal, parts: Parts, pointer: str
) -> list[list[Person]]:
    principal.require_scope("contacts:read")
    await parts.limits.call("lookup", principal.id, limit=LOOKUPS_PER_MINUTE, window_s=60)
    for number, question in enumerate(questions):
        _check(question, pointer if pointer == "#" else f"{pointer}/{number}")
    found = [
        await views.contacts(
            parts.people.collection,
            person_ids=None if one.person_ids is None else list(one.person_ids),
            role=one.role,
            organisation_id=one.organisation_id,
            network_id=one.network_id,
        )
        for one in questions
    ]
    seen = {person.id: person for people in found for person in people}
    await parts.accesses.note(principal, CONTACTED, seen.values())
    log.info("contacts.looked_up", client=principal.id, questions=len(questions), found=len(seen))
    return found


def _check(question: Lookup, pointer: str) -> None:
    one_place = (question.organisation_id is None) != (question.network_id is None)
    if (question.role is not None and not one_place) or (
        question.person_ids is None and question.role is None
    ):
        raise Invalid(
            pointer=f"{pointer}/role",
            reason_en="Give person ids, or a role with one organisation or network.",
            reason_de="Nötig sind Personen-IDs oder eine Rolle mit einer Organisation oder einem Verbund.",
        )
    if question.role is None and question.network_id is not None:
        raise Invalid(
            pointer=f"{pointer}/network_id",
            reason_en="A network needs a role.",
            reason_de="Zu einem Verbund gehört eine Rolle.",
        )
