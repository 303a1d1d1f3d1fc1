"""Routes of organisations."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BeforeValidator, Field

from services.membership.access import managed_networks, require, speaks_for, visible_organisation
from services.membership.answers import answered
from services.membership.organisations import handlers, views
from services.membership.organisations.domain import Organisation
from services.membership.organisations.views import OrganisationView
from services.membership.parts import BASE, With, refusals
from services.membership.reference import industry_codes, size_rules
from services.membership.sizes.domain import Declaration, Figures, Related
from shared.clock import epoch_ms
from shared.errors import Forbidden, Invalid, NotFound
from shared.events.membership import OrganisationKind
from shared.ids import NetworkId, OrganisationId, PersonId, Ref
from shared.reference import districts
from shared.text import Name
from shared.web import Body, Caller, Commanded, Page, Paged

router = APIRouter(prefix=f"{BASE}/organisations", tags=["organisations"])

MAX_CENTS = 10**15  # ten million million euros: above any enterprise, below what JSON readers round


def _number(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        msg = "a number is expected"
        raise ValueError(msg)  # noqa: TRY004  pydantic turns a ValueError into a field error
    return value


Units = Annotated[Decimal, BeforeValidator(_number), Field(ge=0, le=10_000_000, decimal_places=2)]
Cents = Annotated[int, Field(strict=True, ge=0, le=MAX_CENTS)]
Percent = Annotated[int, Field(strict=True, ge=0, le=100)]


class NewOrganisation(Body):
    name: Name
    kind: OrganisationKind
    ags: Annotated[str, Field(pattern=r"^\d{5}$")]
    industry_scheme: Literal["WZ2008", "WZ2025"] | None = None
    industry_code: Annotated[str, Field(max_length=5)] | None = None


class YearFigures(Body):
    """Annual work units with two decimals at most (apprentices not counted), money in cents."""

    annual_work_units: Units
    turnover_cents: Cents
    balance_sheet_cents: Cents


class RelatedEnterprise(YearFigures):
    """A partner (25 to 50 %) or linked (over 50 %) enterprise; the higher of capital and votes."""

    share_percent: Percent


class NewSizeDeclaration(YearFigures):
    year: Annotated[int, Field(strict=True, ge=1900, le=2200)]
    related: Annotated[tuple[RelatedEnterprise, ...], Field(max_length=200)] = ()
    public_share_percent: Percent = 0


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
    _check_codes(body)
    new = Organisation(
        id=OrganisationId(command.id_for("organisation")),
        name=body.name,
        kind=body.kind,
        ags=body.ags,
        industry_scheme=body.industry_scheme,
        industry_code=body.industry_code,
        registered_by=PersonId(principal.id),
        created_ms=epoch_ms(parts.clock()),
    )
    outcome = await handlers.register_organisation(
        new, cause=command.cause, organisations=parts.organisations
    )
    return views.view_of(answered(outcome, Organisation))


@router.get("", operation_id="get_organisations", summary="List organisations", responses=refusals(403, 404))
async def get_organisations(
    principal: Caller,
    paging: Paged,
    parts: With,
    network_id: Annotated[
        Ref[NetworkId] | None, Query(description="Members and applicants of this network")
    ] = None,
) -> Page[OrganisationView]:
    """Without `network_id`: all for an administrator, else those one acts for or has registered."""
    if principal.kind != "person":
        raise Forbidden
    collection = parts.organisations.collection
    if network_id is not None:
        if not (principal.is_admin or principal.manages(network_id)):
            raise NotFound(kind="network")
        return await views.organisations_of_network(
            parts.memberships.collection, collection, network_id, paging
        )
    if principal.is_admin:
        return await views.organisations_where(collection, {}, paging)
    own = {"$or": [{"_id": {"$in": sorted(principal.organisations)}}, {"registered_by": principal.id}]}
    return await views.organisations_where(collection, own, paging)


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


@router.post(
    "/{organisation_id}/size-declarations",
    status_code=201,
    operation_id="post_size_declaration",
    summary="Declare the size of a year",
    responses=refusals(403, 404),
)
async def post_size_declaration(
    organisation_id: Ref[OrganisationId], body: NewSizeDeclaration, command: Commanded, parts: With
) -> OrganisationView:
    """The organisation itself, an administrator, or the manager who registered it. Again = corrected."""
    principal = command.principal
    organisation = await visible_organisation(principal, organisation_id, parts)
    require(
        principal.is_admin
        or speaks_for(principal, organisation_id)
        or organisation.registered_by == principal.id
    )
    declaration = Declaration(
        year=body.year,
        own=_figures(body),
        related=tuple(
            Related(figures=_figures(other), share_percent=other.share_percent) for other in body.related
        ),
        public_share_percent=body.public_share_percent,
    )
    outcome = await handlers.declare_size(
        organisation_id,
        declaration,
        cause=command.cause,
        organisations=parts.organisations,
        rules=size_rules(),
        clock=parts.clock,
    )
    return views.view_of(answered(outcome, Organisation))


def _figures(body: YearFigures) -> Figures:
    return Figures(
        awu_hundredths=int(body.annual_work_units * 100),
        turnover_cents=body.turnover_cents,
        balance_sheet_cents=body.balance_sheet_cents,
    )


def _check_codes(body: NewOrganisation) -> None:
    if body.ags not in districts():
        raise Invalid(
            pointer="#/ags", reason_en="There is no such district.", reason_de="Diesen Kreis gibt es nicht."
        )
    if body.industry_scheme is None and body.industry_code is None:
        return
    if body.industry_code not in industry_codes().get(body.industry_scheme or "", {}):
        raise Invalid(
            pointer="#/industry_code",
            reason_en="The industry code is not in this edition; give scheme and code together.",
            reason_de="Den Code gibt es in dieser Ausgabe nicht; Ausgabe und Code gehören zusammen.",
        )
