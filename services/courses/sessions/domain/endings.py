"""How bookings end, and what that costs. Pure."""

from collections.abc import Iterable
from datetime import datetime

from services.courses.sessions.domain.parts import Ended, Outcome
from services.courses.sessions.domain.queue import Events, about, without
from services.courses.sessions.domain.schedule import days_before
from services.courses.sessions.domain.state import Session
from shared.events.courses import BookingCancelled
from shared.events.membership import CancellationTier
from shared.events.seats import CancellationCause, SeatOfferWithdrawn
from shared.ids import BookingId, SeatOfferId


def fee_percent(tiers: tuple[CancellationTier, ...], days: int) -> int:
    """Return the fee of the highest tier that `days` reaches; below every tier the seat is paid in full."""
    reached = [tier for tier in tiers if tier.days_before <= days]
    return max(reached, key=lambda tier: tier.days_before).fee_percent if reached else 100


def end(session: Session, booking_id: BookingId, outcome: Outcome, *, percent: int = 0) -> Session:
    """Return the session without the active booking; a fee above 0 is owed until the seat is refilled."""
    seat = session.booking(booking_id)
    fee = (session.price_cents * percent + 50) // 100  # half a cent is rounded up
    ended = Ended(
        **seat.model_dump(),
        fee_percent=percent,
        fee_cents=fee,
        outcome=outcome,
        by_session=outcome is Outcome.SESSION_CANCELLED,
    )
    question = session.question
    if question is not None and booking_id in question.open:
        left = tuple(each for each in question.open if each != booking_id)
        question = question.model_copy(update={"open": left}) if left else None
    return session.model_copy(
        update={
            "confirmed": without(session.confirmed, (booking_id,)),
            "waiting": without(session.waiting, (booking_id,)),
            "people": without(session.people, (seat.participant_id,)),
            "ended": {**session.ended, booking_id: ended},
            # The newest first: the seat that this booking frees is filled next.
            "owed": (booking_id, *session.owed) if percent else session.owed,
            "question": question,
        }
    )


def end_free(
    session: Session,
    booking_ids: Iterable[BookingId],
    outcome: Outcome,
    cause: CancellationCause,
    at: datetime,
) -> tuple[Session, Events]:
    """End bookings that nobody has to pay for, each with its event. Fills no seats."""
    events: Events = ()
    for booking_id in booking_ids:
        seat = session.booking(booking_id)
        was_confirmed = booking_id in session.confirmed
        session = end(session, booking_id, outcome)
        events += (
            BookingCancelled(
                **about(session, booking_id, seat),
                was_confirmed=was_confirmed,
                days_before=days_before(session.starts_at, at, session.time_zone),
                fee_percent=0,
                fee_cents=0,
                refilled=False,
                seats=session.counts(),
                cause=cause,
            ),
        )
    return session, events


def left_offer(session: Session, booking_id: BookingId) -> tuple[Session, Events]:
    """Take a booking out of its open offer; the offer shrinks with it, and ends when it is empty."""
    offer_id = session.offer_of(booking_id)
    if offer_id is None:
        return session, ()
    offer = session.offers[offer_id]
    left = tuple(each for each in offer.booking_ids if each != booking_id)
    if not left:
        return withdraw(session, (offer_id,))
    smaller = offer.model_copy(update={"booking_ids": left, "seats": min(offer.seats, len(left))})
    return session.model_copy(update={"offers": {**session.offers, offer_id: smaller}}), ()


def withdraw(session: Session, offer_ids: Iterable[SeatOfferId]) -> tuple[Session, Events]:
    """Take open offers back; their bookings wait as before."""
    events: Events = ()
    for offer_id in offer_ids:
        offer = session.offers[offer_id]
        session = session.model_copy(update={"offers": without(session.offers, (offer_id,))})
        events += (
            SeatOfferWithdrawn(
                offer_id=offer_id,
                session_id=session.id,
                network_id=session.network_id,
                organisation_id=offer.organisation_id,
                seats=session.counts(),
            ),
        )
    return session, events
