"""From an access token to a `Principal`. Services verify tokens themselves with membership's public keys.

Tokens are JWTs signed with EdDSA (RFC 8037), at most 15 minutes old. `sub` is a person's or a service's id,
`grants` lists roles, `scope` lists what a service may do.
"""

import asyncio
import time
from typing import Any, Literal, Protocol

import httpx
import jwt
import structlog
from pydantic import BaseModel, ConfigDict, ValidationError

from shared.errors import Failed, Forbidden, Unauthenticated
from shared.ids import NetworkId, OrganisationId
from shared.roles import Grant, Role

log = structlog.get_logger()

__all__ = [
    "ALGORITHM",
    "AUDIENCE",
    "ISSUER",
    "Grant",
    "KeySet",
    "Keys",
    "Principal",
    "Role",
    "Verifier",
    "principal_of",
]

ISSUER = "verbundwerk-membership"
AUDIENCE = "verbundwerk"
ALGORITHM = "EdDSA"
KEYS_TTL_S = 300
KEYS_RETRY_S = 5  # an unknown key id asks membership again, but not more often than this


class _Claims(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Principal(_Claims):
    """Who asks. `id` is a person id, or a service name with `kind` "service"."""

    id: str
    kind: Literal["person", "service"] = "person"
    grants: tuple[Grant, ...] = ()
    scopes: frozenset[str] = frozenset()

    @property
    def is_admin(self) -> bool:
        """Platform administrators may found networks and see technical state, not decide for a company."""
        return any(grant.role is Role.PLATFORM_ADMIN for grant in self.grants)

    def manages(self, network_id: str) -> bool:
        """Whether the person manages this network."""
        return any(g.role is Role.NETWORK_MANAGER and g.network_id == network_id for g in self.grants)

    def acts_for(self, organisation_id: str, role: Role = Role.COMPANY_HR) -> bool:
        """Whether the person acts for this organisation in `role`."""
        return any(g.role is role and g.organisation_id == organisation_id for g in self.grants)

    @property
    def organisations(self) -> frozenset[OrganisationId]:
        """The organisations that the person holds any role for."""
        return frozenset(g.organisation_id for g in self.grants if g.organisation_id)

    @property
    def networks(self) -> frozenset[NetworkId]:
        """The networks that the person holds any role for."""
        return frozenset(g.network_id for g in self.grants if g.network_id)

    def require_scope(self, scope: str) -> None:
        """Let only services with `scope` pass. Errors: `Forbidden` 403."""
        if self.kind != "service" or scope not in self.scopes:
            raise Forbidden


class Keys(Protocol):
    """Where public keys come from: over HTTP, or membership's own."""

    async def key(self, key_id: str) -> jwt.PyJWK:
        """Return the key. Errors: `Unauthenticated` for an unknown id."""


class KeySet:
    """Membership's public keys, fetched when needed and kept for five minutes."""

    def __init__(self, client: httpx.AsyncClient, url: str) -> None:
        self._client = client
        self._url = url
        self._keys: dict[str, jwt.PyJWK] = {}
        self._fetched = float("-inf")
        self._fetching = asyncio.Lock()

    async def key(self, key_id: str) -> jwt.PyJWK:
        """Return the key. Errors: `Unauthenticated` for an unknown id, `Failed` if none could be had."""
        age = time.monotonic() - self._fetched
        if age > KEYS_TTL_S or (key_id not in self._keys and age > KEYS_RETRY_S):
            await self._refresh()
        if key_id not in self._keys:
            raise Unauthenticated
        return self._keys[key_id]

    async def _refresh(self) -> None:
        async with self._fetching:
            if time.monotonic() - self._fetched < KEYS_RETRY_S and self._keys:
                return
            try:
                answer = await self._client.get(self._url, timeout=5)
                answer.raise_for_status()
                found = jwt.PyJWKSet.from_dict(answer.json())
            except (httpx.HTTPError, ValueError, jwt.PyJWTError) as error:
                log.warning("auth.keys_not_reachable", error=type(error).__name__)
                if not self._keys:
                    raise Failed from error
                return  # old keys are better than turning everybody away
            self._keys = {key.key_id: key for key in found.keys if key.key_id}
            self._fetched = time.monotonic()


class Verifier:
    """Turns bearer tokens into principals; remembers a verified token until it expires."""

    _CACHE = 4096

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._known: dict[str, tuple[float, Principal]] = {}

    async def principal(self, token: str) -> Principal:
        """Errors: `Unauthenticated` 401 for anything but a valid token of ours."""
        known = self._known.get(token)
        if known is not None and known[0] > time.time():
            return known[1]
        try:
            header = jwt.get_unverified_header(token)
        except jwt.PyJWTError as error:
            raise Unauthenticated from error
        if header.get("alg") != ALGORITHM or not isinstance(header.get("kid"), str):
            raise Unauthenticated
        key = await self._keys.key(header["kid"])
        try:
            claims = jwt.decode(
                token,
                key,
                algorithms=[ALGORITHM],
                audience=AUDIENCE,
                issuer=ISSUER,
                options={"require": ["exp", "iat", "sub", "aud", "iss"]},
            )
            principal = principal_of(claims)
        except (jwt.PyJWTError, ValidationError) as error:
            raise Unauthenticated from error
        if len(self._known) >= self._CACHE:
            self._known.clear()
        self._known[token] = (float(claims["exp"]), principal)
        return principal


def principal_of(claims: dict[str, Any]) -> Principal:
    """Read the principal out of verified claims. Errors: `ValidationError`."""
    return Principal.model_validate(
        {
            "id": claims["sub"],
            "kind": claims.get("kind", "person"),
            "grants": claims.get("grants", ()),
            "scopes": claims.get("scope", "").split(),
        }
    )
