"""Routes of the de-minimis ledger."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from services.membership.access import keeper_of
from services.membership.aid import domain, handlers, views
from services.membership.aid.domain import AidGrant, AidLedger, Instrument, LegalBasis
from services.membership.aid.handlers import ZONE
from services.membership.aid.store import ledger_id
from services.membership.aid.views import LedgerView
from services.membership.answers import answered
from services.membership.organisations.store import linked_with
from services.membership.parts import BASE, Parts, With, refusals
from services.membership.reference import aid_ceilings
from shared.clock import epoch_ms
from shared.errors import NotFound
from shared.ids import OrganisationId, Ref
from shared.text import Name
from shared.web import Body, Caller, Commanded

router = APIRouter(prefix=f"{BASE}/organisations/{{organisation_id}}", tags=["de-minimis"])

Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2199, 12, 31))]


class NewAidGrant(Body):
    """`granted_on` is the day on which the legal right was given; the amount is the gross grant equivalent."""

    amount_cents: Annotated[int, Field(strict=True, ge=1, le=10**11)]
    granted_on: Day
    legal_basis: LegalBasis = LegalBasis.DE_MINIMIS_2023_2831
    instrument: Instrument = Instrument.GRANT
    giver: Name
    reference: Annotated[Name, Field(max_length=60)] | None = None


@router.get(
    "/aid", operation_id="get_aid", summary="Read the de-minimis ledger", responses=refusals(403, 404)
)
async def get_aid(
    organisation_id: Ref[OrganisationId],
    principal: Caller,
    parts: With,
    on: Annotated[Day | None, Query(description="Standing on this day; today if missing")] = None,
) -> LedgerView:
    """The organisation itself, its registrar, managers of its networks, administrators."""
    await keeper_of(principal, organisation_id, parts)
    return await _shown(organisation_id, parts, on)


@router.post(
    "/aid-grants",
    status_code=201,
    operation_id="post_aid_grant",
    summary="Record a de-minimis grant",
    responses=refusals(403, 404, 409),
)
async def post_aid_grant(
    organisation_id: Ref[OrganisationId], body: NewAidGrant, command: Commanded, parts: With
) -> LedgerView:
    """Refused if any three years that hold it would hold more than the ceiling, linked enterprises included."""
    await keeper_of(command.principal, organisation_id, parts)
    new = AidGrant(
        id=command.id_for("aid-grant"),
        amount_cents=body.amount_cents,
        granted_on=body.granted_on,
        legal_basis=body.legal_basis,
        instrument=body.instrument,
        giver=body.giver,
        reference=body.reference,
        recorded_ms=epoch_ms(parts.clock()),
    )
    outcome = await handlers.record_grant(
        organisation_id,
        new,
        await linked_with(parts.organisations.collection, organisation_id),
        cause=command.cause,
        ledgers=parts.aid,
        table=aid_ceilings(),
        clock=parts.clock,
    )
    return await _shown(organisation_id, parts, None, answered(outcome, AidLedger))


@router.post(
    "/aid-grants/{grant_id}/withdraw",
    operation_id="withdraw_aid_grant",
    summary="Take a de-minimis grant out of the count",
    responses=refusals(403, 404),
)
async def withdraw_aid_grant(
    organisation_id: Ref[OrganisationId], grant_id: Ref[str], command: Commanded, parts: With
) -> LedgerView:
    """Because it was revoked or recorded wrongly; it stays in the ledger as withdrawn."""
    await keeper_of(command.principal, organisation_id, parts)
    outcome = await handlers.withdraw_grant(organisation_id, grant_id, cause=command.cause, ledgers=parts.aid)
    return await _shown(organisation_id, parts, None, answered(outcome, AidLedger))


async def _shown(
    organisation_id: str, parts: Parts, on: date | None, ledger: AidLedger | None = None
) -> LedgerView:
    if ledger is None:
        try:
            ledger = await parts.aid.get(ledger_id(organisation_id))
        except NotFound:
            ledger = None
    linked = await linked_with(parts.organisations.collection, organisation_id)
    others = await handlers.counted(linked, parts.aid)
    day = on or parts.clock().astimezone(ZONE).date()
    own = ledger.counted if ledger else ()
    whole = domain.standing([*own, *others], aid_ceilings(), day)
    of_linked = domain.standing(others, aid_ceilings(), day).used_cents
    return views.view_of(organisation_id, ledger.grants if ledger else (), whole, of_linked)
