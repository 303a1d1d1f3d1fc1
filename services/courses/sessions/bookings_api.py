"""Routes of bookings. A company sees and changes its own only; the network's managers all."""

from typing import Annotated, Any

from fastapi import APIRouter
from fastapi import Request as HttpRequest
from pydantic import Field

from services.courses.memberships.access import companies_of
from services.courses.memberships.store import Memberships
from services.courses.sessions import handlers, views
from services.courses.sessions.access import Access
from services.courses.sessions.domain.bookings import Request
from services.courses.sessions.domain.groups import GroupRequest
from services.courses.sessions.domain.parts import GroupMode
from services.courses.sessions.store import Sessions
from services.courses.sessions.views import BookingView, ParticipantView, booking_view
from shared.clock import utc_now
from shared.ids import BookingId, OrganisationId, PersonId, Ref, SessionId, derived_id
from shared.web import Body, Caller, Command, Commanded, Page, Paged, View

SHORT_PRINT = 16  # hex digits: enough to tell two requests with one key apart, and small in a hot document
LARGEST_GROUP = 50

Attested = Annotated[tuple[Annotated[str, Field(max_length=50)], ...], Field(max_length=10)]


class BookSeat(Body):
    """A seat for a named person of an organisation.

    `attested`: the prerequisites of the session that the employer confirms for this person. `ask_first`: if the
    booking has to wait, offer a free seat with a deadline (true) or book it at once (false); else as the session says.
    """

    organisation_id: Ref[OrganisationId]
    participant_id: Ref[PersonId]
    attested: Attested = ()
    ask_first: bool | None = None


class BookGroup(Body):
    """Seats for several people of an organisation; `mode` says what to do if they are not all free."""

    organisation_id: Ref[OrganisationId]
    participant_ids: Annotated[list[Ref[PersonId]], Field(min_length=1, max_length=LARGEST_GROUP)]
    mode: GroupMode
    attested: Attested = ()
    ask_first: bool | None = None


class Substitute(Body):
    """The person who takes the place."""

    participant_id: Ref[PersonId]
    attested: Attested = ()


class GroupView(View):
    """What became of a group, in the order of the request."""

    bookings: list[BookingView]


def router(sessions: Sessions, memberships: Memberships, access: Access) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(prefix="/api/courses/v1/sessions/{session_id}/bookings", tags=["bookings"])
    _booking_routes(routes, sessions, memberships, access)
    _change_routes(routes, sessions, access)
    _reading_routes(routes, sessions, access)
    return routes


def _booking_routes(routes: APIRouter, sessions: Sessions, memberships: Memberships, access: Access) -> None:
    @routes.post("", status_code=201, summary="Book a seat or join the waitlist", operation_id="book_seat")
    async def book_seat(session_id: Ref[SessionId], body: BookSeat, command: Commanded) -> BookingView:
        member = await access.booker(command.principal, session_id, body.organisation_id)
        asked = Request(
            booking_id=_booking_id(session_id, command),
            participant_id=body.participant_id,
            **_shared(body, command, member=member),
        )
        outcome = await handlers.book_seat(
            session_id,
            await sessions.network_of(session_id),
            asked,
            command.cause,
            sessions=sessions,
            memberships=memberships,
            clock=utc_now,
        )
        return booking_view(outcome.state, asked.booking_id, command.language, outcome.result)

    @routes.post(
        "/group", status_code=201, summary="Book several seats in one decision", operation_id="book_group"
    )
    async def book_group(session_id: Ref[SessionId], body: BookGroup, command: Commanded) -> GroupView:
        member = await access.booker(command.principal, session_id, body.organisation_id)
        group_id = _booking_id(session_id, command)
        members = tuple(
            Request(
                booking_id=BookingId(derived_id("booking", group_id, str(number))),
                participant_id=person,
                **_shared(body, command, member=member),
            )
            for number, person in enumerate(body.participant_ids)
        )
        outcome = await handlers.book_group(
            session_id,
            await sessions.network_of(session_id),
            GroupRequest(group_id=group_id, mode=body.mode, members=members),
            command.cause,
            sessions=sessions,
            memberships=memberships,
            clock=utc_now,
        )
        return GroupView(
            bookings=[
                booking_view(outcome.state, BookingId(each["id"]), command.language, each)
                for each in outcome.result
            ]
        )


def _change_routes(routes: APIRouter, sessions: Sessions, access: Access) -> None:
    store = sessions.aggregates

    @routes.post("/{booking_id}/cancel", summary="Cancel a booking", operation_id="cancel_booking")
    async def cancel_booking(
        session_id: Ref[SessionId], booking_id: Ref[BookingId], command: Commanded
    ) -> BookingView:
        await access.own(command.principal, session_id, booking_id)
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
        await access.own(command.principal, session_id, booking_id)
        session = await handlers.substitute_participant(
            session_id,
            booking_id,
            body.participant_id,
            body.attested,
            command.cause,
            sessions=store,
            clock=utc_now,
        )
        return booking_view(session, booking_id, command.language)


def _reading_routes(routes: APIRouter, sessions: Sessions, access: Access) -> None:
    store = sessions.aggregates

    @routes.get("", summary="Bookings: a manager sees all, a company its own", operation_id="list_bookings")
    async def list_bookings(
        session_id: Ref[SessionId], principal: Caller, paging: Paged, request: HttpRequest
    ) -> Page[BookingView]:
        manager = principal.manages(await sessions.network_of(session_id))
        if not manager:
            await access.sight(principal, session_id)
        organisations = None if manager else companies_of(principal)
        return views.list_bookings(await store.get(session_id), paging, request.state.language, organisations)

    @routes.get("/{booking_id}", summary="One booking", operation_id="get_booking")
    async def get_booking(
        session_id: Ref[SessionId], booking_id: Ref[BookingId], principal: Caller, request: HttpRequest
    ) -> BookingView:
        session = await access.own(principal, session_id, booking_id)
        return booking_view(session, booking_id, request.state.language)

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


def _booking_id(session_id: str, command: Command) -> BookingId:
    # One key used for two sessions means two bookings, and their ids must differ.
    return BookingId(derived_id("booking", session_id, command.id_for("booking")))


def _shared(body: BookSeat | BookGroup, command: Command, *, member: bool) -> dict[str, Any]:
    return {
        "organisation_id": body.organisation_id,
        "request": command.cause.fingerprint[:SHORT_PRINT],
        "member": member,
        "ask": body.ask_first,
        "attested": body.attested,
    }
