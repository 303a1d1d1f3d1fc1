"""Who is behind an id: asked of membership and courses when a mail is sent, and forgotten afterwards."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from services.notifications.domain import Audience
from services.notifications.lookups import Posts
from shared.client import Peer, PeerDown
from shared.errors import NotFound
from shared.roles import Role

_MEMBERSHIP = "/api/membership/v1"
_COURSES = "/api/courses/v1"


class Contact(BaseModel):
    """A person who can be told something; never stored."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    person_id: str
    name: str
    email: str
    locale: str = "de"


class _Contacts(BaseModel):
    contacts: tuple[Contact, ...]


class Contacts:
    """Finds recipients. Every method may raise `PeerDown`: another try may cure it."""

    def __init__(self, membership: Posts, courses: Peer) -> None:
        self._membership = membership
        self._courses = courses

    async def recipients(self, notification: Mapping[str, Any]) -> list[Contact]:
        """Return who has to be told; nobody where the person is erased or unknown."""
        organisation_id, audience = notification["organisation_id"], notification["audience"]
        if audience in {Audience.COMPANY_HR, Audience.MEMBER_HR}:
            return await self.company(organisation_id)
        if audience == Audience.NETWORK_MANAGER or (audience == Audience.OWNER and organisation_id is None):
            return await self._lookup(
                {"network_id": notification["network_id"], "role": Role.NETWORK_MANAGER}
            )
        if audience == Audience.OWNER:
            return await self._speakers(organisation_id)
        person_id = await self._participant_id(notification)
        if person_id is None:
            return []
        # With the organisation, membership leaves out whoever does not belong to it: no stranger is mailed.
        return await self._lookup({"person_ids": [person_id], "organisation_id": organisation_id})

    async def company(self, organisation_id: str) -> list[Contact]:
        """Return the HR people of an organisation."""
        return await self._lookup({"organisation_id": organisation_id, "role": Role.COMPANY_HR})

    async def person(self, person_id: str) -> list[Contact]:
        """Return a person's contact; nobody if she is erased or unknown."""
        return await self._lookup({"person_ids": [person_id]})

    async def _speakers(self, organisation_id: str) -> list[Contact]:
        for role in (Role.COMPANY_HR, Role.PROVIDER, Role.ASSOCIATION):
            if found := await self._lookup({"organisation_id": organisation_id, "role": role}):
                return found
        return []

    async def participant_name(self, notification: Mapping[str, Any]) -> str | None:
        """Return the name for a company's own mail, or None: the mail does not wait for it."""
        try:
            person_id = await self._participant_id(notification)
            if person_id is None:
                return None
            found = await self._lookup(
                {"person_ids": [person_id], "organisation_id": notification["organisation_id"]}
            )
        except PeerDown:
            return None
        return found[0].name if found else None

    async def _participant_id(self, notification: Mapping[str, Any]) -> str | None:
        session_id, booking_id = notification["session_id"], notification["booking_id"]
        if booking_id is None:
            return None
        try:
            found = await self._courses.get(
                f"{_COURSES}/sessions/{session_id}/bookings/{booking_id}/participant"
            )
        except NotFound:
            return None
        return str(found["participant_id"]) if found.get("participant_id") else None

    async def _lookup(self, asked: Mapping[str, Any]) -> list[Contact]:
        try:
            answer = await self._membership.post(f"{_MEMBERSHIP}/contacts/lookup", asked)
            return list(_Contacts.model_validate(answer).contacts)
        except NotFound:
            return []
        except ValidationError as error:
            raise PeerDown from error
