"""Sign-in: from a password, a refresh token or a service's secret to tokens."""

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.membership.people.domain import Person, email_key
from services.membership.people.store import People
from services.membership.signin.keys import Keyring
from services.membership.signin.limits import Limits
from services.membership.signin.passwords import Passwords
from services.membership.signin.refresh import RefreshTokens
from shared.auth import AUDIENCE, ISSUER
from shared.clock import Clock
from shared.errors import NotFound, Rejected, Unauthenticated

ACCESS_LIFE_S = 600


class WrongCredentials(Rejected):
    status = 401
    en = "E-mail address or password is wrong."
    de = "E-Mail-Adresse oder Passwort ist falsch."


class WrongClient(Rejected):
    status = 401
    en = "The client id or its secret is wrong."
    de = "Die Client-ID oder ihr Geheimnis ist falsch."


@dataclass(frozen=True, slots=True)
class Tokens:
    access: str
    refresh: str


@dataclass(frozen=True, slots=True)
class Issuer:
    """Makes access tokens of `ACCESS_LIFE_S` seconds."""

    keyring: Keyring
    clock: Clock

    def for_person(self, person: Person) -> str:
        grants = [grant.model_dump(mode="json", exclude_none=True) for grant in person.grants]
        return self._sign({"sub": person.id, "kind": "person", "grants": grants})

    def for_service(self, client: str, scopes: tuple[str, ...]) -> str:
        return self._sign({"sub": client, "kind": "service", "scope": " ".join(scopes)})

    def _sign(self, claims: dict[str, Any]) -> str:
        now = int(self.clock().timestamp())
        life = {"iss": ISSUER, "aud": AUDIENCE, "iat": now, "exp": now + ACCESS_LIFE_S}
        return self.keyring.sign({**life, "jti": secrets.token_urlsafe(12), **claims})


async def sign_in(
    email: str,
    password: str,
    *,
    address: str,
    people: People,
    passwords: Passwords,
    limits: Limits,
    refresh: RefreshTokens,
    issuer: Issuer,
) -> Tokens:
    """Errors: `WrongCredentials` 401, the same for an unknown address; `TooManyRequests` 429."""
    await limits.check_address(address)
    subject = email_key(email)
    await limits.guess(subject)
    person = await people.by_email(email)
    hashed = person.password_hash if person is not None and person.may_sign_in else None
    if not await passwords.fits(password, hashed) or person is None:
        await limits.failed_from(address)
        raise WrongCredentials
    await limits.forgive(subject)
    return Tokens(issuer.for_person(person), await refresh.issue(person.id))


async def renew(token: str, *, people: People, refresh: RefreshTokens, issuer: Issuer) -> Tokens:
    """Exchange a refresh token; the grants are read anew. Errors: `Unauthenticated` 401."""
    rotated = await refresh.rotate(token)
    try:
        person = await people.get(rotated.person_id)
    except NotFound:
        raise Unauthenticated from None
    if not person.may_sign_in:
        await refresh.revoke_all(person.id)
        raise Unauthenticated
    return Tokens(issuer.for_person(person), rotated.token)


async def sign_in_service(
    client: str,
    secret: str,
    *,
    address: str,
    clients: Mapping[str, str],
    scopes: Mapping[str, tuple[str, ...]],
    limits: Limits,
    issuer: Issuer,
) -> tuple[str, tuple[str, ...]]:
    """Return a service's access token and its scopes. Errors: `WrongClient` 401, `TooManyRequests` 429."""
    await limits.check_address(f"service:{address}")
    expected = clients.get(client, "")
    right = hmac.compare_digest(expected.encode(), secret.encode())
    if not right or not expected:
        await limits.failed_from(f"service:{address}")
        raise WrongClient
    granted = scopes.get(client, ())
    return issuer.for_service(client, granted), granted
