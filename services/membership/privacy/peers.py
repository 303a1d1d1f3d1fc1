"""The other services' answers to "what do you hold about this person?", asked with a token of our own making."""

from typing import Any

import httpx

from services.membership.signin.handlers import Issuer
from shared.client import Peer

SCOPE = "people:read"
CLIENT = "membership"
MOST_PAGES = 200


class OwnPeer(Peer):
    """Another service, called by the one that signs the tokens."""

    def __init__(self, http: httpx.AsyncClient, base_url: str, issuer: Issuer) -> None:
        super().__init__(http, base_url, token_url="", client_id=CLIENT, secret=None)
        self._issuer = issuer

    async def _access_token(self) -> str:
        return self._issuer.for_service(CLIENT, (SCOPE,))


class Elsewhere:
    """What courses and notifications hold about a person."""

    def __init__(self, courses: Peer, notifications: Peer) -> None:
        self._courses = courses
        self._notifications = notifications

    async def bookings(self, person_id: str) -> list[dict[str, Any]]:
        """Return the person's bookings. Errors: `PeerDown` 503."""
        answer = await self._courses.get(f"/api/courses/v1/people/{person_id}/bookings")
        return list(answer["items"])

    async def traces(self, person_id: str) -> list[dict[str, Any]]:
        """Return whatever else they hold, each with the service's name. Errors: `PeerDown` 503."""
        found: list[dict[str, Any]] = []
        for service, peer in (("courses", self._courses), ("notifications", self._notifications)):
            answer = await peer.get(f"/api/{service}/v1/people/{person_id}/traces")
            found += [{"service": service, **one} for one in answer["items"]]
        return found

    async def messages(self, person_id: str) -> list[dict[str, Any]]:
        """Return all of the person's messages, newest first. Errors: `PeerDown` 503."""
        found: list[dict[str, Any]] = []
        cursor: str | None = None
        for _ in range(MOST_PAGES):
            params = {"limit": "200", **({"cursor": cursor} if cursor else {})}
            page = await self._notifications.get(f"/api/notifications/v1/people/{person_id}/inbox", params)
            found += page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        return found


def elsewhere(http: httpx.AsyncClient, courses_url: str, notifications_url: str, issuer: Issuer) -> Elsewhere:
    """Return the other services at these addresses."""
    return Elsewhere(OwnPeer(http, courses_url, issuer), OwnPeer(http, notifications_url, issuer))
