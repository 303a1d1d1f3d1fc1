"""Routes of sign-in."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.security import HTTPBasic, HTTPBasicCredentials
from pydantic import Field, SecretStr

from services.membership.parts import BASE, Parts, With, refusals
from services.membership.reference import service_scopes
from services.membership.signin import handlers
from services.membership.signin.answers import TokenView, token_view
from services.membership.signin.handlers import ACCESS_LIFE_S, WrongClient
from shared.errors import Forbidden
from shared.web import Body, Caller, View

router = APIRouter(prefix=BASE, tags=["sign-in"])
_basic = HTTPBasic(auto_error=False, description="Client id and secret of a service")


class SignIn(Body):
    email: Annotated[str, Field(min_length=1, max_length=254)]
    password: Annotated[SecretStr, Field(min_length=1, max_length=200)]
    code: Annotated[
        SecretStr | None, Field(max_length=40, description="Of the second factor, or a recovery code")
    ] = None


class RefreshToken(Body):
    refresh_token: Annotated[SecretStr, Field(min_length=1, max_length=200)]


class ServiceTokenView(View):
    access_token: str
    token_type: str = "Bearer"  # noqa: S105  the scheme's name
    expires_in: int = ACCESS_LIFE_S
    scope: str


class KeysView(View):
    keys: list[dict[str, str]]


@router.post("/tokens", operation_id="post_token", summary="Sign in", responses=refusals(429))
async def post_token(body: SignIn, request: Request, parts: With) -> TokenView:
    """The answer is the same, and takes as long, whether the address is unknown or the password wrong.

    Who has a second factor is answered 401 `second-factor-required` until the request carries `code`.
    """
    tokens = await handlers.sign_in(
        body.email,
        body.password.get_secret_value(),
        None if body.code is None else body.code.get_secret_value(),
        address=address_of(request, parts),
        passwords=parts.passwords,
        door=parts.door,
    )
    return token_view(tokens)


@router.post(
    "/tokens/refresh", operation_id="refresh_token", summary="Exchange a refresh token", responses=refusals()
)
async def refresh_token(body: RefreshToken, parts: With) -> TokenView:
    """Each refresh token works once; using it again ends the whole session."""
    token = body.refresh_token.get_secret_value()
    return token_view(await handlers.renew(token, door=parts.door))


@router.post(
    "/tokens/revoke",
    status_code=204,
    operation_id="revoke_token",
    summary="Sign out",
    responses=refusals(),
)
async def revoke_token(body: RefreshToken, parts: With) -> Response:
    """Ends the session of this refresh token; the answer does not tell whether there was one (RFC 7009)."""
    await parts.refresh.revoke(body.refresh_token.get_secret_value())
    return Response(status_code=204)


@router.post(
    "/me/sign-out",
    status_code=204,
    operation_id="sign_out_everywhere",
    summary="Sign out on every device",
    responses=refusals(403),
)
async def sign_out_everywhere(principal: Caller, parts: With) -> Response:
    """Ends every session of the person; an access token in use ends by itself within ten minutes."""
    if principal.kind != "person":
        raise Forbidden
    await parts.refresh.revoke_all(principal.id)
    return Response(status_code=204)


@router.post(
    "/service-tokens",
    operation_id="post_service_token",
    summary="Sign a service in",
    responses=refusals(429),
)
async def post_service_token(
    request: Request,
    credentials: Annotated[HTTPBasicCredentials | None, Depends(_basic)],
    parts: With,
) -> ServiceTokenView:
    """HTTP Basic; the scopes of each client are data."""
    if credentials is None:
        raise WrongClient
    token, scopes = await handlers.sign_in_service(
        credentials.username,
        credentials.password,
        address=address_of(request, parts),
        clients=parts.clients,
        scopes=service_scopes(),
        limits=parts.limits,
        issuer=parts.issuer,
    )
    return ServiceTokenView(access_token=token, scope=" ".join(scopes))


@router.get("/.well-known/jwks.json", operation_id="get_keys", summary="Public keys (RFC 7517)")
async def get_keys(parts: With) -> KeysView:
    """Ed25519 keys that access tokens are signed with; `kid` is the RFC 7638 thumbprint."""
    return KeysView(keys=parts.keyring.jwks())


def address_of(request: Request, parts: Parts) -> str:
    """Return the client's address: the one that our own gateway saw, else the connection's."""
    peer = request.client.host if request.client else "-"
    if peer not in parts.trusted_proxies:
        return peer
    last = request.headers.get("x-forwarded-for", "").rsplit(",", 1)[-1].strip()
    return last or peer
