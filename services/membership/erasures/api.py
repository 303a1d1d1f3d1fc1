"""Routes of erasures (Art. 17 GDPR)."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from services.membership.access import require
from services.membership.erasures import handlers, store, views
from services.membership.erasures.domain import Erasure, ErasureReason, ErasureState
from services.membership.erasures.views import ErasureView
from services.membership.parts import BASE, Parts, With, refusals
from services.membership.people.domain import Person
from services.membership.privacy.rights import asks_for_erasure
from shared.auth import Principal
from shared.clock import epoch_ms
from shared.errors import NotFound, WrongState
from shared.ids import ErasureId, PersonId, Ref
from shared.web import Body, Caller, Command, Commanded, Page, Paged, View

router = APIRouter(prefix=BASE, tags=["privacy"])

COOLING_OFF_H = 72  # [P] a request can be withdrawn until then; nothing brings an erased person back
MOST_WAIT_H = 28 * 24  # within the month of Art. 12(3) GDPR


class NewErasure(Body):
    """Why, and in how many hours it starts; 0 starts it at once."""

    reason: ErasureReason = ErasureReason.ASKED_BY_PERSON
    wait_hours: Annotated[int, Field(strict=True, ge=0, le=MOST_WAIT_H)] = COOLING_OFF_H


class ErasedPerson(View):
    """Behind which id the person stood."""

    person_id: str


@router.post(
    "/me/erasure",
    status_code=202,
    operation_id="request_own_erasure",
    summary="Erase me from every service",
    responses=refusals(403, 404, 409),
)
async def request_own_erasure(body: NewErasure, command: Commanded, parts: With) -> ErasureView:
    """The person of the access token. It cannot be undone once it has started; bookings lose their person."""
    require(command.principal.kind == "person")
    person = await parts.people.get(command.principal.id)
    return await _request(person, "self", body, body.wait_hours, command, parts)


@router.get(
    "/me/erasures",
    operation_id="get_own_erasures",
    summary="Requests to erase me",
    responses=refusals(403),
)
async def get_own_erasures(principal: Caller, paging: Paged, parts: With) -> Page[ErasureView]:
    """The person of the access token; none or one."""
    require(principal.kind == "person")
    where = {"_id": store.erasure_id(principal.id)}
    return await views.erasures_where(parts.erasures.collection, where, paging, parts.clock)


@router.post(
    "/me/erasure/withdraw",
    operation_id="withdraw_own_erasure",
    summary="Do not erase me after all",
    responses=refusals(403, 409),
)
async def withdraw_own_erasure(command: Commanded, parts: With) -> ErasureView:
    """The person of the access token, until it starts, whoever asked."""
    require(command.principal.kind == "person")
    try:
        after = await handlers.withdraw_erasure(
            store.erasure_id(command.principal.id), cause=command.cause, erasures=parts.erasures
        )
    except NotFound:
        raise WrongState(kind="erasure", state="not_requested") from None
    return _view(after, parts)


@router.post(
    "/people/{person_id}/erasure",
    status_code=202,
    operation_id="request_erasure",
    summary="Erase a person from every service",
    responses=refusals(404, 409),
)
async def request_erasure(
    person_id: Ref[PersonId], body: NewErasure, command: Commanded, parts: With
) -> ErasureView:
    """Administrators; the personnel department if all roles of the person are in its organisation.

    Managers, if all of them are in members of his networks: then it starts after three days at the earliest, so
    that the company can withdraw it. Bookings keep their figures and lose their person.
    """
    person = await parts.people.get(person_id)
    asked_by = await asks_for_erasure(command.principal, person, parts)
    wait_h = max(body.wait_hours, COOLING_OFF_H) if asked_by == "manager" else body.wait_hours
    return await _request(person, asked_by, body, wait_h, command, parts)


@router.post(
    "/erasures/{erasure_id}/withdraw",
    operation_id="withdraw_erasure",
    summary="Take a request for erasure back",
    responses=refusals(404, 409),
)
async def withdraw_erasure(erasure_id: Ref[ErasureId], command: Commanded, parts: With) -> ErasureView:
    """Whoever may ask for it, until it starts."""
    erasure = await parts.erasures.get(erasure_id)
    if erasure.person_id is None:
        raise NotFound(kind="erasure")
    try:
        person = await parts.people.get(erasure.person_id)
    except NotFound:
        if not _may_see(command.principal, erasure):
            raise NotFound(kind="erasure") from None
        raise WrongState(kind="erasure", state=erasure.status.value) from None
    await asks_for_erasure(command.principal, person, parts)
    after = await handlers.withdraw_erasure(erasure_id, cause=command.cause, erasures=parts.erasures)
    return _view(after, parts)


@router.get(
    "/erasures/{erasure_id}",
    operation_id="get_erasure",
    summary="How far an erasure is",
    responses=refusals(404),
)
async def get_erasure(erasure_id: Ref[ErasureId], principal: Caller, parts: With) -> ErasureView:
    """Her personnel department, administrators."""
    erasure = await parts.erasures.get(erasure_id)
    if not _may_see(principal, erasure):
        raise NotFound(kind="erasure")
    return _view(erasure, parts)


@router.get(
    "/erasures", operation_id="get_erasures", summary="List erasures, newest first", responses=refusals(403)
)
async def get_erasures(
    principal: Caller,
    paging: Paged,
    parts: With,
    status: Annotated[ErasureState | None, Query(description="Only those in this state")] = None,
) -> Page[ErasureView]:
    """Administrators all; personnel departments those of their own people. `stuck` asks for a person to look."""
    where: dict[str, object] = {} if status is None else {"state.status": status.value}
    if not principal.is_admin:
        own = [one for one in principal.organisations if principal.acts_for(one)]
        require(bool(own))
        where["organisation_ids"] = {"$in": own}
    return await views.erasures_where(parts.erasures.collection, where, paging, parts.clock)


@router.get(
    "/erasures/{erasure_id}/person",
    operation_id="get_erased_person",
    summary="Behind which id an erased person stood (services)",
    responses=refusals(403, 404),
)
async def get_erased_person(erasure_id: Ref[ErasureId], principal: Caller, parts: With) -> ErasedPerson:
    """Services with `erasures:read`, from the fan-out until the last confirmation; 404 before and after."""
    principal.require_scope("erasures:read")
    erasure = await parts.erasures.get(erasure_id)
    if erasure.status is not ErasureState.ERASING or erasure.person_id is None:
        raise NotFound(kind="erasure")
    return ErasedPerson(person_id=erasure.person_id)


def _may_see(principal: Principal, erasure: Erasure) -> bool:
    return principal.is_admin or any(principal.acts_for(one) for one in erasure.organisation_ids)


async def _request(
    person: Person, asked_by: str, body: NewErasure, wait_h: int, command: Command, parts: Parts
) -> ErasureView:
    outcome = await handlers.request_erasure(
        person,
        asked_by=asked_by,
        reason=body.reason,
        wait_h=wait_h,
        cause=command.cause,
        erasures=parts.erasures,
        people=parts.people,
        clock=parts.clock,
    )
    return _view(outcome.state, parts)


def _view(erasure: Erasure, parts: Parts) -> ErasureView:
    return views.view_of(erasure, epoch_ms(parts.clock()))
