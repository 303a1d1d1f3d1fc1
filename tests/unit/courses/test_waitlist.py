"""Groups, timed offers, contingents, fees that wait for a refill, and why X was before Y."""

from datetime import timedelta

import pytest

from services.courses.memberships.domain import DEFAULT_POLICY
from services.courses.sessions.domain import Ended, Session, bookings, contingents, groups, offers, standing
from services.courses.sessions.domain.due import due, next_due
from services.courses.sessions.domain.errors import (
    ContingentTooLarge,
    NotEnoughSeats,
    PrerequisiteMissing,
    SeatOfferEnded,
)
from services.courses.sessions.domain.explain import Why, explain
from services.courses.sessions.domain.parts import GroupMode, Outcome, Promotion
from shared.events.seats import CancellationFeeWaived, SeatOfferExpired, Standing, WaitlistSeatOffered
from shared.ids import SeatOfferId
from tests.unit.courses.examples import EARLY, START, asked, booked, booking, company, person, session


def group(state: Session, mode: GroupMode, *names: object, organisation: str = "g") -> Session:
    """Return the session after a company asked for several seats."""
    members = tuple(asked(name, organisation) for name in names)
    request = groups.GroupRequest(group_id=f"group {names[0]}", mode=mode, members=members)
    return groups.book_group(state, request, DEFAULT_POLICY, EARLY).state


def only_offer(state: Session) -> SeatOfferId:
    """Return the one open offer."""
    (offer_id,) = state.offers
    return offer_id


def test_nothing_is_booked_when_all_are_wanted_and_one_seat_is_missing() -> None:
    with pytest.raises(NotEnoughSeats) as refused:
        group(session(2), GroupMode.ALL_OR_NOTHING, 1, 2, 3)
    assert refused.value.params == {"free": 2, "asked": 3}


def test_rest_waits_when_as_many_as_possible_are_wanted() -> None:
    state = group(session(2), GroupMode.AS_MANY_AS_POSSIBLE, 1, 2, 3)
    assert [bookings.status_of(state, booking(n)) for n in (1, 2, 3)] == [
        "confirmed",
        "confirmed",
        "waitlisted",
    ]


def test_group_is_asked_for_three_of_five_when_three_seats_are_free() -> None:
    state = group(session(3), GroupMode.ASK_FOR_PART, 1, 2, 3, 4, 5)
    offer = state.offers[only_offer(state)]
    assert (offer.seats, len(offer.booking_ids), state.counts().offered) == (3, 5, 3)
    assert offer.expires_at == EARLY + timedelta(hours=48)
    taken = offers.accept(state, only_offer(state), (booking(5), booking(2)), EARLY).state
    assert set(taken.confirmed) == {booking(2), booking(5)}
    assert not taken.offers  # the one seat left over was just declined, so nobody is asked for it again
    later = bookings.book(taken, asked("late", "x"), DEFAULT_POLICY, EARLY).state
    assert explain(later, booking("late"), booking(1)).why is Why.PART_DECLINED


def test_others_go_first_when_a_group_waits_until_all_fit() -> None:
    state = booked(session(2), "a", "b")
    state = group(state, GroupMode.TOGETHER, 1, 2)
    state = booked(state, "later")
    state = bookings.cancel_booking(state, booking("a"), EARLY).state
    assert booking("later") in state.confirmed
    found = explain(state, booking("later"), booking(1))
    assert (found.why, found.at) == (Why.GROUP_TOGETHER, EARLY)
    assert explain(state, booking(1), booking("later")).why is Why.ASKED_EARLIER


def test_offer_moves_on_by_itself_when_nobody_answers() -> None:
    state = booked(session(1, promotion=Promotion.OFFER), 1, 2, 3)
    state = bookings.cancel_booking(state, booking(1), START - timedelta(days=20)).state
    first = only_offer(state)
    ends = START - timedelta(days=18)
    assert (state.offers[first].expires_at, next_due(state)) == (ends, ends)
    with pytest.raises(SeatOfferEnded):
        offers.accept(state, first, None, ends)
    change = due(state, ends)
    expired, offered = change.events[:2]
    assert isinstance(expired, SeatOfferExpired)
    assert isinstance(offered, WaitlistSeatOffered)
    assert (expired.booking_ids, offered.booking_ids) == ((booking(2),), (booking(3),))
    assert not due(change.state, ends).events
    assert bookings.status_of(change.state, booking(2)) == "offer_expired"


def test_four_hours_are_left_to_answer_when_the_course_is_near() -> None:
    state = booked(session(1, promotion=Promotion.OFFER), 1, 2)
    at = START - timedelta(days=2)
    state = bookings.cancel_booking(state, booking(1), at).state
    assert state.offers[only_offer(state)].expires_at == at + timedelta(hours=4)
    state = booked(session(1, promotion=Promotion.OFFER), 1, 2)
    at = START - timedelta(hours=1)
    state = bookings.cancel_booking(state, booking(1), at).state
    assert state.offers[only_offer(state)].expires_at == START


def test_fee_is_waived_when_the_offered_seat_is_accepted() -> None:
    at = START - timedelta(days=20)
    state = booked(session(1, promotion=Promotion.OFFER), 1, 2)
    state = bookings.cancel_booking(state, booking(1), at).state
    assert state.ended[booking(1)].fee_percent == 50
    change = offers.accept(state, only_offer(state), None, at)
    (waived,) = (event for event in change.events if isinstance(event, CancellationFeeWaived))
    assert (waived.booking_id, waived.fee_cents) == (booking(1), 34_500)
    ended = change.state.ended[booking(1)]
    assert (ended.fee_cents, ended.waived, ended.outcome) == (0, True, Outcome.CANCELLED)
    declined = offers.decline(state, only_offer(state), at).state
    assert declined.ended[booking(1)].fee_percent == 50


def test_company_at_its_cap_comes_after_others_when_several_wait() -> None:
    state = booked(session(2, company_cap=1), "x")
    state = bookings.book(state, asked(1, "a"), DEFAULT_POLICY, EARLY).state
    state = bookings.book(state, asked(2, "a"), DEFAULT_POLICY, EARLY).state
    state = bookings.book(state, asked(3, "b"), DEFAULT_POLICY, EARLY).state
    state = bookings.cancel_booking(state, booking("x"), EARLY).state
    assert booking(3) in state.confirmed
    assert explain(state, booking(3), booking(2)).why is Why.COMPANY_CAP
    alone = bookings.cancel_booking(state, booking(3), EARLY).state
    assert booking(2) in alone.confirmed  # nobody else waits


def test_reserved_seats_are_for_one_company_until_their_release() -> None:
    state = contingents.reserve(session(3), company("a"), 2, 28, EARLY).state
    state = booked(state, 1, 2)
    assert (state.counts().reserved, state.counts().waitlisted) == (2, 1)
    state = bookings.book(state, asked("own", "a"), DEFAULT_POLICY, EARLY).state
    assert (state.counts().confirmed, state.counts().reserved) == (2, 1)
    with pytest.raises(ContingentTooLarge):
        contingents.reserve(state, company("b"), 1, 28, EARLY)
    released = contingents.release_at(state, state.contingents[company("a")])
    assert released.isoformat() == "2027-04-04T22:00:00+00:00"  # local midnight of T-28, in summer time
    after = due(state, released).state
    assert (after.counts().confirmed, after.counts().reserved, after.counts().waitlisted) == (3, 0, 0)


def test_prerequisites_are_asked_for_again_when_a_substitute_comes() -> None:
    state = session(2, prerequisites=("emob-hv1",))
    with pytest.raises(PrerequisiteMissing):
        bookings.book(state, asked(1), DEFAULT_POLICY, EARLY)
    attested = asked(1).model_copy(update={"attested": ("emob-hv1",)})
    state = bookings.book(state, attested, DEFAULT_POLICY, EARLY).state
    with pytest.raises(PrerequisiteMissing):
        bookings.substitute(state, booking(1), person("new"), EARLY)
    assert bookings.substitute(state, booking(1), person("new"), EARLY, ("emob-hv1",)).events


def test_promises_end_and_contracts_stay_when_a_membership_ends() -> None:
    state = booked(session(1), 1, 2, 3)
    second, first = company("company of 2"), company("company of 1")
    state = standing.change_standing(state, second, Standing.SUSPENDED, 3, EARLY).state
    state = bookings.cancel_booking(state, booking(1), EARLY).state
    assert booking(3) in state.confirmed
    assert explain(state, booking(3), booking(2)).why is Why.MEMBERSHIP_RESTS
    assert not standing.change_standing(state, second, Standing.ACTIVE, 2, EARLY).events  # stale
    state = standing.change_standing(state, second, Standing.TERMINATED, 4, EARLY).state
    ended = state.ended[booking(2)]
    assert isinstance(ended, Ended)
    assert (ended.outcome, ended.fee_cents) == (Outcome.MEMBERSHIP_ENDED, 0)
    kept = standing.change_standing(state, company("company of 3"), Standing.TERMINATED, 1, EARLY).state
    assert booking(3) in kept.confirmed
    assert not standing.change_standing(state, first, Standing.TERMINATED, 1, EARLY).events
