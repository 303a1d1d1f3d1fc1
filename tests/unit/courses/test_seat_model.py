"""Random stories of booking, cancelling and substituting against a model of two plain lists."""

from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.courses.memberships.domain import DEFAULT_POLICY
from services.courses.sessions.domain import Ended, Session, bookings
from shared.decisions import Change
from shared.events.course_values import SeatCounts
from shared.events.courses import (
    BookingCancelled,
    BookingWaitlisted,
    CourseBooked,
    WaitlistPromoted,
)
from shared.ids import BookingId
from tests.unit.courses.examples import EARLY, START, asked, booking, person, session


class Seats(RuleBasedStateMachine):
    """The model: who is in, who waits in which order; the counters are replayed from the events alone."""

    state: Session

    @initialize(capacity=st.integers(1, 4))
    def begin(self, capacity: int) -> None:
        self.state = session(capacity)
        self.inside: list[BookingId] = []
        self.queue: list[BookingId] = []
        self.replayed = SeatCounts(confirmed=0, waitlisted=0, free=capacity)
        self.made = 0

    def follow(self, change: Change[Session]) -> None:
        self.state = change.state
        steps = {
            CourseBooked: (1, 0),
            BookingWaitlisted: (0, 1),
            WaitlistPromoted: (1, -1),
        }
        for event in change.events:
            if isinstance(event, BookingCancelled):
                confirmed, waiting = (-1, 0) if event.was_confirmed else (0, -1)
            elif type(event) in steps:
                confirmed, waiting = steps[type(event)]
            else:
                continue
            self.replayed = SeatCounts(
                confirmed=self.replayed.confirmed + confirmed,
                waitlisted=self.replayed.waitlisted + waiting,
                free=self.replayed.free - confirmed,
            )
            assert event.seats == self.replayed  # type: ignore[attr-defined]

    @rule()
    def book(self) -> None:
        self.made += 1
        request = asked(self.made)
        self.follow(bookings.book(self.state, request, DEFAULT_POLICY, EARLY))
        line = self.inside if len(self.inside) < self.state.capacity else self.queue
        line.append(request.booking_id)

    @precondition(lambda self: self.inside or self.queue)
    @rule(data=st.data(), days=st.integers(1, 40))
    def cancel(self, data: st.DataObject, days: int) -> None:
        chosen = data.draw(st.sampled_from(self.inside + self.queue))
        self.follow(bookings.cancel_booking(self.state, chosen, START - timedelta(days=days)))
        expected = 0
        if chosen in self.queue:
            self.queue.remove(chosen)
        else:
            self.inside.remove(chosen)
            if self.queue:
                self.inside.append(self.queue.pop(0))
            else:
                expected = 0 if days >= 28 else 50 if days >= 14 else 100
        ended = self.state.booking(chosen)
        assert isinstance(ended, Ended)
        assert (ended.fee_percent, ended.fee_cents) == (expected, 690 * expected)

    @precondition(lambda self: self.inside or self.queue)
    @rule(data=st.data())
    def substitute(self, data: st.DataObject) -> None:
        chosen = data.draw(st.sampled_from(self.inside + self.queue))
        self.made += 1
        self.follow(bookings.substitute(self.state, chosen, person(f"other {self.made}"), EARLY))

    @rule()
    def repeat(self) -> None:
        if self.made and booking(self.made) in (*self.inside, *self.queue):
            assert not bookings.book(self.state, asked(self.made), DEFAULT_POLICY, EARLY).events

    @rule()
    def store_and_load(self) -> None:
        self.state = Session.model_validate_json(self.state.model_dump_json())

    @invariant()
    def holds(self) -> None:
        if not hasattr(self, "replayed"):
            return
        assert self.state.counts() == self.replayed
        assert len(self.state.confirmed) <= self.state.capacity
        assert set(self.state.confirmed) == set(self.inside)
        positions = {each: self.state.position(each) for each in self.state.waiting}
        assert positions == {each: place for place, each in enumerate(self.queue, 1)}
        assert sorted(self.state.people.values()) == sorted(self.inside + self.queue)


Seats.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestSeats = Seats.TestCase
