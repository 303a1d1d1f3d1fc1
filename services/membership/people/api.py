"""Routes of people, of oneself, and of contacts."""

from typing import Annotated, Literal

import structlog
from email_validator import EmailNotValidError, validate_email
from fastapi import APIRouter
from pydantic import AfterValidator, Field, SecretStr

from services.membership.access import belongs_to_managed, require, visible_organisation
from services.membership.parts import BASE, Parts, With, refusals
from services.membership.people import handlers, views
from services.membership.people.domain import (
    CONTACT_ROLES,
    NETWORK_ROLES,
    Person,
    PersonStatus,
    check_grants,
    check_role,
    grant_key,
)
from services.membership.people.views import Me, PersonView
from services.membership.privacy.accesses import LISTED
from shared.auth import Principal
from shared.clock import epoch_ms
from shared.errors import Forbidden, NotFound
from shared.ids import NetworkId, OrganisationId, PersonId, Ref
from shared.mongo import Document
from shared.roles import Grant, Role
from shared.text import Name
from shared.web import Body, Caller, Command, Commanded, Page, Paged

log = structlog.get_logger()

router = APIRouter(prefix=BASE, tags=["people"])


def _address(text: str) -> str:
    try:
        return validate_email(text, check_deliverability=False).normalized
    except EmailNotValidError:
        msg = "this is not an e-mail address"
        raise ValueError(msg) from None


Email = Annotated[str, Field(min_length=3, max_length=254), AfterValidator(_address)]
# Length is what counts (NIST SP 800-63B 5.1.1.2); the upper bound keeps the hash from being work on demand.
Password = Annotated[SecretStr, Field(min_length=12, max_length=200)]


class NewGrant(Body):
    role: Role
    network_id: Ref[NetworkId] | None = None
    organisation_id: Ref[OrganisationId] | None = None


class NewEmployee(Body):
    name: Name
    email: Email
    locale: Literal["de", "en"] = "de"


class NewPerson(NewEmployee):
    password: Password | None = None
    grants: Annotated[list[NewGrant], Field(min_length=1, max_length=50)]


class PasswordChange(Body):
    present: Annotated[SecretStr, Field(max_length=200)]
    wanted: Password


@router.post(
    "/people",
    status_code=201,
    operation_id="post_person",
    summary="Create a person",
    responses=refusals(403, 404, 409),
)
async def post_person(body: NewPerson, command: Commanded, parts: With) -> PersonView:
    """Administrators; managers for contacts of their networks' members and applicants.

    With a password the person can sign in at once, else she is invited.
    """
    grants = tuple(Grant.model_validate(grant.model_dump()) for grant in body.grants)
    check_grants(grants)
    for number, grant in enumerate(grants):
        await _check_grant(number, grant, command.principal, parts)
    password = None if body.password is None else body.password.get_secret_value()
    return await _create(body, grants, password, command, parts)


@router.post(
    "/organisations/{organisation_id}/people",
    status_code=201,
    operation_id="post_employee",
    summary="Create an employee",
    responses=refusals(403, 404, 409),
)
async def post_employee(
    organisation_id: Ref[OrganisationId], body: NewEmployee, command: Commanded, parts: With
) -> PersonView:
    """The organisation's personnel department; the person can then be booked."""
    await visible_organisation(command.principal, organisation_id, parts)
    require(command.principal.acts_for(organisation_id) or command.principal.is_admin)
    grants = (Grant(role=Role.PARTICIPANT, organisation_id=organisation_id),)
    return await _create(body, grants, None, command, parts)


@router.get(
    "/organisations/{organisation_id}/people",
    operation_id="get_people",
    summary="List people of an organisation",
    responses=refusals(403, 404),
)
async def get_people(
    organisation_id: Ref[OrganisationId], principal: Caller, paging: Paged, parts: With
) -> Page[PersonView]:
    """Personnel department and administrators: all. Managers of its networks: its contacts, no employees."""
    await visible_organisation(principal, organisation_id, parts)
    where: Document
    if principal.is_admin or principal.acts_for(organisation_id):
        where = {"organisation_ids": organisation_id}
    elif await belongs_to_managed(principal, organisation_id, parts):
        where = {"grant_keys": {"$in": [grant_key(role, organisation_id) for role in CONTACT_ROLES]}}
    else:
        raise Forbidden
    page = await views.people_where(parts.people.collection, where, paging)
    await parts.accesses.note(principal, LISTED, page.items)
    return page


@router.post(
    "/people/{person_id}/deactivate",
    operation_id="deactivate_person",
    summary="Let a person in no more",
    responses=refusals(403, 404),
)
async def deactivate(person_id: Ref[PersonId], principal: Caller, parts: With) -> PersonView:
    """Administrators; the personnel department for its own employees."""
    person = await parts.people.get(person_id)
    own = bool(person.grants) and all(
        grant.role is Role.PARTICIPANT and principal.acts_for(grant.organisation_id or "")
        for grant in person.grants
    )
    if not (principal.is_admin or own):
        raise NotFound(kind="person")
    return views.view_of(
        await handlers.deactivate_person(person_id, people=parts.people, refresh=parts.refresh)
    )


@router.get("/me", operation_id="get_me", summary="Who am I?", responses=refusals(404))
async def get_me(principal: Caller, parts: With) -> Me:
    """The person or service of the access token."""
    if principal.kind == "service":
        return Me(id=principal.id, kind="service", scope=" ".join(sorted(principal.scopes)))
    person = await parts.people.get(principal.id)
    return Me(
        id=person.id,
        kind="person",
        name=person.name,
        email=person.email,
        locale=person.locale,
        grants=views.grant_views(person.grants),
    )


@router.post(
    "/me/password",
    operation_id="change_password",
    summary="Change the own password",
    responses=refusals(403, 404, 429),
)
async def change_password(body: PasswordChange, principal: Caller, parts: With) -> PersonView:
    """Ends every session; needs the present password, with the same limit on guesses as signing in."""
    require(principal.kind == "person")
    await parts.limits.guess(f"password:{principal.id}")
    after = await handlers.change_password(
        principal.id,
        body.present.get_secret_value(),
        body.wanted.get_secret_value(),
        people=parts.people,
        passwords=parts.passwords,
        refresh=parts.refresh,
    )
    await parts.limits.forgive(f"password:{principal.id}")
    return views.view_of(after)


async def _create(
    body: NewEmployee, grants: tuple[Grant, ...], password: str | None, command: Command, parts: Parts
) -> PersonView:
    person = Person(
        id=PersonId(command.id_for("person")),
        name=body.name,
        email=body.email,
        locale=body.locale,
        grants=grants,
        status=PersonStatus.INVITED,
        created_ms=epoch_ms(parts.clock()),
    )
    created = await handlers.create_person(person, password, people=parts.people, passwords=parts.passwords)
    return views.view_of(created)


async def _check_grant(number: int, grant: Grant, principal: Principal, parts: Parts) -> None:
    """Errors: `Forbidden` 403 for a role that the caller cannot give, `NotFound` 404 for its place."""
    if not principal.is_admin:
        require(bool(principal.networks) and grant.role in CONTACT_ROLES)
        if not await belongs_to_managed(principal, grant.organisation_id or "", parts):
            raise NotFound(kind="organisation")
    if grant.role in NETWORK_ROLES:
        await parts.networks.get(grant.network_id or "")
    elif grant.organisation_id is not None:
        organisation = await parts.organisations.get(grant.organisation_id)
        check_role(number, grant.role, organisation.kind)
