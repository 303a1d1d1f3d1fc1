"""Routes of yearly size declarations."""

from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BeforeValidator, Field

from services.membership.access import deciding_for
from services.membership.answers import shown
from services.membership.organisations import handlers, views
from services.membership.organisations.domain import Organisation
from services.membership.organisations.views import OrganisationView
from services.membership.parts import BASE, With, refusals
from services.membership.reference import both_size_rules
from services.membership.sizes.domain import Declaration, ExemptHolder, Figures, Related, Staff
from shared.ids import OrganisationId, Ref
from shared.web import Body, Commanded

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
Count = Annotated[int, Field(strict=True, ge=0, le=10_000_000)]


class YearFigures(Body):
    """Annual work units with two decimals at most (apprentices not counted), money in cents."""

    annual_work_units: Units
    turnover_cents: Cents
    balance_sheet_cents: Cents


class RelatedEnterprise(YearFigures):
    """A partner (25 to 50 %) or linked (over 50 %) enterprise; the higher of capital and votes.

    `exempt` names a holder of 25 to 50 % that is no partner (Art. 3(2), second subparagraph).
    """

    share_percent: Percent
    exempt: ExemptHolder | None = None


class StaffCount(Body):
    """Employees by weekly hours, for the headcount band of § 82 SGB III; `group` is the rest of the group, weighted."""

    up_to_10_hours: Count = 0
    up_to_20_hours: Count = 0
    up_to_30_hours: Count = 0
    over_30_hours: Count = 0
    group: Units = Decimal(0)


class NewSizeDeclaration(YearFigures):
    """`ownership_changed` asks for a human's look: authorities differ on whether two years are needed then."""

    year: Annotated[int, Field(strict=True, ge=1900, le=2200)]
    related: Annotated[tuple[RelatedEnterprise, ...], Field(max_length=200)] = ()
    public_share_percent: Percent = 0
    public_exempt: ExemptHolder | None = None
    ownership_changed: bool = False
    staff: StaffCount | None = None


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
    """The organisation itself, an administrator, or the manager who looks after it. Again = corrected."""
    await deciding_for(command.principal, organisation_id, parts)
    handling = handlers.declare_size(
        organisation_id,
        _declaration(body),
        cause=command.cause,
        organisations=parts.organisations,
        rules=both_size_rules(),
        clock=parts.clock,
    )
    return await shown(handling, Organisation, views.view_of)


def _declaration(body: NewSizeDeclaration) -> Declaration:
    return Declaration(
        year=body.year,
        own=_figures(body),
        related=tuple(
            Related(figures=_figures(other), share_percent=other.share_percent, exempt=other.exempt)
            for other in body.related
        ),
        public_share_percent=body.public_share_percent,
        public_exempt=body.public_exempt,
        ownership_changed=body.ownership_changed,
        staff=None if body.staff is None else _staff(body.staff),
    )


def _staff(body: StaffCount) -> Staff:
    return Staff(
        up_to_10_hours=body.up_to_10_hours,
        up_to_20_hours=body.up_to_20_hours,
        up_to_30_hours=body.up_to_30_hours,
        over_30_hours=body.over_30_hours,
        group_hundredths=int(body.group * 100),
    )


def _figures(body: YearFigures) -> Figures:
    return Figures(
        awu_hundredths=int(body.annual_work_units * 100),
        turnover_cents=body.turnover_cents,
        balance_sheet_cents=body.balance_sheet_cents,
    )
