"""Who gets a free seat: in the order of the requests, and every decision with its reason. Pure.

`fill` is called after whatever frees seats; afterwards no seat is free that somebody who waits could take. A company
at its cap is passed over while other companies wait; a group that waits together is passed over until all fit.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from services.courses.sessions.domain.parts import (
    GroupMode,
    Offer,
    PassedOver,
    QueueDecision,
    QueueStep,
    Seat,
)
from services.courses.sessions.domain.schedule import days_before
from services.courses.sessions.domain.state import Session
from services.courses.sessions.domain.table import SOLD
from shared.events.courses import MinimumReached, WaitlistPromoted
from shared.events.envelope import Event
from shared.events.seats import CancellationFeeWaived, QueueReason, Standing, WaitlistSeatOffered
from shared.ids import BookingId, OrganisationId, SeatOfferId, derived_id

type Events = tuple[Event, ...]

# Domain notes 1, step 11: 48 hours to answer, 4 hours when the course starts in fewer than 3 days.
ANSWER_HOURS, SHORT_ANSWER_HOURS, SHORT_DAYS = 48, 4, 3
KEPT_PASSED = 20  # entries named in one decision; a longer list repeats the same reasons


@dataclass(frozen=True, slots=True)
class Entry:
    """What waits as one: a booking, or the bookings of a group, by number."""

    number: int
    organisation_id: OrganisationId
    bookings: tuple[BookingId, ...]
    ask: bool
    group: str | None


@dataclass(frozen=True, slots=True)
class Choice:
    """The entry that is next, with how many seats, before which others."""

    entry: Entry
    seats: int
    passed: tuple[PassedOver, ...]

    @property
    def reason(self) -> QueueReason:
        """Why this one."""
        return QueueReason.OTHERS_PASSED_OVER if self.passed else QueueReason.FIRST_IN_QUEUE


def entries(session: Session) -> list[Entry]:
    """Return what waits and has no offer open, in the order of the requests."""
    asked = {booking_id for offer in session.offers.values() for booking_id in offer.booking_ids}
    members: dict[str, list[tuple[int, BookingId]]] = {}
    for booking_id, seat in session.waiting.items():
        if booking_id not in asked:
            members.setdefault(seat.group or booking_id, []).append((seat.number, booking_id))
    found = []
    for ordered in map(sorted, members.values()):
        first = session.waiting[ordered[0][1]]
        ids = tuple(booking_id for _, booking_id in ordered)
        found.append(Entry(first.number, first.organisation_id, ids, first.ask, first.group))
    return sorted(found, key=lambda entry: entry.number)


def first_choice(session: Session) -> Choice | None:
    """Return who is next, None if no seat is free or nobody who waits could take one."""
    if session.state not in SOLD or not session.waiting:
        return None
    if session.capacity - len(session.confirmed) - session.offered_seats <= 0:
        return None
    waiting = entries(session)
    several = len({entry.organisation_id for entry in waiting}) > 1
    # While several companies wait, those at their cap come after all others.
    for cap in (session.company_cap, None) if several and session.company_cap is not None else (None,):
        passed: list[PassedOver] = []
        for entry in waiting:
            found = seats_for(session, entry, cap)
            if isinstance(found, int):
                return Choice(entry, found, tuple(passed[-KEPT_PASSED:]))
            passed.append(PassedOver(number=entry.number, reason=found))
    return None


def seats_for(  # noqa: PLR0911  a reason each
    session: Session, entry: Entry, cap: int | None
) -> int | QueueReason:
    """Return how many seats the entry would get now, or why it gets none."""
    kept = session.standings.get(entry.organisation_id)
    if kept is not None and kept.standing is not Standing.ACTIVE:
        return QueueReason.MEMBERSHIP_RESTS
    seats = session.available(entry.organisation_id)
    if seats <= 0:
        return QueueReason.SEATS_RESERVED
    if cap is not None:
        seats = min(seats, cap - session.taken_by(entry.organisation_id))
        if seats <= 0:
            return QueueReason.COMPANY_CAP
    if seats >= len(entry.bookings):
        return len(entry.bookings)
    group = session.groups.get(entry.group or "")
    if group is not None and group.mode is GroupMode.TOGETHER:
        return QueueReason.GROUP_TOGETHER
    if group is not None and seats <= group.declined_part:
        return QueueReason.PART_DECLINED
    return seats


def why_not(session: Session) -> tuple[PassedOver, ...]:
    """Return, for everybody who waits, why a seat that is free now is not for them."""
    return tuple(
        PassedOver(number=entry.number, reason=found)
        for entry in entries(session)
        if isinstance(found := seats_for(session, entry, session.company_cap), QueueReason)
    )[:KEPT_PASSED]


def fill(session: Session, at: datetime) -> tuple[Session, Events]:
    """Give or offer free seats to those who wait, until nobody can take one."""
    events: Events = ()
    if session.state not in SOLD or at >= session.starts_at:
        return session, events
    while (choice := first_choice(session)) is not None:
        group = session.groups.get(choice.entry.group or "")
        partly = choice.seats < len(choice.entry.bookings)
        asks = choice.entry.ask or (partly and group is not None and group.mode is GroupMode.ASK_FOR_PART)
        session, more = (_offer if asks else _give)(session, choice, at)
        events += more
    return session, events


def _give(session: Session, choice: Choice, at: datetime) -> tuple[Session, Events]:
    chosen = choice.entry.bookings[: choice.seats]
    session = decided(session, at, QueueStep.SEAT_GIVEN, chosen, choice.reason, passed=choice.passed)
    return promote(session, chosen, choice.reason)


def _offer(session: Session, choice: Choice, at: datetime) -> tuple[Session, Events]:
    entry = choice.entry
    session = decided(
        session,
        at,
        QueueStep.OFFER_MADE,
        entry.bookings,
        choice.reason,
        passed=choice.passed,
        seats=choice.seats,
    )
    number = session.offers_made + 1
    offer_id = SeatOfferId(derived_id("seat_offer", session.id, str(number)))
    offer = Offer(
        organisation_id=entry.organisation_id,
        booking_ids=entry.bookings,
        seats=choice.seats,
        made_at=at,
        expires_at=answer_until(session, at),
    )
    after = session.model_copy(update={"offers": {**session.offers, offer_id: offer}, "offers_made": number})
    event = WaitlistSeatOffered(
        offer_id=offer_id,
        session_id=session.id,
        network_id=session.network_id,
        organisation_id=entry.organisation_id,
        booking_ids=entry.bookings,
        seats_offered=choice.seats,
        expires_at=offer.expires_at,
        reason_code=choice.reason,
        seats=after.counts(),
    )
    return after, (event,)


def answer_until(session: Session, at: datetime) -> datetime:
    """Return until when an offer made at `at` can be answered, at the latest until the session starts."""
    short = days_before(session.starts_at, at, session.time_zone) < SHORT_DAYS
    hours = SHORT_ANSWER_HOURS if short else ANSWER_HOURS
    return min(at + timedelta(hours=hours), session.starts_at)


def promote(session: Session, chosen: Iterable[BookingId], reason: QueueReason) -> tuple[Session, Events]:
    """Confirm waiting bookings, each with its event; the oldest fee that waits for a refill is waived."""
    events: Events = ()
    for booking_id in chosen:
        seat = session.waiting[booking_id]
        session = session.model_copy(
            update={
                "waiting": without(session.waiting, (booking_id,)),
                "confirmed": {**session.confirmed, booking_id: seat},
            }
        )
        events += (
            WaitlistPromoted(
                **about(session, booking_id, seat),
                price_cents=session.price_cents,
                seats=session.counts(),
                reason_code=reason,
                policy_version=seat.policy,
            ),
        )
        session, waived = _waive(session)
        events += waived
    session, minimum = minimum_reached(session)
    return session, events + minimum


def _waive(session: Session) -> tuple[Session, Events]:
    if not session.owed:
        return session, ()
    booking_id = session.owed[0]
    ended = session.ended[booking_id]
    free = ended.model_copy(update={"fee_percent": 0, "fee_cents": 0, "waived": True})
    after = session.model_copy(
        update={"owed": session.owed[1:], "ended": {**session.ended, booking_id: free}}
    )
    event = CancellationFeeWaived(
        **about(session, booking_id, ended), fee_percent=ended.fee_percent, fee_cents=ended.fee_cents
    )
    return after, (event,)


def decided(
    session: Session,
    at: datetime,
    step: QueueStep,
    booking_ids: Iterable[BookingId],
    reason: QueueReason,
    *,
    passed: tuple[PassedOver, ...] = (),
    seats: int | None = None,
) -> Session:
    """Return the session with a decision noted; the bookings still wait when it is called."""
    numbers = tuple(sorted(session.booking(booking_id).number for booking_id in booking_ids))
    note = QueueDecision(
        at=at,
        step=step,
        numbers=numbers,
        seats=len(numbers) if seats is None else seats,
        reason=reason,
        passed=passed,
    )
    return session.model_copy(update={"decisions": (*session.decisions, note)})


def minimum_reached(session: Session) -> tuple[Session, Events]:
    """Tell once that the minimum number of seats is booked."""
    if session.minimum_reached or len(session.confirmed) < session.minimum_seats:
        return session, ()
    event = MinimumReached(
        session_id=session.id, network_id=session.network_id, confirmed=len(session.confirmed)
    )
    return session.model_copy(update={"minimum_reached": True}), (event,)


def about(session: Session, booking_id: BookingId, seat: Seat) -> dict[str, Any]:
    """Return what every event of a booking names."""
    return {
        "booking_id": booking_id,
        "session_id": session.id,
        "network_id": session.network_id,
        "organisation_id": seat.organisation_id,
    }


def without[K, V](every: dict[K, V], gone: Iterable[K]) -> dict[K, V]:
    """Return the dict without some keys."""
    left = frozenset(gone)
    return {key: value for key, value in every.items() if key not in left}


def offers_of(session: Session, organisation_id: OrganisationId) -> Iterator[SeatOfferId]:
    """Return the open offers to a company."""
    return (key for key, offer in session.offers.items() if offer.organisation_id == organisation_id)
