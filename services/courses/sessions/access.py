"""Who may see a session, and for whom they may book."""

from services.courses.memberships.access import companies_of, require_manager, require_sight
from services.courses.memberships.store import Memberships
from services.courses.sessions.domain import Session
from services.courses.sessions.store import Sessions
from shared.auth import Principal
from shared.errors import NotFound
from shared.ids import BookingId


class Access:
    """Lets pass or refuses; a session is confidential, so strangers get 404."""

    def __init__(self, sessions: Sessions, memberships: Memberships) -> None:
        self._sessions = sessions
        self._memberships = memberships

    async def manager(self, principal: Principal, session_id: str) -> None:
        """Let the network's managers pass. Errors: `Forbidden` 403, `NotFound` 404."""
        network_id = await self._sessions.network_of(session_id)
        await require_manager(principal, network_id, self._memberships, "session")

    async def sight(self, principal: Principal, session_id: str) -> None:
        """Let the network pass, and companies of other networks where they will be able to book.

        Errors: `NotFound` 404.
        """
        network_id = await self._sessions.network_of(session_id)
        try:
            await require_sight(principal, network_id, self._memberships, "session")
        except NotFound:
            if not await self._invited(principal, session_id):
                raise

    async def _invited(self, principal: Principal, session_id: str) -> bool:
        if (await self._sessions.summary(session_id)).others_from is None:
            return False
        for company in sorted(companies_of(principal)):
            if await self._memberships.active_anywhere(company):
                return True
        return False

    async def booker(self, principal: Principal, session_id: str, organisation_id: str) -> bool:
        """Let pass who may book for the company; return whether it is a member of the session's network.

        Errors: `Forbidden` 403, `NotFound` 404, `MembershipUnknown`, `MembershipEnded` 409.
        """
        network_id = await self._sessions.network_of(session_id)
        if not principal.acts_for(organisation_id):
            await require_manager(principal, network_id, self._memberships, "session")
        if await self._memberships.any_active(network_id, [organisation_id]):
            return True
        if not await self._memberships.active_anywhere(organisation_id):
            await self._memberships.require_active(network_id, organisation_id)
        return False

    async def company(self, principal: Principal, session_id: str, organisation_id: str) -> None:
        """Let pass who decides for the company, whatever its membership is now. Errors: 403, 404."""
        if not principal.acts_for(organisation_id):
            await self.manager(principal, session_id)

    async def own(self, principal: Principal, session_id: str, booking_id: BookingId) -> Session:
        """Return the session of a booking to its company or the managers. Errors: `NotFound` 404."""
        # Membership may have ended since; the company still answers for its booking.
        session = await self._sessions.aggregates.get(session_id)
        seat = session.booking(booking_id)
        if not (principal.manages(session.network_id) or principal.acts_for(seat.organisation_id)):
            raise NotFound(kind="booking")
        return session
