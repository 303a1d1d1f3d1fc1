"""Signing in through an OpenID Connect provider: what it says of a person, and what can go wrong. Pure."""

from collections.abc import Iterable

from shared.errors import Failed, Rejected
from shared.events.envelope import Value

# RFC 8176 values by which a provider says that it asked for more than one factor.
PROVIDER_SECOND_FACTORS = frozenset({"mfa", "otp", "hwk", "swk", "sc"})


class ProviderUnset(Rejected):
    status = 404
    en = "Signing in through another provider is not set up here."
    de = "Die Anmeldung über einen anderen Anbieter ist hier nicht eingerichtet."


class FlowVoid(Rejected):
    """One answer for a sign-in that was not begun here, took too long, was used, or that the provider refuses."""

    status = 401
    en = "This sign-in is not valid any more. Please begin anew."
    de = "Diese Anmeldung ist nicht mehr gültig. Bitte beginnen Sie neu."


class NobodyBehindIt(Rejected):
    """Told only to somebody whom the provider has let in, so that it gives no address away."""

    status = 403
    en = "Nobody here belongs to this account. Ask those who look after your access."
    de = "Zu diesem Konto gehört hier niemand. Fragen Sie die Stelle, die Ihren Zugang betreut."


class ProviderDown(Failed):
    """The provider does not answer, or not as OpenID Connect Discovery says."""

    retry_after_s = 5


class Claims(Value):
    """What a verified ID token says; `email` only where the provider has verified it."""

    subject: str
    email: str | None = None
    methods: tuple[str, ...] = ()


def passed_second_factor(methods: Iterable[str], *, trusted: bool) -> bool:
    """Whether the provider vouches for a second factor; `trusted`: the operator vouches for the provider."""
    return trusted or bool(PROVIDER_SECOND_FACTORS & set(methods))
