"""Routes of one's own second factor."""

from typing import Annotated, Literal

import segno
from fastapi import APIRouter
from pydantic import Field, SecretStr

from services.membership.access import require
from services.membership.parts import BASE, Parts, With, refusals
from services.membership.people.domain import Person
from services.membership.secondfactors import handlers
from services.membership.signin.answers import TokenView, token_view
from services.membership.signin.handlers import confirm_password, tokens_of
from shared.auth import Principal
from shared.ids import PersonId, Ref
from shared.web import Body, Caller, View

router = APIRouter(prefix=BASE, tags=["second factor"])

Code = Annotated[SecretStr, Field(min_length=6, max_length=40)]


class Present(Body):
    """The present password, of who has one."""

    present: Annotated[SecretStr, Field(max_length=200)] | None = None


class FreshCode(Body):
    """A code of the authenticator app, or a recovery code."""

    code: Code


class SecondFactorView(View):
    """`required` says that one of the person's roles is withheld without a second factor."""

    state: Literal["off", "pending", "on"]
    required: bool
    recovery_codes_left: int


class EnrolmentView(View):
    """To be scanned (`qr_svg`), opened (`uri`) or typed (`secret`); shown this once."""

    secret: str
    uri: str
    qr_svg: str


class RecoveryCodes(View):
    """Each lets in once; shown this once."""

    recovery_codes: list[str]


class Confirmed(TokenView):
    """The recovery codes, shown this once, and a new session: every other one has ended."""

    recovery_codes: list[str]


@router.get(
    "/me/second-factor",
    operation_id="get_second_factor",
    summary="Is there a second factor?",
    responses=refusals(403),
)
async def get_second_factor(principal: Caller, parts: With) -> SecondFactorView:
    """The person's own."""
    return await _view(await _person(principal, parts), parts)


@router.post(
    "/me/second-factor",
    operation_id="begin_second_factor",
    summary="Begin to set a second factor up",
    responses=refusals(403, 409, 429),
)
async def begin_second_factor(body: Present, principal: Caller, parts: With) -> EnrolmentView:
    """Needs the present password, of who has one. Nothing changes for signing in until a code confirms it."""
    person = await _person(principal, parts)
    if person.password_hash is not None:
        present = body.present.get_secret_value() if body.present else ""
        await confirm_password(person, present, passwords=parts.passwords, limits=parts.limits)
    made = await handlers.begin(person.id, person.email, factors=parts.factors)
    svg = segno.make_qr(made.uri, error="m").svg_inline(scale=4, border=4)
    return EnrolmentView(secret=made.secret, uri=made.uri, qr_svg=svg)


@router.post(
    "/me/second-factor/confirm",
    operation_id="confirm_second_factor",
    summary="Switch the second factor on with a first code",
    responses=refusals(403, 409, 429),
)
async def confirm_second_factor(body: FreshCode, principal: Caller, parts: With) -> Confirmed:
    """Ends every session and begins a new one that has passed the second factor."""
    person = await _person(principal, parts)
    recovery = await handlers.confirm(
        person.id,
        body.code.get_secret_value(),
        factors=parts.factors,
        limits=parts.limits,
        clock=parts.clock,
    )
    await parts.refresh.revoke_all(person.id)
    tokens = await tokens_of(person, ("otp",), door=parts.door)
    return Confirmed(**token_view(tokens).model_dump(), recovery_codes=recovery)


@router.post(
    "/me/second-factor/recovery-codes",
    operation_id="renew_recovery_codes",
    summary="Get new recovery codes; the old ones are void",
    responses=refusals(403, 409, 429),
)
async def renew_recovery_codes(body: FreshCode, principal: Caller, parts: With) -> RecoveryCodes:
    """Needs a fresh code."""
    person = await _person(principal, parts)
    codes = await handlers.renew_recovery(
        person.id,
        body.code.get_secret_value(),
        factors=parts.factors,
        limits=parts.limits,
        clock=parts.clock,
    )
    return RecoveryCodes(recovery_codes=codes)


@router.post(
    "/me/second-factor/disable",
    operation_id="disable_second_factor",
    summary="Switch the second factor off",
    responses=refusals(403, 409, 429),
)
async def disable_second_factor(body: FreshCode, principal: Caller, parts: With) -> SecondFactorView:
    """Needs a fresh code, or a recovery code. Ends every session."""
    person = await _person(principal, parts)
    await handlers.disable(
        person.id,
        body.code.get_secret_value(),
        factors=parts.factors,
        limits=parts.limits,
        clock=parts.clock,
    )
    await parts.refresh.revoke_all(person.id)
    return await _view(person, parts)


@router.post(
    "/people/{person_id}/second-factor/reset",
    operation_id="reset_second_factor",
    summary="Take a lost second factor away",
    responses=refusals(403, 404),
)
async def reset_second_factor(person_id: Ref[PersonId], principal: Caller, parts: With) -> SecondFactorView:
    """Administrators, for who has lost device and recovery codes. Ends every session of the person."""
    require(principal.is_admin)
    person = await parts.people.get(person_id)
    await parts.factors.remove(person.id)
    await parts.refresh.revoke_all(person.id)
    return await _view(person, parts)


async def _person(principal: Principal, parts: Parts) -> Person:
    require(principal.kind == "person")
    return await parts.people.get(principal.id)


async def _view(person: Person, parts: Parts) -> SecondFactorView:
    factor = await parts.factors.of(person.id)
    return SecondFactorView(
        state="off" if factor is None else "on" if factor.on else "pending",
        required=parts.door.requires_factor(person),
        recovery_codes_left=0 if factor is None else factor.recovery_left,
    )
