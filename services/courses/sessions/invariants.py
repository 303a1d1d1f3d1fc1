"""What must hold for every session at every moment. Pure: the property test and the live audit ask the same.

A check names the first thing that is wrong by codes and ids; nothing personal is in a violation.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime

from services.courses.sessions.domain.endings import fee_percent
from services.courses.sessions.domain.parts import GroupMode, Outcome
from services.courses.sessions.domain.queue import first_choice
from services.courses.sessions.domain.state import Session
from services.courses.sessions.domain.table import ENDED, SOLD, SessionState
from shared.events.envelope import Value
from shared.events.seats import Standing

type Check = Callable[[Session], Iterator[str]]


class Violation(Value):
    """A rule, and what breaks it."""

    rule: str
    detail: str


def violations(session: Session, at: datetime) -> tuple[Violation, ...]:
    """Return everything that is wrong with a session at this instant; empty if nothing is."""
    begun = (
        at >= session.starts_at
    )  # then seats are given no more, and the step that closes the waitlist is due
    return tuple(
        Violation(rule=rule, detail=detail)
        for rule, check in CHECKS.items()
        if not (begun and rule == "queue")
        for detail in check(session)
    )


def _capacity(session: Session) -> Iterator[str]:
    held = len(session.confirmed) + session.offered_seats
    if held > session.capacity:
        yield f"{held} seats confirmed or offered of {session.capacity}"


def _contingents(session: Session) -> Iterator[str]:
    held = len(session.confirmed) + session.offered_seats + session.reserved_seats()
    if held > session.capacity:
        yield f"{held} seats confirmed, offered or reserved of {session.capacity}"


def _one_booking_a_person(session: Session) -> Iterator[str]:
    active = {**session.confirmed, **session.waiting}
    people = Counter(seat.participant_id for seat in active.values())
    if any(count > 1 for count in people.values()):
        yield "a person has two active bookings"
    if session.people != {seat.participant_id: booking_id for booking_id, seat in active.items()}:
        yield "the index of people differs from the bookings"


def _bookings(session: Session) -> Iterator[str]:
    groups = (session.confirmed, session.waiting, session.ended)
    ids = Counter(booking_id for seats in groups for booking_id in seats)
    yield from (f"booking {each} is in two places" for each, count in ids.items() if count > 1)
    seats = [seat for kind in groups for seat in kind.values()]
    if sorted(seat.number for seat in seats) != list(range(1, session.requests + 1)):
        yield "the numbers of the requests are not 1 to the number of requests"
    if any(seat.policy not in session.policies for seat in seats):
        yield "a booking froze rules that are not kept"


def _queue(session: Session) -> Iterator[str]:
    choice = first_choice(session)
    if choice is not None:
        yield f"a seat is free for request {choice.entry.number}, which waits"


def _order(session: Session) -> Iterator[str]:
    for decision in session.decisions:
        first = min(decision.numbers, default=0)
        yield from (
            f"request {passed.number} is noted as passed over by an earlier one"
            for passed in decision.passed
            if passed.number > first
        )


def _offers(session: Session) -> Iterator[str]:
    offered = Counter(each for offer in session.offers.values() for each in offer.booking_ids)
    yield from (f"booking {each} is in two offers" for each, count in offered.items() if count > 1)
    for offer_id, offer in session.offers.items():
        seats = [session.waiting.get(each) for each in offer.booking_ids]
        if not 0 < offer.seats <= len(seats):
            yield f"offer {offer_id} holds {offer.seats} seats for {len(seats)} bookings"
        if any(seat is None or seat.organisation_id != offer.organisation_id for seat in seats):
            yield f"offer {offer_id} names a booking that does not wait, or of another company"
        kept = session.standings.get(offer.organisation_id)
        if kept is not None and kept.standing is not Standing.ACTIVE:
            yield f"offer {offer_id} is open to a company whose membership rests"
        if not offer.made_at < offer.expires_at <= session.starts_at:
            yield f"offer {offer_id} can be answered at no time, or after the start"
    if session.offers and session.state not in SOLD:
        yield "offers are open though no seats are sold"


def _groups(session: Session) -> Iterator[str]:
    for seat in session.waiting.values():
        group = session.groups.get(seat.group or "")
        if seat.group is not None and group is None:
            yield f"request {seat.number} waits in a group that is not kept"
        if group is not None and group.mode is GroupMode.ALL_OR_NOTHING:
            yield f"request {seat.number} waits though it was for all or nothing"


def _states(session: Session) -> Iterator[str]:
    state = session.state
    if state in ENDED - {SessionState.SETTLED} and (session.confirmed or session.waiting):
        yield f"bookings are active though the session is {state}"
    if state in {SessionState.RUNNING, SessionState.COMPLETED, SessionState.SETTLED} and session.waiting:
        yield f"somebody waits though the session is {state}"
    if state is SessionState.DRAFT and session.requests:
        yield "there are bookings though the session was never opened"
    question = session.question
    if question is not None and (state not in SOLD or not set(question.open) <= set(session.confirmed)):
        yield "companies are asked about dates for bookings that are not confirmed"
    if session.decide_at is not None and state is not SessionState.OPEN:
        yield f"go or no go is still to be decided though the session is {state}"
    enough = len(session.confirmed) >= max(1, session.minimum_seats)
    if enough and not session.minimum_reached:
        yield "the minimum is reached and was not told"


def _money(session: Session) -> Iterator[str]:
    for booking_id, ended in session.ended.items():
        if ended.fee_cents != (session.price_cents * ended.fee_percent + 50) // 100:
            yield f"booking {booking_id}: the fee is not the percentage of the price"
        if ended.outcome is not Outcome.CANCELLED and ended.fee_cents:
            yield f"booking {booking_id}: a fee though the company did not cancel"
        tiers = session.policies.get(ended.policy, ())
        if ended.fee_percent not in {0, 100, *(tier.fee_percent for tier in tiers), fee_percent(tiers, 0)}:
            yield f"booking {booking_id}: the fee is in none of the frozen rules"
    owed = [session.ended.get(each) for each in session.owed]
    if any(ended is None or not ended.fee_percent for ended in owed):
        yield "a fee that waits for a refill is not there"


def _calendar(session: Session) -> Iterator[str]:
    known = tuple(each.day for each in session.calendar if not each.cancelled)
    if session.calendar and session.state is not SessionState.CANCELLED and known != session.days:
        yield "the calendar's days differ from the session's"


CHECKS: dict[str, Check] = {
    "capacity": _capacity,
    "contingents": _contingents,
    "one_booking_a_person": _one_booking_a_person,
    "bookings": _bookings,
    "queue": _queue,
    "order": _order,
    "offers": _offers,
    "groups": _groups,
    "states": _states,
    "money": _money,
    "calendar": _calendar,
}
