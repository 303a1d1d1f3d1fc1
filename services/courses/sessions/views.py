"""What people see of sessions and bookings."""

from datetime import datetime
from typing import Any

from services.courses.sessions.domain import Ended, Session
from services.courses.sessions.domain.bookings import status_of
from services.courses.sessions.summary import SessionView
from services.courses.sessions.texts import reason_text
from shared.ids import BookingId
from shared.mongo import Collection
from shared.web import Page, Paging, View, cursor_of, no_cursor, page_of


class SeatOfferView(View):
    """Free seats that are held for some of a company's waiting bookings until `expires_at`."""

    id: str
    session_id: str
    organisation_id: str
    booking_ids: list[str]
    seats: int
    expires_at: datetime


class WarningView(View):
    """Something to look at; the booking stands all the same. "overlap": another session at the same time."""

    code: str
    session_id: str


class BookingView(View):
    """One booking; `position` and `reason` say where it stands and why. Money in cents.

    `answer_by`: until then the company is asked whether it keeps the booking on the new dates.
    """

    id: str
    session_id: str
    organisation_id: str
    participant_id: str
    status: str
    position: int | None
    reason: str
    price_cents: int
    policy_version: int
    number: int
    group: str | None
    attested: list[str]
    offer: SeatOfferView | None = None
    answer_by: datetime | None = None
    online_url: str | None = None
    fee_percent: int | None = None
    fee_cents: int | None = None
    fee_waived: bool | None = None
    warnings: tuple[WarningView, ...] = ()


class ParticipantView(View):
    """Who takes part, for services that write to that person."""

    participant_id: str
    organisation_id: str


def booking_view(
    session: Session, booking_id: BookingId, language: str, answer: dict[str, Any] | None = None
) -> BookingView:
    """Return a booking as it stands, or as it was first answered. Errors: `NotFound` 404."""
    seat = session.booking(booking_id)
    status = status_of(session, booking_id)
    position = session.position(booking_id)
    if answer is not None:
        status, position = answer["status"], answer["position"]
    ended = seat if isinstance(seat, Ended) else None
    percent = ended.fee_percent if ended else None
    reason = "session" if ended and ended.by_session and status == "cancelled" else status
    question = session.question
    return BookingView(
        id=booking_id,
        session_id=session.id,
        organisation_id=seat.organisation_id,
        participant_id=seat.participant_id,
        status=status,
        position=position,
        reason=reason_text(reason, language, position=position, fee_percent=percent),
        price_cents=session.price_cents,
        policy_version=seat.policy,
        number=seat.number,
        group=seat.group,
        attested=list(seat.attested),
        offer=_offer_of(session, booking_id) if status == "offered" else None,
        answer_by=question.answer_by if question and booking_id in question.open else None,
        online_url=session.online_url if booking_id in session.confirmed else None,
        fee_percent=percent,
        fee_cents=ended.fee_cents if ended else None,
        fee_waived=ended.waived if ended else None,
        warnings=tuple(
            WarningView(code="overlap", session_id=each) for each in (answer or {}).get("warnings", ())
        ),
    )


def _offer_of(session: Session, booking_id: BookingId) -> SeatOfferView | None:
    offer_id = session.offer_of(booking_id)
    return None if offer_id is None else offer_view(session, offer_id)


def offer_view(session: Session, offer_id: Any) -> SeatOfferView:
    """Return an open offer."""
    offer = session.offers[offer_id]
    return SeatOfferView(
        id=offer_id,
        session_id=session.id,
        organisation_id=offer.organisation_id,
        booking_ids=list(offer.booking_ids),
        seats=offer.seats,
        expires_at=offer.expires_at,
    )


async def list_sessions(collection: Collection, network_id: str, paging: Paging) -> Page[SessionView]:
    """Return the network's sessions, newest first, without reading their bookings."""
    return await page_of(
        collection,
        {"network_id": network_id},
        paging,
        lambda found: SessionView.model_validate(found["summary"]),
        fields={"summary": 1, "sort": 1},
    )


def list_bookings(
    session: Session, paging: Paging, language: str, organisations: frozenset[str] | None
) -> Page[BookingView]:
    """Return bookings in the order of the requests; `organisations` None means of all."""
    last = _number(paging.after)
    every = {**session.confirmed, **session.waiting, **session.ended}
    chosen = sorted(
        (seat.number, booking_id)
        for booking_id, seat in every.items()
        if seat.number > last and (organisations is None or seat.organisation_id in organisations)
    )
    shown = chosen[: paging.limit]
    more = len(chosen) > paging.limit
    return Page(
        items=[booking_view(session, booking_id, language) for _, booking_id in shown],
        next_cursor=cursor_of(str(shown[-1][0])) if more else None,
    )


def _number(after: str | None) -> int:
    if after is None:
        return 0
    if not (after.isascii() and after.isdigit() and len(after) <= 9):
        raise no_cursor()
    return int(after)
