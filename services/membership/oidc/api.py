"""Routes of signing in through an OpenID Connect provider."""

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import Field, SecretStr

from services.membership.oidc import handlers
from services.membership.oidc.handlers import Back
from services.membership.parts import BASE, With, refusals
from services.membership.signin.answers import TokenView, token_view
from services.membership.signin.api import address_of
from shared.web import Body, View

router = APIRouter(prefix=BASE, tags=["sign-in"])

BEGUN_PER_CLIENT, BEGUN_WINDOW_S = 60, 900  # [P]


class SignInMethods(View):
    """How people may sign in here; `provider` is what the button of the OpenID Connect provider says."""

    password: bool = True
    link: bool = True
    provider: str | None = None


class BegunView(View):
    """Send the browser to `authorization_url`; keep `flow` in it, to finish with."""

    authorization_url: str
    flow: str


class Finish(Body):
    """`state` and `code` as the provider sent them back, `flow` of this browser; `second_factor`, if asked for."""

    state: Annotated[str, Field(min_length=1, max_length=200)]
    code: Annotated[SecretStr, Field(min_length=1, max_length=4000)]
    flow: Annotated[SecretStr, Field(min_length=1, max_length=200)]
    second_factor: Annotated[SecretStr, Field(max_length=40)] | None = None


@router.get(
    "/sign-in-methods",
    operation_id="get_sign_in_methods",
    summary="How to sign in here",
    responses=refusals(),
)
async def get_sign_in_methods(parts: With) -> SignInMethods:
    """For everybody, before signing in."""
    return SignInMethods(provider=None if parts.oidc.provider is None else parts.oidc.label)


@router.post(
    "/oidc/begin",
    operation_id="begin_oidc",
    summary="Begin to sign in through the provider",
    responses=refusals(404, 429),
)
async def begin_oidc(request: Request, parts: With) -> BegunView:
    """Authorization code with PKCE, state and nonce (RFC 6749, RFC 7636, OpenID Connect Core 1.0)."""
    limits = parts.limits
    await limits.call("oidc", address_of(request, parts), limit=BEGUN_PER_CLIENT, window_s=BEGUN_WINDOW_S)
    url, begun = await handlers.begin(parts.oidc)
    return BegunView(authorization_url=url, flow=begun.flow)


@router.post(
    "/oidc/finish",
    operation_id="finish_oidc",
    summary="Sign in with what the provider sent back",
    responses=refusals(403, 404, 429),
)
async def finish_oidc(body: Finish, request: Request, parts: With) -> TokenView:
    """By the provider's subject, the first time by its verified address; the person has to exist here.

    Who has a second factor that the provider did not ask for is answered 401 `second-factor-required`, once more with
    `second_factor` then.
    """
    second = None if body.second_factor is None else body.second_factor.get_secret_value()
    back = Back(body.state, body.flow.get_secret_value(), body.code.get_secret_value(), second)
    tokens = await handlers.finish(back, address=address_of(request, parts), oidc=parts.oidc, door=parts.door)
    return token_view(tokens)
