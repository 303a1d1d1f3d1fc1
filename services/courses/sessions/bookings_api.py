"""Routes of bookings. A company sees and changes its own only; the network's managers all."""

from fastapi import APIRouter
from fastapi import Request as HttpRequest

from services.courses.memberships.access import companies_of, require_actor, require_sight
from services.courses.memberships.store import Memberships
from services.courses.sessions import handlers, views
from services.courses.sessions.bookings import Request
from services.courses.sessions.domain import Session
from services.courses.sessions.store import Sessions
from services.courses.sessions.views import BookingView, ParticipantView, booking_view
from shared.auth import Principal
from shared.clock import utc_now
from shared.errors import NotFound
from shared.ids import BookingId, OrganisationId, PersonId, Ref, SessionId, derived_id
from shared.web import Body, Caller, Command, Commanded, Page, Paged

SHORT_PRINT = 16  # hex digits: enough to tell two requests with one key apart, and small in a hot document


class BookSeat(Body):
    """A seat for a named person of an organisation."""

    organisation_id: Ref[OrganisationId]
    participant_id: Ref[PersonId]


class Substitute(Body):
    """The person who takes the place."""

    participant_id: Ref[PersonId]


def router(sessions: Sessions, memberships: Memberships) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(prefix="/api/courses/v1/sessions/{session_id}/bookings", tags=["bookings"])
    store = sessions.aggregates

    async def own(principal: Principal, session_id: str, booking_id: BookingId) -> Session:
        # Membership may have ended since; the company still answers for its booking.
        session = await store.get(session_id)
        seat = session.booking(booking_id)
        if not (principal.manages(session.network_id) or principal.acts_for(seat.organisation_id)):
            raise NotFound(kind="booking")
        return session

    @routes.post("", status_code=201, summary="Book a seat or join the waitlist", operation_id="book_seat")
    async def book_seat(session_id: Ref[SessionId], body: BookSeat, command: Commanded) -> BookingView:
        network_id = await sessions.network_of(session_id)
        await require_actor(command.principal, network_id, body.organisation_id, memberships, "session")
        asked = _asked(session_id, body, command)
        outcome = await handlers.book_seat(
            session_id,
            network_id,
            asked,
            command.cause,
            sessions=store,
            memberships=memberships,
            clock=utc_now,
        )
        return booking_view(outcome.state, asked.booking_id, command.language, outcome.result)

    @routes.get("", summary="Bookings: a manager sees all, a company its own", operation_id="list_bookings")
    async def list_bookings(
        session_id: Ref[SessionId], principal: Caller, paging: Paged, request: HttpRequest
    ) -> Page[BookingView]:
        network_id = await sessions.network_of(session_id)
        manager = principal.manages(network_id)
        if not manager:
            await require_sight(principal, network_id, memberships, "session")
        organisations = None if manager else companies_of(principal)
        return views.list_bookings(await store.get(session_id), paging, request.state.language, organisations)

    @routes.get("/{booking_id}", summary="One booking", operation_id="get_booking")
    async def get_booking(
        session_id: Ref[SessionId], booking_id: Ref[BookingId], principal: Caller, request: HttpRequest
    ) -> BookingView:
        session = await own(principal, session_id, booking_id)
        return booking_view(session, booking_id, request.state.language)

    @routes.post("/{booking_id}/cancel", summary="Cancel a booking", operation_id="cancel_booking")
    async def cancel_booking(
        session_id: Ref[SessionId], booking_id: Ref[BookingId], command: Commanded
    ) -> BookingView:
        await own(command.principal, session_id, booking_id)
        session = await handlers.cancel_booking(
            session_id, booking_id, command.cause, sessions=store, clock=utc_now
        )
        return booking_view(session, booking_id, command.language)

    @routes.post(
        "/{booking_id}/substitute", summary="Send another person", operation_id="substitute_participant"
    )
    async def substitute_participant(
        session_id: Ref[SessionId], booking_id: Ref[BookingId], body: Substitute, command: Commanded
    ) -> BookingView:
        await own(command.principal, session_id, booking_id)
        session = await handlers.substitute_participant(
            session_id, booking_id, body.participant_id, command.cause, sessions=store, clock=utc_now
        )
        return booking_view(session, booking_id, command.language)

    @routes.get(
        "/{booking_id}/participant",
        summary="Who takes part (services with scope bookings:read)",
        operation_id="get_participant",
    )
    async def get_participant(
        session_id: Ref[SessionId], booking_id: Ref[BookingId], principal: Caller
    ) -> ParticipantView:
        principal.require_scope("bookings:read")
        seat = (await store.get(session_id)).booking(booking_id)
        return ParticipantView(participant_id=seat.participant_id, organisation_id=seat.organisation_id)

    return routes


def _asked(session_id: str, body: BookSeat, command: Command) -> Request:
    # One key used for two sessions means two bookings, and their ids must differ.
    return Request(
        booking_id=BookingId(derived_id("booking", session_id, command.id_for("booking"))),
        organisation_id=body.organisation_id,
        participant_id=body.participant_id,
        request=command.cause.fingerprint[:SHORT_PRINT],
    )
