"""Timed offers of free seats to those who wait: accepted, declined, expired. Pure.

An offer holds its seats. What is not taken goes on to the next in the same write. Who does not take all that was asked
for leaves the waitlist; who was offered a part of a group goes on waiting, and is not asked for that little again.
"""

from collections.abc import Sequence
from datetime import datetime

from services.courses.rules import step
from services.courses.sessions.domain.endings import end
from services.courses.sessions.domain.errors import SeatOfferEnded
from services.courses.sessions.domain.parts import Group, Offer, Outcome, QueueStep
from services.courses.sessions.domain.queue import decided, fill, promote, without
from services.courses.sessions.domain.state import Session
from services.courses.sessions.domain.table import TABLE, SessionCommand
from shared.decisions import Change
from shared.errors import Invalid, NotFound
from shared.events.seats import QueueReason, SeatOfferDeclined, SeatOfferExpired
from shared.ids import BookingId, SeatOfferId


def accept(
    session: Session, offer_id: SeatOfferId, chosen: Sequence[BookingId] | None, at: datetime
) -> Change[Session]:
    """Take offered seats for `chosen` bookings, by default for the first ones.

    Errors: `NotFound` 404, `SeatOfferEnded` 409, `Invalid` 422 for other bookings than offered, or too many.
    """
    offer = _open(session, offer_id, at)
    by_number = sorted(offer.booking_ids, key=lambda each: session.waiting[each].number)
    taken = tuple(by_number[: offer.seats]) if chosen is None else tuple(dict.fromkeys(chosen))
    if not 0 < len(taken) <= offer.seats or not set(taken) <= set(offer.booking_ids):
        raise Invalid(
            pointer="#/booking_ids",
            reason_en=f"Choose 1 to {offer.seats} of the bookings that the offer names.",
            reason_de=f"Wählen Sie 1 bis {offer.seats} der Buchungen, die das Angebot nennt.",
        )
    after = decided(session, at, QueueStep.OFFER_ACCEPTED, taken, QueueReason.FIRST_IN_QUEUE)
    after = after.model_copy(update={"offers": without(session.offers, (offer_id,))})
    left = offer.seats - len(taken)
    if left:
        after = _declined_part(after, offer, left)
    after, events = promote(after, taken, QueueReason.FIRST_IN_QUEUE)
    after, more = fill(after, at)
    return Change(after, events + more)


def decline(session: Session, offer_id: SeatOfferId, at: datetime, *, leave: bool = False) -> Change[Session]:
    """Do without the offered seats; `leave` takes a group that was offered a part out of the waitlist as well.

    Errors: `NotFound` 404, `SeatOfferEnded` 409.
    """
    offer = _open(session, offer_id, at)
    after, gone = _unanswered(session, offer_id, QueueStep.OFFER_DECLINED, at, leave=leave)
    event = SeatOfferDeclined(
        offer_id=offer_id,
        session_id=session.id,
        network_id=session.network_id,
        organisation_id=offer.organisation_id,
        booking_ids=gone,
        seats=after.counts(),
    )
    after, events = fill(after, at)
    return Change(after, (event, *events))


def expire(session: Session, offer_id: SeatOfferId, at: datetime) -> Change[Session]:
    """End an offer that nobody answered; the seats go on."""
    offer = session.offers[offer_id]
    after, gone = _unanswered(session, offer_id, QueueStep.OFFER_EXPIRED, at)
    event = SeatOfferExpired(
        offer_id=offer_id,
        session_id=session.id,
        network_id=session.network_id,
        organisation_id=offer.organisation_id,
        booking_ids=gone,
        seats=after.counts(),
    )
    after, events = fill(after, at)
    return Change(after, (event, *events))


def _open(session: Session, offer_id: SeatOfferId, at: datetime) -> Offer:
    offer = session.offers.get(offer_id)
    if offer is None:
        raise NotFound(kind="offer")
    step(TABLE, session.state, SessionCommand.ANSWER_OFFER, "session")
    if at >= offer.expires_at:
        raise SeatOfferEnded
    return offer


def _unanswered(
    session: Session, offer_id: SeatOfferId, what: QueueStep, at: datetime, *, leave: bool = False
) -> tuple[Session, tuple[BookingId, ...]]:
    offer = session.offers[offer_id]
    after = decided(session, at, what, offer.booking_ids, QueueReason.FIRST_IN_QUEUE, seats=offer.seats)
    after = after.model_copy(update={"offers": without(session.offers, (offer_id,))})
    if offer.seats < len(offer.booking_ids) and not leave:
        return _declined_part(after, offer, offer.seats), ()
    outcome = Outcome.OFFER_EXPIRED if what is QueueStep.OFFER_EXPIRED else Outcome.OFFER_DECLINED
    for booking_id in offer.booking_ids:
        after = end(after, booking_id, outcome)
    return after, offer.booking_ids


def _declined_part(session: Session, offer: Offer, seats: int) -> Session:
    group_id = session.waiting[offer.booking_ids[0]].group
    if group_id is None:
        return session
    group: Group = session.groups[group_id]
    asked = group.model_copy(update={"declined_part": max(group.declined_part, seats)})
    return session.model_copy(update={"groups": {**session.groups, group_id: asked}})
