"""Routes of organisations."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import Field

from services.membership.access import (
    belongs_to_managed,
    deciding_for,
    looks_after,
    managed_networks,
    require,
    steered_network,
    visible_organisation,
)
from services.membership.answers import shown
from services.membership.organisations import domain, handlers, views
from services.membership.organisations.codes import check_codes, no_such
from services.membership.organisations.domain import (
    MAX_LINKS,
    MAX_SITES,
    Link,
    Organisation,
    Particulars,
    Relation,
    Site,
)
from services.membership.organisations.views import OrganisationView
from services.membership.parts import BASE, Parts, With, refusals
from services.membership.reference import municipalities
from shared.clock import epoch_ms
from shared.decisions import Change
from shared.events.membership import OrganisationKind
from shared.ids import NetworkId, OrganisationId, PersonId, Ref, derived_id
from shared.text import Name
from shared.web import Body, Caller, Command, Commanded

router = APIRouter(prefix=f"{BASE}/organisations", tags=["organisations"])

District = Annotated[str, Field(pattern=r"^\d{5}$", description="AGS of a district, 5 digits")]
Scheme = Literal["WZ2008", "WZ2025"]
Code = Annotated[str, Field(max_length=5)]
Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2199, 12, 31))]
Reference = Annotated[Name, Field(max_length=60, description="The network's own number for it")]


class NewOrganisation(Body):
    """With `network_id` its managers look after the organisation."""

    name: Name
    kind: OrganisationKind
    ags: District
    industry_scheme: Scheme | None = None
    industry_code: Code | None = None
    azav_until: Day | None = None
    network_id: Ref[NetworkId] | None = None
    reference: Reference | None = None


class Correction(Body):
    """The particulars as they shall be; what is left out is removed."""

    name: Name
    ags: District
    industry_scheme: Scheme | None = None
    industry_code: Code | None = None
    azav_until: Day | None = None
    reference: Reference | None = None


class SiteBody(Body):
    """`id` of a site that is there already; without one it is new."""

    id: Ref[str] | None = None
    name: Name
    ags: District
    municipality: (
        Annotated[str, Field(pattern=r"^\d{8}$", description="AGS of a municipality, 8 digits")] | None
    ) = None


class Sites(Body):
    sites: Annotated[tuple[SiteBody, ...], Field(max_length=MAX_SITES)]


class LinkBody(Body):
    organisation_id: Ref[OrganisationId]
    relation: Relation
    share_percent: Annotated[int, Field(strict=True, ge=1, le=100)]


class Group(Body):
    links: Annotated[tuple[LinkBody, ...], Field(max_length=MAX_LINKS)]


@router.post(
    "",
    status_code=201,
    operation_id="post_organisation",
    summary="Register an organisation",
    responses=refusals(403, 409),
)
async def post_organisation(body: NewOrganisation, command: Commanded, parts: With) -> OrganisationView:
    """Administrators and network managers."""
    principal = command.principal
    require(principal.kind == "person" and (principal.is_admin or bool(managed_networks(principal))))
    check_codes(body.ags, body.industry_scheme, body.industry_code)
    if body.network_id is not None:
        await steered_network(principal, body.network_id, parts)
    new = Organisation(
        id=OrganisationId(command.id_for("organisation")),
        name=body.name,
        kind=body.kind,
        ags=body.ags,
        industry_scheme=body.industry_scheme,
        industry_code=body.industry_code,
        azav_until=body.azav_until,
        reference=body.reference,
        registered_for=body.network_id,
        registered_by=PersonId(principal.id),
        created_ms=epoch_ms(parts.clock()),
    )
    handling = handlers.register_organisation(new, cause=command.cause, organisations=parts.organisations)
    return await shown(handling, Organisation, views.view_of)


@router.get(
    "/{organisation_id}",
    operation_id="get_organisation",
    summary="Read an organisation",
    responses=refusals(404),
)
async def get_organisation(
    organisation_id: Ref[OrganisationId], principal: Caller, parts: With
) -> OrganisationView:
    """Its own people, managers of its networks, administrators, services with `organisations:read`."""
    return views.view_of(await visible_organisation(principal, organisation_id, parts))


@router.put(
    "/{organisation_id}",
    operation_id="put_organisation",
    summary="Correct an organisation",
    responses=refusals(403, 404, 409),
)
async def put_organisation(
    organisation_id: Ref[OrganisationId], body: Correction, command: Commanded, parts: With
) -> OrganisationView:
    """The organisation itself, an administrator, or the manager who looks after it."""
    await deciding_for(command.principal, organisation_id, parts)
    check_codes(body.ags, body.industry_scheme, body.industry_code)
    decide = partial(domain.revise, particulars=Particulars.model_validate(body.model_dump()))
    return await _changed(organisation_id, decide, command, parts)


@router.put(
    "/{organisation_id}/sites",
    operation_id="put_sites",
    summary="Set the sites of an organisation",
    responses=refusals(403, 404, 409),
)
async def put_sites(
    organisation_id: Ref[OrganisationId], body: Sites, command: Commanded, parts: With
) -> OrganisationView:
    """All open sites at once; one that is left out is closed. As for corrections."""
    await deciding_for(command.principal, organisation_id, parts)
    for number, site in enumerate(body.sites):
        check_codes(site.ags, None, None, at=f"#/sites/{number}")
        if site.municipality is not None and site.municipality not in municipalities():
            raise no_such(f"#/sites/{number}/municipality")
    sites = tuple(
        Site(
            id=site.id or derived_id("site", organisation_id, command.id_for(f"site-{number}")),
            name=site.name,
            ags=site.ags,
            municipality=site.municipality,
        )
        for number, site in enumerate(body.sites)
    )
    return await _changed(organisation_id, partial(domain.set_sites, sites=sites), command, parts)


@router.put(
    "/{organisation_id}/group",
    operation_id="put_group",
    summary="Set the partner and linked enterprises of an organisation",
    responses=refusals(403, 404, 409),
)
async def put_group(
    organisation_id: Ref[OrganisationId], body: Group, command: Commanded, parts: With
) -> OrganisationView:
    """Those of the platform that the caller may see; linked ones share the de-minimis ceiling."""
    await deciding_for(command.principal, organisation_id, parts)
    for link in body.links:
        await visible_organisation(command.principal, link.organisation_id, parts)
    links = tuple(Link.model_validate(link.model_dump()) for link in body.links)
    return await _changed(organisation_id, partial(domain.set_links, links=links), command, parts)


@router.post(
    "/{organisation_id}/verify",
    operation_id="verify_organisation",
    summary="Note that an organisation's particulars were checked",
    responses=refusals(403, 404, 409),
)
async def verify(organisation_id: Ref[OrganisationId], command: Commanded, parts: With) -> OrganisationView:
    """An administrator or a manager of its networks."""
    await _steered(command, organisation_id, parts)
    return await _changed(organisation_id, domain.verify, command, parts)


@router.post(
    "/{organisation_id}/archive",
    operation_id="archive_organisation",
    summary="Keep an organisation for the record only",
    responses=refusals(403, 404, 409),
)
async def archive(organisation_id: Ref[OrganisationId], command: Commanded, parts: With) -> OrganisationView:
    """Administrators only; final."""
    await visible_organisation(command.principal, organisation_id, parts)
    require(command.principal.is_admin)
    return await _changed(organisation_id, domain.archive, command, parts)


async def _steered(command: Command, organisation_id: str, parts: Parts) -> None:
    organisation = await visible_organisation(command.principal, organisation_id, parts)
    require(
        command.principal.is_admin
        or looks_after(command.principal, organisation)
        or await belongs_to_managed(command.principal, organisation_id, parts)
    )


async def _changed(
    organisation_id: str,
    decide: Callable[[Organisation], Change[Organisation]],
    command: Command,
    parts: Parts,
) -> OrganisationView:
    handling = handlers.change_organisation(
        organisation_id, decide, cause=command.cause, organisations=parts.organisations
    )
    return await shown(handling, Organisation, views.view_of)
