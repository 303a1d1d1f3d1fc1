"""Routes of offered seats, of the waitlist's reasons, and of seats kept for a company."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from fastapi import Request as HttpRequest
from pydantic import Field

from services.courses.memberships.access import companies_of
from services.courses.sessions.access import Access
from services.courses.sessions.domain import Session, contingents, offers
from services.courses.sessions.domain.contingents import RELEASE_DAYS_BEFORE, release_at
from services.courses.sessions.domain.explain import Why, explain, history, passed_because
from services.courses.sessions.domain.parts import QueueStep
from services.courses.sessions.store import Sessions
from services.courses.sessions.texts import why_text
from services.courses.sessions.views import SeatOfferView, offer_view
from shared.auth import Principal
from shared.clock import utc_now
from shared.errors import NotFound
from shared.events.seats import QueueReason
from shared.ids import BookingId, OrganisationId, Ref, SeatOfferId, SessionId
from shared.web import Body, Caller, Commanded, View


class AcceptOffer(Body):
    """The bookings that take the seats; by default the first ones of those that the offer names."""

    booking_ids: Annotated[list[Ref[BookingId]], Field(min_length=1, max_length=50)] | None = None


class DeclineOffer(Body):
    """`leave`: a group that was offered a part does not want to wait any longer either."""

    leave: bool = False


class Reserve(Body):
    """Seats kept for a company until so many days before the first day; 0 takes them back."""

    organisation_id: Ref[OrganisationId]
    seats: Annotated[int, Field(strict=True, ge=0, le=500)]
    release_days_before: Annotated[int, Field(strict=True, ge=0, le=365)] = RELEASE_DAYS_BEFORE


class ContingentView(View):
    """Seats kept for a company; `taken` of them are booked or offered to it."""

    organisation_id: str
    seats: int
    taken: int
    release_at: datetime
    released: bool


class ExplanationView(View):
    """Why one booking was before another; `first` and `second` are the numbers of the requests."""

    code: Why
    text: str
    first: int
    second: int
    decided_at: datetime | None


class HistoryItem(View):
    """A decision over the waitlist as one booking met it: it got something, or `passed_over` says why not."""

    at: datetime
    step: QueueStep
    seats: int
    reason: QueueReason
    passed_over: QueueReason | None
    instead_numbers: list[int]


def router(sessions: Sessions, access: Access) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(prefix="/api/courses/v1/sessions/{session_id}", tags=["waitlist"])
    _offer_routes(routes, sessions, access)
    _reason_routes(routes, access)
    _contingent_routes(routes, sessions, access)
    return routes


def _offer_routes(routes: APIRouter, sessions: Sessions, access: Access) -> None:
    store = sessions.aggregates

    async def own(principal: Principal, session_id: str, offer_id: SeatOfferId) -> None:
        session = await store.get(session_id)
        offer = session.offers.get(offer_id)
        if offer is None:  # it may just have ended; whoever may see the session learns that
            await access.sight(principal, session_id)
        elif not (principal.manages(session.network_id) or principal.acts_for(offer.organisation_id)):
            raise NotFound(kind="offer")

    @routes.get("/seat-offers", summary="Open offers of free seats", operation_id="list_seat_offers")
    async def list_seat_offers(session_id: Ref[SessionId], principal: Caller) -> list[SeatOfferView]:
        await access.sight(principal, session_id)
        session = await store.get(session_id)
        return [
            offer_view(session, offer_id)
            for offer_id, offer in session.offers.items()
            if _shown(principal, session, offer.organisation_id)
        ]

    @routes.post(
        "/seat-offers/{seat_offer_id}/accept", summary="Take offered seats", operation_id="accept_seat_offer"
    )
    async def accept_seat_offer(
        session_id: Ref[SessionId], seat_offer_id: Ref[SeatOfferId], body: AcceptOffer, command: Commanded
    ) -> list[SeatOfferView]:
        await own(command.principal, session_id, seat_offer_id)
        at = utc_now()
        changed = await store.change(
            session_id, lambda state: offers.accept(state, seat_offer_id, body.booking_ids, at), command.cause
        )
        return _own_offers(command.principal, changed.state)

    @routes.post(
        "/seat-offers/{seat_offer_id}/decline",
        summary="Decline offered seats",
        operation_id="decline_seat_offer",
    )
    async def decline_seat_offer(
        session_id: Ref[SessionId], seat_offer_id: Ref[SeatOfferId], body: DeclineOffer, command: Commanded
    ) -> list[SeatOfferView]:
        await own(command.principal, session_id, seat_offer_id)
        at = utc_now()
        changed = await store.change(
            session_id,
            lambda state: offers.decline(state, seat_offer_id, at, leave=body.leave),
            command.cause,
        )
        return _own_offers(command.principal, changed.state)


def _reason_routes(routes: APIRouter, access: Access) -> None:
    @routes.get(
        "/queue/explanation", summary="Why was one booking before another", operation_id="explain_queue"
    )
    async def explain_queue(
        session_id: Ref[SessionId],
        first: Ref[BookingId],
        second: Ref[BookingId],
        principal: Caller,
        request: HttpRequest,
    ) -> ExplanationView:
        # A company can compare its own; all others are the managers' to see.
        await access.own(principal, session_id, first)
        found = explain(await access.own(principal, session_id, second), first, second)
        return ExplanationView(
            code=found.why,
            text=why_text(found, request.state.language),
            first=found.first,
            second=found.second,
            decided_at=found.at,
        )

    @routes.get(
        "/bookings/{booking_id}/history",
        summary="Decisions over the waitlist that concern a booking",
        operation_id="booking_history",
    )
    async def booking_history(
        session_id: Ref[SessionId], booking_id: Ref[BookingId], principal: Caller
    ) -> list[HistoryItem]:
        session = await access.own(principal, session_id, booking_id)
        number = session.booking(booking_id).number
        return [
            HistoryItem(
                at=decision.at,
                step=decision.step,
                seats=decision.seats,
                reason=decision.reason,
                passed_over=passed_because(session, booking_id, decision),
                # Numbers only: whose requests they are is nobody else's business.
                instead_numbers=[] if number in decision.numbers else list(decision.numbers),
            )
            for decision in history(session, booking_id)
        ]


def _contingent_routes(routes: APIRouter, sessions: Sessions, access: Access) -> None:
    store = sessions.aggregates

    @routes.get("/contingents", summary="Seats kept for companies", operation_id="list_contingents")
    async def list_contingents(session_id: Ref[SessionId], principal: Caller) -> list[ContingentView]:
        await access.sight(principal, session_id)
        return _contingents(principal, await store.get(session_id))

    @routes.post("/contingents", summary="Keep seats for a company", operation_id="reserve_contingent")
    async def reserve_contingent(
        session_id: Ref[SessionId], body: Reserve, command: Commanded
    ) -> list[ContingentView]:
        await access.manager(command.principal, session_id)
        if body.seats:
            await access.booker(command.principal, session_id, body.organisation_id)
        at = utc_now()
        changed = await store.change(
            session_id,
            lambda state: contingents.reserve(
                state, body.organisation_id, body.seats, body.release_days_before, at
            ),
            command.cause,
        )
        return _contingents(command.principal, changed.state)

    @routes.post(
        "/contingents/{organisation_id}/release",
        summary="Give unbooked seats of a contingent back",
        operation_id="release_contingent",
    )
    async def release_contingent(
        session_id: Ref[SessionId], organisation_id: Ref[OrganisationId], command: Commanded
    ) -> list[ContingentView]:
        await access.company(command.principal, session_id, organisation_id)
        at = utc_now()
        changed = await store.change(
            session_id, lambda state: contingents.release(state, organisation_id, at), command.cause
        )
        return _contingents(command.principal, changed.state)


def _shown(principal: Principal, session: Session, organisation_id: OrganisationId) -> bool:
    return principal.manages(session.network_id) or organisation_id in companies_of(principal)


def _own_offers(principal: Principal, session: Session) -> list[SeatOfferView]:
    return [
        offer_view(session, offer_id)
        for offer_id, offer in session.offers.items()
        if _shown(principal, session, offer.organisation_id)
    ]


def _contingents(principal: Principal, session: Session) -> list[ContingentView]:
    return [
        ContingentView(
            organisation_id=organisation_id,
            seats=kept.seats,
            taken=session.taken_by(organisation_id),
            release_at=release_at(session, kept),
            released=kept.released,
        )
        for organisation_id, kept in session.contingents.items()
        if _shown(principal, session, organisation_id)
    ]
