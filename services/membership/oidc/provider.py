"""One OpenID Connect provider: discovery, authorization code with PKCE, ID tokens verified with its keys."""

import asyncio
import hmac
import time
from dataclasses import dataclass
from typing import Any

import httpx
import jwt
import structlog
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError

from services.membership.oidc.domain import Claims, FlowVoid, ProviderDown

log = structlog.get_logger()

TIMEOUT_S = 5
KEPT_S = 600  # discovery document and keys
# Asymmetric only: with an HMAC everybody who knows the client secret could write ID tokens.
ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")
SCOPE = "openid email"
LEEWAY_S = 30


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    issuer: str
    client_id: str
    client_secret: SecretStr | None
    redirect_uri: str


class _Metadata(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str


class Provider:
    """Talks to the provider; keeps its discovery document and keys for ten minutes."""

    def __init__(self, settings: ProviderSettings) -> None:
        self._settings = settings
        self._known: tuple[_Metadata, jwt.PyJWKSet] | None = None
        self._asked = float("-inf")
        self._asking = asyncio.Lock()

    @property
    def issuer(self) -> str:
        return self._settings.issuer

    async def authorization_url(self, state: str, nonce: str, verifier: str) -> str:
        """Return where the browser goes. Errors: `ProviderDown` 503."""
        metadata, _ = await self._metadata()
        async with self._client() as client:
            url, _ = client.create_authorization_url(
                metadata.authorization_endpoint, state=state, nonce=nonce, code_verifier=verifier
            )
        return str(url)

    async def claims(self, code: str, nonce: str, verifier: str) -> Claims:
        """Exchange the code and verify the ID token. Errors: `FlowVoid` 401, `ProviderDown` 503."""
        metadata, _ = await self._metadata()
        try:
            async with self._client() as client:
                answer = await client.fetch_token(
                    metadata.token_endpoint,
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=verifier,
                )
        except OAuthError as error:
            log.info("oidc.code_refused", error=error.error)
            raise FlowVoid from None
        except (httpx.HTTPError, ValueError) as error:
            raise ProviderDown from error
        return await self._verified(str(answer.get("id_token", "")), nonce)

    async def _verified(self, token: str, nonce: str) -> Claims:
        try:
            key = await self._key(jwt.get_unverified_header(token).get("kid"))
            found = jwt.decode(
                token,
                key,
                algorithms=ALGORITHMS,
                audience=self._settings.client_id,
                issuer=self.issuer,
                leeway=LEEWAY_S,
                options={"require": ["exp", "iat", "sub", "aud", "iss", "nonce"]},
            )
        except jwt.PyJWTError as error:
            log.warning("oidc.token_refused", error=type(error).__name__)
            raise FlowVoid from None
        azp = found.get("azp", self._settings.client_id)
        if azp != self._settings.client_id or not hmac.compare_digest(str(found["nonce"]), nonce):
            raise FlowVoid
        verified = found.get("email_verified") is True and isinstance(found.get("email"), str)
        methods = found.get("amr", ())
        return Claims(
            subject=found["sub"],
            email=found["email"] if verified else None,
            methods=tuple(str(one) for one in methods) if isinstance(methods, list) else (),
        )

    async def _key(self, key_id: str | None) -> jwt.PyJWK:
        for fresh in (False, True):
            _, keys = await self._metadata(fresh=fresh)
            fitting = [one for one in keys.keys if key_id is None or one.key_id == key_id]
            if fitting:
                return fitting[0]
        raise FlowVoid

    async def _metadata(self, *, fresh: bool = False) -> tuple[_Metadata, jwt.PyJWKSet]:
        async with self._asking:
            age = time.monotonic() - self._asked
            if self._known is None or age > KEPT_S or (fresh and age > 1):
                self._known = await self._fetch()
                self._asked = time.monotonic()
            return self._known

    async def _fetch(self) -> tuple[_Metadata, jwt.PyJWKSet]:
        try:
            async with httpx.AsyncClient(timeout=TIMEOUT_S) as http:
                url = self.issuer.rstrip("/") + "/.well-known/openid-configuration"
                metadata = _Metadata.model_validate(await _json(http, url))
                keys = jwt.PyJWKSet.from_dict(await _json(http, metadata.jwks_uri))
        except (httpx.HTTPError, ValueError, ValidationError, jwt.PyJWTError) as error:
            log.warning("oidc.provider_not_usable", error=type(error).__name__)
            raise ProviderDown from error
        if metadata.issuer != self.issuer:  # OpenID Connect Discovery 1.0, section 4.3
            log.warning("oidc.provider_not_usable", error="other-issuer")
            raise ProviderDown
        return metadata, keys

    def _client(self) -> AsyncOAuth2Client:
        secret = self._settings.client_secret
        return AsyncOAuth2Client(
            self._settings.client_id,
            None if secret is None else secret.get_secret_value(),
            token_endpoint_auth_method="none" if secret is None else "client_secret_basic",
            redirect_uri=self._settings.redirect_uri,
            scope=SCOPE,
            code_challenge_method="S256",
            timeout=TIMEOUT_S,
        )


async def _json(http: httpx.AsyncClient, url: str) -> Any:
    answer = await http.get(url)
    answer.raise_for_status()
    return answer.json()
