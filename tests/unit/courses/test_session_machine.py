"""Random stories of ALL commands of a session by many callers, with time passing and steps coming late.

After every step everything in `invariants` holds, time has nothing left to do, the state survives the store, money adds
up over the events, and whoever got a seat before somebody who had asked earlier has a reason noted for it.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from services.courses.memberships.domain import DEFAULT_POLICY
from services.courses.sessions.domain import (
    Session,
    SessionState,
    bookings,
    contingents,
    dates,
    groups,
    lifecycle,
    offers,
    plan,
    standing,
)
from services.courses.sessions.domain import due as due_steps
from services.courses.sessions.domain.explain import Why, explain
from services.courses.sessions.domain.lifecycle import GoReason, ReasonCode
from services.courses.sessions.domain.parts import GroupMode, Promotion, Silence
from services.courses.sessions.domain.table import SOLD
from services.courses.sessions.invariants import violations
from shared.decisions import Change
from shared.errors import Rejected
from shared.events.course_values import SessionDay
from shared.events.courses import BookingCancelled, CourseBooked, WaitlistPromoted
from shared.events.seats import CancellationFeeWaived, Standing
from shared.events.sessions import GoNoGo
from tests.unit.courses.examples import EARLY, START, booking, company, person, session

COMPANIES = [company(name) for name in "abcd"]
POLICY = DEFAULT_POLICY.model_copy(update={"waitlist_cap_per_company": 4})
DAYS = st.integers(0, 40)


class Life(RuleBasedStateMachine):
    """One session; `now` only moves on."""

    state: Session

    @initialize(
        capacity=st.integers(1, 5),
        minimum=st.integers(1, 3),
        promotion=st.sampled_from(Promotion),
        cap=st.none() | st.integers(1, 3),
        pool=st.booleans(),
        others=st.none() | st.integers(1, 30),
        opened=st.integers(0, 9).map(bool),
    )
    def begin(
        self,
        capacity: int,
        minimum: int,
        promotion: Promotion,
        cap: int | None,
        pool: bool,
        others: int | None,
        opened: bool,
    ) -> None:
        self.now = EARLY
        self.made = 0
        self.fees = 0
        self.standings = 0
        draft = session(
            capacity,
            state=SessionState.DRAFT,
            minimum_seats=min(minimum, capacity),
            promotion=promotion,
            company_cap=cap,
            pool_id="p" if pool else None,
            pool_members=COMPANIES[:2],
            pool_first_days=14,
            others_days_before=others,
        )
        self.state = plan.schedule(None, draft).state
        if opened:
            self.do(lambda state: plan.open_booking(state, self.now))

    def do(self, decide: Callable[[Session], Change[Session]]) -> None:
        """Decide, perhaps to be refused, and look at what came of it."""
        before = self.state
        try:
            change = decide(before)
        except Rejected:
            return
        if not change.events:
            assert change.state == before
            return
        self.state = Session.model_validate_json(change.state.model_dump_json())
        assert self.state == change.state
        for event in change.events:
            if isinstance(event, BookingCancelled):
                self.fees += event.fee_cents
            if isinstance(event, CancellationFeeWaived):
                self.fees -= event.fee_cents
        seen = [event.seats for event in change.events if hasattr(event, "seats")]
        assert not seen or seen[-1] == self.state.counts() or self.state.state is SessionState.CANCELLED
        assert violations(self.state, self.now) == ()
        assert sum(ended.fee_cents for ended in self.state.ended.values()) == self.fees
        self.reasons(before, change)

    def reasons(self, before: Session, change: Change[Session]) -> None:
        """Whoever waited earlier and still waits without an offer has a reason for each seat given later."""
        given = [each for each in change.events if isinstance(each, (CourseBooked, WaitlistPromoted))]
        still = [
            each for each in before.waiting if each in self.state.waiting and not self.state.offer_of(each)
        ]
        pairs = ((event.booking_id, other) for event in given for other in still)
        for first, other in pairs:
            later = self.state.waiting[other].number < self.state.booking(first).number
            if later and before.offer_of(other) is None and before.offer_of(first) is None:
                found = explain(self.state, first, other)
                assert found.why not in (Why.NEVER_COMPARED, Why.ASKED_EARLIER), found

    def asked(self, number: int, member: bool, ask: bool | None) -> bookings.Request:
        self.made += 1
        return bookings.Request(
            booking_id=booking(self.made),
            organisation_id=COMPANIES[number],
            participant_id=person(self.made % 17),
            request=str(self.made),
            member=member,
            ask=ask,
        )

    def one_of(self, data: st.DataObject, *kinds: dict[Any, Any]) -> Any:
        known = [key for kind in kinds for key in kind]
        return data.draw(st.sampled_from(known)) if known else "none"

    @precondition(lambda self: self.state.state is SessionState.DRAFT)
    @rule()
    def open(self) -> None:
        self.do(lambda state: plan.open_booking(state, self.now))

    @precondition(lambda self: self.state.state in SOLD)
    @rule(number=st.integers(0, 3), stranger=st.integers(0, 9), ask=st.none() | st.booleans())
    def book(self, number: int, stranger: int, ask: bool | None) -> None:
        request = self.asked(number, stranger > 0, ask)
        self.do(lambda state: bookings.book(state, request, POLICY, self.now))
        if self.state.knows(request.booking_id):
            assert not bookings.book(self.state, request, POLICY, self.now).events

    @precondition(lambda self: self.state.state in SOLD)
    @rule(number=st.integers(0, 3), size=st.integers(1, 5), mode=st.sampled_from(GroupMode))
    def book_several(self, number: int, size: int, mode: GroupMode) -> None:
        members = tuple(self.asked(number, True, None) for _ in range(size))
        group = groups.GroupRequest(group_id=f"g{self.made}", mode=mode, members=members)
        known = len(self.state.confirmed) + len(self.state.waiting)
        self.do(lambda state: groups.book_group(state, group, POLICY, self.now))
        active = len(self.state.confirmed) + len(self.state.waiting)
        assert active in (known, known + size)

    @precondition(lambda self: self.state.people)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        chosen = self.one_of(data, self.state.confirmed, self.state.waiting)
        self.do(lambda state: bookings.cancel_booking(state, chosen, self.now))

    @precondition(lambda self: self.state.people)
    @rule(data=st.data(), who=st.integers(0, 20))
    def substitute(self, data: st.DataObject, who: int) -> None:
        chosen = self.one_of(data, self.state.confirmed, self.state.waiting)
        taken = len(self.state.confirmed)
        self.do(lambda state: bookings.substitute(state, chosen, person(who), self.now))
        assert len(self.state.confirmed) == taken

    @precondition(lambda self: self.state.offers)
    @rule(data=st.data(), some=st.none() | st.integers(1, 5))
    def accept(self, data: st.DataObject, some: int | None) -> None:
        chosen = self.one_of(data, self.state.offers)
        named = self.state.offers[chosen].booking_ids
        self.do(lambda state: offers.accept(state, chosen, named[:some] if some else None, self.now))

    @precondition(lambda self: self.state.offers)
    @rule(data=st.data(), leave=st.booleans())
    def decline(self, data: st.DataObject, leave: bool) -> None:
        chosen = self.one_of(data, self.state.offers)
        self.do(lambda state: offers.decline(state, chosen, self.now, leave=leave))

    @precondition(lambda self: self.state.requests % 3 == 0)
    @rule(number=st.integers(0, 3), seats=st.integers(0, 3), days=st.integers(0, 60))
    def reserve(self, number: int, seats: int, days: int) -> None:
        self.do(lambda state: contingents.reserve(state, COMPANIES[number], seats, days, self.now))

    @precondition(lambda self: self.state.contingents)
    @rule(number=st.integers(0, 3))
    def release(self, number: int) -> None:
        self.do(lambda state: contingents.release(state, COMPANIES[number], self.now))

    @precondition(
        lambda self: (
            self.state.state is SessionState.POSTPONED
            or (self.state.revision < 2 and self.state.requests % 4 == 3)
        )
    )
    @rule(moved=st.integers(1, 60), lasts=st.integers(1, 3), silence=st.sampled_from(Silence))
    def reschedule(self, moved: int, lasts: int, silence: Silence) -> None:
        first = self.now + timedelta(days=moved)
        days = tuple(
            SessionDay(starts_at=first + timedelta(days=n), ends_at=first + timedelta(days=n, hours=8))
            for n in range(lasts)
        )
        new = dates.NewDates(
            days=days,
            time_zone="Europe/Berlin",
            venue_ags=None,
            answer_by=self.now + timedelta(days=moved) / 2,
            if_silent=silence,
        )
        self.do(lambda state: dates.reschedule(state, new, self.now))

    @precondition(lambda self: self.state.question)
    @rule(number=st.integers(0, 3), all_of_them=st.booleans())
    def answer(self, number: int, all_of_them: bool) -> None:
        asked = self.state.question.open if self.state.question else ()
        own = [each for each in asked if self.state.confirmed[each].organisation_id == COMPANIES[number]]
        gone = own if all_of_them else own[:1]
        self.do(lambda state: dates.answer(state, COMPANIES[number], gone, self.now))

    @precondition(lambda self: self.state.offers or self.state.requests % 3 == 2)
    @rule(what=st.sampled_from(Standing), number=st.integers(0, 3), stale=st.booleans())
    def membership(self, what: Standing, number: int, stale: bool) -> None:
        self.standings += 0 if stale else 1
        sequence = self.standings
        self.do(lambda state: standing.change_standing(state, COMPANIES[number], what, sequence, self.now))

    @precondition(lambda self: self.state.state is SessionState.OPEN)
    @rule(decision=st.sampled_from(GoNoGo), chance=st.integers(0, 9))
    def decide(self, decision: GoNoGo, chance: int) -> None:
        if chance == (decision is GoNoGo.GO):
            self.do(lambda state: lifecycle.decide(state, decision, GoReason.OTHER, "", self.now))

    @precondition(lambda self: self.state.state in SOLD and self.state.requests > 4)
    @rule(chance=st.integers(0, 9))
    def postpone(self, chance: int) -> None:
        if chance == 9:
            self.do(lambda state: dates.postpone(state, "other", self.now))

    @rule(chance=st.integers(0, 40))
    def give_up(self, chance: int) -> None:
        if chance == 40:
            self.do(lambda state: lifecycle.cancel(state, ReasonCode.OTHER))

    @precondition(lambda self: self.state.state is SessionState.COMPLETED)
    @rule()
    def settle(self) -> None:
        self.do(lifecycle.settle)

    @rule(hours=st.integers(1, 24 * 12) | st.sampled_from([4, 24, 48]), late=st.sampled_from([0, 0, 1, 30]))
    def wait(self, hours: int, late: int) -> None:
        """Time passes; the steps that fell due are taken `late` hours later."""
        self.now += timedelta(hours=hours + late)
        for _ in range(3):
            self.do(lambda state: due_steps.due(state, self.now))
        following = due_steps.next_due(self.state)
        assert following is None or following > self.now
        assert not due_steps.due(self.state, self.now).events


Life.TestCase.settings = settings(max_examples=120, stateful_step_count=50, deadline=None)
TestLife = Life.TestCase
assert EARLY < START
