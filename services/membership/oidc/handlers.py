"""Begin a sign-in at the provider, and let in who comes back."""

from dataclasses import dataclass

from services.membership.oidc.domain import (
    Claims,
    FlowVoid,
    NobodyBehindIt,
    ProviderUnset,
    passed_second_factor,
)
from services.membership.oidc.provider import Provider
from services.membership.oidc.store import Begun, Flows, Identities
from services.membership.people.domain import Person, PersonStatus
from services.membership.people.store import People
from services.membership.signin.handlers import Door, Tokens, let_in, tokens_of
from shared.errors import NotFound


@dataclass(frozen=True, slots=True)
class Oidc:
    """Everything this way of signing in needs; without a provider it is off."""

    provider: Provider | None
    label: str
    second_factor_trusted: bool
    flows: Flows
    identities: Identities

    def configured(self) -> Provider:
        """Errors: `ProviderUnset` 404."""
        if self.provider is None:
            raise ProviderUnset
        return self.provider


@dataclass(frozen=True, slots=True)
class Back:
    """What the browser brings back from the provider, and its own secret of the sign-in."""

    state: str
    flow: str
    code: str
    second: str | None


async def begin(oidc: Oidc) -> tuple[str, Begun]:
    """Return where the browser goes. Errors: `ProviderUnset` 404, `ProviderDown` 503."""
    provider = oidc.configured()
    begun = await oidc.flows.begin()
    return await provider.authorization_url(begun.state, begun.nonce, begun.verifier), begun


async def finish(back: Back, *, address: str, oidc: Oidc, door: Door) -> Tokens:
    """Let in whom the provider vouches for. A missing second factor may follow with the same `state` and `flow`.

    Errors: `FlowVoid`, `SecondFactorRequired`, `WrongCode` 401, `NobodyBehindIt` 403, `ProviderDown` 503.
    """
    provider = oidc.configured()
    await door.limits.check_address(address)
    found = await oidc.flows.find(back.state, back.flow)
    if found is None or (found["person_id"] is None and not await oidc.flows.exchange(back.state)):
        await door.limits.failed_from(address)
        raise FlowVoid
    if found["person_id"] is None:
        claims = await provider.claims(back.code, found["nonce"], found["verifier"])
        person = await _person(claims, provider.issuer, oidc.identities, door.people)
        vouched = passed_second_factor(claims.methods, trusted=oidc.second_factor_trusted)
        await oidc.flows.keep(back.state, person.id, vouched=vouched)
    else:
        person, vouched = await door.people.get(found["person_id"]), found["vouched"]
    if person.status is PersonStatus.DEACTIVATED:
        raise NobodyBehindIt
    tokens = (
        await tokens_of(person, ("oidc", "mfa"), door=door)
        if vouched
        else await let_in(person, "oidc", back.second, address=address, door=door)
    )
    await oidc.flows.end(back.state)
    if person.status is PersonStatus.INVITED:
        await door.people.replace(person.id, status=PersonStatus.ACTIVE)
    return tokens


async def _person(claims: Claims, issuer: str, identities: Identities, people: People) -> Person:
    """Find by subject, the first time by verified address. Errors: `NobodyBehindIt` 403."""
    known = await identities.person_of(issuer, claims.subject)
    if known is not None:
        try:
            return await people.get(known)
        except NotFound:
            raise NobodyBehindIt from None
    person = None if claims.email is None else await people.by_email(claims.email)
    if person is None or person.status is PersonStatus.DEACTIVATED:
        raise NobodyBehindIt
    if not await identities.connect(issuer, claims.subject, person.id):
        raise NobodyBehindIt
    return person
