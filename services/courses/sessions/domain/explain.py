"""Why was X before Y: answered from the numbers of the requests and the decisions that were noted. Pure."""

from datetime import datetime
from enum import StrEnum

from services.courses.sessions.domain.parts import QueueDecision, QueueStep
from services.courses.sessions.domain.state import Session
from shared.events.envelope import Value
from shared.events.seats import QueueReason
from shared.ids import BookingId

_GIVES = frozenset({QueueStep.SEAT_GIVEN, QueueStep.OFFER_MADE})
_ENDS = frozenset(
    {
        QueueStep.OFFER_ACCEPTED,
        QueueStep.OFFER_DECLINED,
        QueueStep.OFFER_EXPIRED,
        QueueStep.OFFER_WITHDRAWN,
    }
)


class Why(StrEnum):
    """Why one booking was before another; the last ones as in `QueueReason`."""

    ASKED_EARLIER = "asked_earlier"
    NEVER_COMPARED = "never_compared"
    COMPANY_CAP = "company_cap"
    GROUP_TOGETHER = "group_together"
    PART_DECLINED = "part_declined"
    MEMBERSHIP_RESTS = "membership_rests"
    SEATS_RESERVED = "seats_reserved"
    OFFER_OPEN = "offer_open"


class Explanation(Value):
    """`first` and `second` are the requests' numbers; `at` is when it was decided against their order."""

    why: Why
    first: int
    second: int
    at: datetime | None = None


def explain(session: Session, first: BookingId, second: BookingId) -> Explanation:
    """Say why `first` got a seat or an offer before `second`. Errors: `NotFound` 404."""
    one, other = session.booking(first).number, session.booking(second).number
    if one < other:
        return Explanation(why=Why.ASKED_EARLIER, first=one, second=other)
    numbers = entry_numbers(session, second)
    for decision in session.decisions:
        if decision.step not in _GIVES or one not in decision.numbers:
            continue
        for passed in decision.passed:
            if passed.number in numbers:
                return Explanation(why=Why(passed.reason), first=one, second=other, at=decision.at)
        if offered_at(session, numbers, decision):
            return Explanation(why=Why.OFFER_OPEN, first=one, second=other, at=decision.at)
    return Explanation(why=Why.NEVER_COMPARED, first=one, second=other)


def history(session: Session, booking_id: BookingId) -> tuple[QueueDecision, ...]:
    """Return the decisions that gave this booking something or passed it over. Errors: `NotFound` 404."""
    own, numbers = session.booking(booking_id).number, entry_numbers(session, booking_id)
    return tuple(
        decision
        for decision in session.decisions
        if own in decision.numbers or any(passed.number in numbers for passed in decision.passed)
    )


def passed_because(session: Session, booking_id: BookingId, decision: QueueDecision) -> QueueReason | None:
    """Return why the booking was passed over in this decision, None if it was not."""
    numbers = entry_numbers(session, booking_id)
    return next((passed.reason for passed in decision.passed if passed.number in numbers), None)


def entry_numbers(session: Session, booking_id: BookingId) -> frozenset[int]:
    """Return the numbers of the booking and of all that waited with it as one group."""
    seat = session.booking(booking_id)
    if seat.group is None:
        return frozenset({seat.number})
    everybody = (*session.confirmed.values(), *session.waiting.values(), *session.ended.values())
    return frozenset(other.number for other in everybody if other.group == seat.group)


def offered_at(session: Session, numbers: frozenset[int], decision: QueueDecision) -> bool:
    """Whether an offer to these numbers was open when the decision was taken."""
    is_open = False
    for earlier in session.decisions[: session.decisions.index(decision)]:
        if numbers & set(earlier.numbers):
            if earlier.step is QueueStep.OFFER_MADE:
                is_open = True
            elif earlier.step in _ENDS:
                is_open = False
    return is_open
