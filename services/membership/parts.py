"""What the routes work with, put together in main and found in the app's state."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from services.membership.aid.domain import AidLedger
from services.membership.erasures.domain import Erasure
from services.membership.imports.store import Imports
from services.membership.letters.handlers import Post
from services.membership.memberships.domain import Membership
from services.membership.networks.domain import Network
from services.membership.oidc.handlers import Oidc
from services.membership.organisations.domain import Organisation
from services.membership.people.store import People
from services.membership.privacy.accesses import AccessLog
from services.membership.privacy.peers import Elsewhere
from services.membership.prospects.store import Prospects
from services.membership.secondfactors.store import SecondFactors
from services.membership.signin.handlers import Door, Issuer
from services.membership.signin.keys import Keyring
from services.membership.signin.limits import Limits
from services.membership.signin.passwords import Passwords
from services.membership.signin.refresh import RefreshTokens
from shared.clock import Clock
from shared.mongo import Collection
from shared.store import Aggregates
from shared.web import ProblemDocument

BASE = "/api/membership/v1"


@dataclass(frozen=True)
class Parts:
    """The stores and tools of the api process."""

    networks: Aggregates[Network]
    organisations: Aggregates[Organisation]
    memberships: Aggregates[Membership]
    aid: Aggregates[AidLedger]
    imports: Imports
    prospects: Prospects
    people: People
    passwords: Passwords
    refresh: RefreshTokens
    limits: Limits
    accesses: AccessLog
    audit: Collection
    own_documents: Mapping[str, Collection]
    erasures: Aggregates[Erasure]
    elsewhere: Elsewhere
    keyring: Keyring
    factors: SecondFactors
    door: Door
    post: Post
    oidc: Oidc
    clients: Mapping[str, str]
    trusted_proxies: frozenset[str]
    public_url: str
    clock: Clock

    @property
    def issuer(self) -> Issuer:
        return self.door.issuer


def _parts(request: Request) -> Parts:
    parts: Parts = request.app.state.parts
    return parts


With = Annotated[Parts, Depends(_parts)]

_MEANINGS = {
    400: "The body is not JSON.",
    401: "No valid access token.",
    403: "The role does not allow it.",
    404: "It does not exist, or the caller may not see it.",
    409: "Not possible in the present state.",
    413: "The body is over 1 MiB.",
    422: "A value breaks a rule; `errors` points to it.",
    429: "Too many tries; `Retry-After` says when to come back.",
    503: "Repeat with the same Idempotency-Key.",
}


def refusals(*statuses: int) -> dict[int | str, dict[str, object]]:
    """Return the error answers of a route for OpenAPI; 401, 422 and 503 belong to every one."""
    return {
        status: {"model": ProblemDocument, "description": _MEANINGS[status]}
        for status in sorted({401, 422, 503, *statuses})
    }
