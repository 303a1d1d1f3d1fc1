"""Sign-in: from a password, a refresh token or a service's secret to tokens."""

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.membership.people.domain import Person, PersonStatus, WrongPassword, email_key
from services.membership.people.store import People
from services.membership.secondfactors import handlers as second
from services.membership.secondfactors.domain import WrongCode
from services.membership.secondfactors.store import SecondFactors
from services.membership.signin.keys import Keyring
from services.membership.signin.limits import Limits
from services.membership.signin.passwords import Passwords
from services.membership.signin.refresh import RefreshTokens
from shared.auth import AUDIENCE, ISSUER
from shared.clock import Clock
from shared.errors import NotFound, Rejected, Unauthenticated
from shared.roles import Role

ACCESS_LIFE_S = 600
# Values of `amr` that stand for a second factor: ours, and what an OpenID Connect provider vouches for (RFC 8176).
SECOND_FACTORS = frozenset({"otp", "mfa"})


class WrongCredentials(Rejected):
    status = 401
    en = "E-mail address or password is wrong."
    de = "E-Mail-Adresse oder Passwort ist falsch."


class WrongClient(Rejected):
    status = 401
    challenge = 'Basic realm="services", charset="UTF-8"'
    en = "The client id or its secret is wrong."
    de = "Die Client-ID oder ihr Geheimnis ist falsch."


@dataclass(frozen=True, slots=True)
class Tokens:
    """`factor_missing`: the roles are withheld until a second factor is set up."""

    access: str
    refresh: str
    factor_missing: bool = False


@dataclass(frozen=True, slots=True)
class Issuer:
    """Makes access tokens of `ACCESS_LIFE_S` seconds."""

    keyring: Keyring
    clock: Clock

    def for_person(self, person: Person, methods: tuple[str, ...] = ()) -> str:
        """`methods` say how the person signed in (claim `amr`, RFC 8176)."""
        grants = [grant.model_dump(mode="json", exclude_none=True) for grant in person.grants]
        return self._sign({"sub": person.id, "kind": "person", "grants": grants, "amr": list(methods)})

    def for_service(self, client: str, scopes: tuple[str, ...]) -> str:
        return self._sign({"sub": client, "kind": "service", "scope": " ".join(scopes)})

    def _sign(self, claims: dict[str, Any]) -> str:
        now = int(self.clock().timestamp())
        life = {"iss": ISSUER, "aud": AUDIENCE, "iat": now, "exp": now + ACCESS_LIFE_S}
        return self.keyring.sign({**life, "jti": secrets.token_urlsafe(12), **claims})


@dataclass(frozen=True, slots=True)
class Door:
    """What everybody has to pass who signs in, by whatever means."""

    people: People
    limits: Limits
    refresh: RefreshTokens
    issuer: Issuer
    factors: SecondFactors
    required_for: frozenset[Role]
    clock: Clock

    def requires_factor(self, person: Person) -> bool:
        """Whether one of the person's roles is withheld without a second factor."""
        return any(grant.role in self.required_for for grant in person.grants)


async def sign_in(
    email: str, password: str, code: str | None, *, address: str, passwords: Passwords, door: Door
) -> Tokens:
    """Errors: `WrongCredentials` 401, the same for an unknown address; `TooManyRequests` 429; see `let_in`."""
    await door.limits.check_address(address)
    subject = email_key(email)
    await door.limits.guess(subject)
    person = await door.people.by_email(email)
    hashed = person.password_hash if person is not None and person.may_sign_in else None
    if not await passwords.fits(password, hashed) or person is None:
        await door.limits.failed_from(address)
        raise WrongCredentials
    await door.limits.forgive(subject)
    return await let_in(person, "pwd", code, address=address, door=door)


async def let_in(person: Person, by: str, code: str | None, *, address: str, door: Door) -> Tokens:
    """Ask for the second factor, if there is one, and begin a session.

    `by` names the first factor (RFC 8176: pwd; ours: link, oidc).
    Errors: `SecondFactorRequired`, `WrongCode` 401, `TooManyRequests` 429.
    """
    try:
        passed = await second.require(
            person.id, code, factors=door.factors, limits=door.limits, clock=door.clock
        )
    except WrongCode:
        await door.limits.failed_from(address)
        raise
    return await tokens_of(person, (by, "otp") if passed else (by,), door=door)


async def tokens_of(person: Person, methods: tuple[str, ...], *, door: Door) -> Tokens:
    """Begin a session of somebody who has been let in by these methods."""
    return _tokens(person, await door.refresh.issue(person.id, methods), methods, door)


async def renew(token: str, *, door: Door) -> Tokens:
    """Exchange a refresh token; the grants are read anew. Errors: `Unauthenticated` 401."""
    rotated = await door.refresh.rotate(token)
    try:
        person = await door.people.get(rotated.person_id)
    except NotFound:
        raise Unauthenticated from None
    if person.status is PersonStatus.DEACTIVATED:
        await door.refresh.revoke_all(person.id)
        raise Unauthenticated
    return _tokens(person, rotated.token, rotated.methods, door)


def _tokens(person: Person, refresh: str, methods: tuple[str, ...], door: Door) -> Tokens:
    missing = door.requires_factor(person) and not SECOND_FACTORS & set(methods)
    shown = person.model_copy(update={"grants": ()}) if missing else person
    return Tokens(door.issuer.for_person(shown, methods), refresh, missing)


async def confirm_password(person: Person, present: str, *, passwords: Passwords, limits: Limits) -> None:
    """Ask somebody who is signed in for the password. Errors: `WrongPassword` 403, `TooManyRequests` 429."""
    subject = f"password:{person.id}"
    await limits.guess(subject)
    if not await passwords.fits(present, person.password_hash):
        raise WrongPassword(pointer="#/present")
    await limits.forgive(subject)


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
