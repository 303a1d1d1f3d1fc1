"""Routes for somebody who has an invitation link: see what it offers, and join. Nobody is signed in here.

The link's token is sent in the body, so that it stands in no address and no log.
"""

from typing import Annotated, Literal

from fastapi import APIRouter, Request
from pydantic import Field

from services.membership.memberships.domain import DocumentKind
from services.membership.memberships.store import membership_id
from services.membership.networks.handlers import day_of
from services.membership.organisations.codes import check_codes
from services.membership.organisations.domain import Organisation
from services.membership.parts import BASE, Parts, With, refusals
from services.membership.people.api import Email, Password
from services.membership.people.domain import Person, PersonStatus
from services.membership.prospects import domain, handlers, links, views
from services.membership.prospects.domain import LinkNotValid, Prospect, ProspectState
from services.membership.prospects.handlers import Stores
from services.membership.prospects.views import JoinedView, ProspectInvitationView
from services.membership.signin.api import address_of
from shared.clock import epoch_ms
from shared.errors import NotFound
from shared.events.membership import OrganisationKind
from shared.ids import OrganisationId, PersonId, derived_id
from shared.roles import Grant, Role
from shared.text import Name
from shared.web import Body

router = APIRouter(prefix=f"{BASE}/invitations", tags=["invitations"])

_ROLES = {OrganisationKind.PROVIDER: Role.PROVIDER, OrganisationKind.ASSOCIATION: Role.ASSOCIATION}


class Link(Body):
    token: Annotated[str, Field(min_length=20, max_length=links.MAX_LENGTH)]


class Joining(Link):
    """The organisation as it is to be entered, its first person, and the versions that are accepted."""

    organisation_name: Name
    ags: Annotated[str, Field(pattern=r"^\d{5}$")]
    industry_scheme: Literal["WZ2008", "WZ2025"] | None = None
    industry_code: Annotated[str, Field(max_length=5)] | None = None
    person_name: Name
    email: Email
    locale: Literal["de", "en"] = "de"
    password: Password
    agreement_version: Annotated[int, Field(strict=True, ge=0)] = 0
    data_protection_annex_version: Annotated[int, Field(strict=True, ge=0)] = 0


@router.post(
    "/look",
    operation_id="look_at_invitation",
    summary="See what an invitation link offers",
    responses=refusals(404, 409, 429),
)
async def look(body: Link, request: Request, parts: With) -> ProspectInvitationView:
    """Whoever has the link."""
    prospect, number = await _prospect(body.token, request, parts)
    domain.check_link(prospect, number, day_of(parts.clock))
    return views.invitation_of(prospect, await parts.networks.get(prospect.network_id))


@router.post(
    "/join",
    status_code=201,
    operation_id="join_by_invitation",
    summary="Join by an invitation link",
    responses=refusals(404, 409, 429),
)
async def join(body: Joining, request: Request, parts: With) -> JoinedView:
    """Registers the organisation, its membership and its first person, who can sign in at once.

    Again with the same link: the same answer, and nothing happens twice.
    """
    prospect, number = await _prospect(body.token, request, parts)
    organisation, person = _entered(body, prospect, parts)
    answer = JoinedView(
        organisation_id=organisation.id,
        membership_id=membership_id(prospect.network_id, organisation.id),
        person_id=person.id,
    )
    if prospect.status is ProspectState.CONVERTED and prospect.invitation == number:
        return answer
    domain.check_link(prospect, number, day_of(parts.clock))
    check_codes(body.ags, body.industry_scheme, body.industry_code)
    accepted = {
        DocumentKind.AGREEMENT: body.agreement_version,
        DocumentKind.DATA_PROTECTION_ANNEX: body.data_protection_annex_version,
    }
    stores = Stores(
        networks=parts.networks,
        organisations=parts.organisations,
        memberships=parts.memberships,
        people=parts.people,
        prospects=parts.prospects,
        passwords=parts.passwords,
        clock=parts.clock,
    )
    present = {document: version for document, version in accepted.items() if version}
    await handlers.join(prospect, organisation, person, body.password.get_secret_value(), present, stores)
    return answer


async def _prospect(token: str, request: Request, parts: Parts) -> tuple[Prospect, int]:
    address = address_of(request, parts)
    await parts.limits.check_address(address)
    try:
        prospect_id, number = await links.read_token(parts.keyring, token)
        return await parts.prospects.get(None, prospect_id), number
    except (LinkNotValid, NotFound):
        await parts.limits.failed_from(address)
        raise LinkNotValid from None


def _entered(body: Joining, prospect: Prospect, parts: Parts) -> tuple[Organisation, Person]:
    organisation_id = OrganisationId(derived_id("organisation", "prospect", prospect.id))
    person_id = PersonId(derived_id("person", "prospect", prospect.id))
    organisation = Organisation(
        id=organisation_id,
        name=body.organisation_name,
        kind=prospect.kind,
        ags=body.ags,
        industry_scheme=body.industry_scheme,
        industry_code=body.industry_code,
        registered_by=person_id,
        registered_for=prospect.network_id,
        created_ms=prospect.created_ms,
    )
    role = _ROLES.get(prospect.kind, Role.COMPANY_HR)
    person = Person(
        id=person_id,
        name=body.person_name,
        email=body.email,
        locale=body.locale,
        grants=(Grant(role=role, organisation_id=organisation_id),),
        status=PersonStatus.INVITED,
        created_ms=epoch_ms(parts.clock()),
    )
    return organisation, person
