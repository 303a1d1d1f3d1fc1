"""A session: plan, seats, waitlist, offers, contingents, in one state that one write changes. Pure.

Bookings are keyed by their id; who waits is ordered by `number`, the order in which requests were accepted.
Positions are computed, not stored, and a network's rules are kept once per version: see docs/adr/0007 and 0021.
"""

from datetime import datetime

from pydantic import Field

from services.courses.sessions.domain.parts import (
    CalendarDay,
    Contingent,
    DateQuestion,
    Decided,
    Ended,
    Group,
    KeptStanding,
    Offer,
    Promotion,
    QueueDecision,
    Seat,
)
from services.courses.sessions.domain.table import SessionState
from shared.errors import NotFound
from shared.events.course_values import CostKey, CourseFormat, SeatCounts, SessionDay
from shared.events.envelope import Value
from shared.events.membership import CancellationTier
from shared.events.sessions import BookingPhase
from shared.ids import (
    BookingId,
    CourseId,
    NetworkId,
    OrganisationId,
    PersonId,
    PoolId,
    SeatOfferId,
    SessionId,
)


class Session(Value):
    """The state of a session; money in integer cents, instants in UTC."""

    id: SessionId
    network_id: NetworkId
    course_id: CourseId
    pool_id: PoolId | None = None
    provider_id: OrganisationId | None = None
    topic_code: str
    teaching_units: int
    days: tuple[SessionDay, ...]
    time_zone: str
    venue_ags: str | None = None
    format: CourseFormat = CourseFormat.ON_SITE
    online_url: str | None = None
    minimum_seats: int
    capacity: int
    price_cents: int
    cost_key: CostKey
    prerequisites: tuple[str, ...] = ()
    promotion: Promotion = Promotion.AUTOMATIC
    company_cap: int | None = None
    pool_first_days: int = 0
    others_days_before: int | None = None
    decide_days_before: int = 21
    created_ms: int

    state: SessionState = SessionState.DRAFT
    pool_members: tuple[OrganisationId, ...] = ()
    pool_until: datetime | None = None
    announced: BookingPhase | None = None
    decide_at: datetime | None = None
    decided: Decided | None = None
    reminded_days: int | None = None
    question: DateQuestion | None = None
    revision: int = 0
    calendar: tuple[CalendarDay, ...] = ()

    confirmed: dict[BookingId, Seat] = Field(default_factory=dict)
    waiting: dict[BookingId, Seat] = Field(default_factory=dict)
    ended: dict[BookingId, Ended] = Field(default_factory=dict)
    people: dict[PersonId, BookingId] = Field(default_factory=dict)
    policies: dict[int, tuple[CancellationTier, ...]] = Field(default_factory=dict)
    requests: int = 0
    groups: dict[str, Group] = Field(default_factory=dict)
    offers: dict[SeatOfferId, Offer] = Field(default_factory=dict)
    offers_made: int = 0
    contingents: dict[OrganisationId, Contingent] = Field(default_factory=dict)
    owed: tuple[BookingId, ...] = ()
    standings: dict[OrganisationId, KeptStanding] = Field(default_factory=dict)
    decisions: tuple[QueueDecision, ...] = ()
    minimum_reached: bool = False

    @property
    def starts_at(self) -> datetime:
        """The instant at which the first day starts."""
        return self.days[0].starts_at

    @property
    def ends_at(self) -> datetime:
        """The instant at which the last day ends."""
        return self.days[-1].ends_at

    @property
    def offered_seats(self) -> int:
        """Seats held by open offers."""
        return sum(offer.seats for offer in self.offers.values())

    def taken_by(self, organisation_id: OrganisationId) -> int:
        """Return how many seats a company has, or could have by accepting its offers."""
        confirmed = sum(seat.organisation_id == organisation_id for seat in self.confirmed.values())
        return confirmed + sum(
            offer.seats for offer in self.offers.values() if offer.organisation_id == organisation_id
        )

    def reserved_seats(self, *, but: OrganisationId | None = None) -> int:
        """Return the seats that contingents keep free, leaving out one company's own."""
        return sum(
            max(0, contingent.seats - self.taken_by(organisation_id))
            for organisation_id, contingent in self.contingents.items()
            if not contingent.released and organisation_id != but
        )

    def available(self, organisation_id: OrganisationId) -> int:
        """Return how many seats this company could take now."""
        free = self.capacity - len(self.confirmed) - self.offered_seats
        return free - self.reserved_seats(but=organisation_id) if self.contingents and free > 0 else free

    def counts(self) -> SeatCounts:
        """Return the seat counters."""
        return SeatCounts(
            confirmed=len(self.confirmed),
            waitlisted=len(self.waiting),
            free=self.capacity - len(self.confirmed),
            offered=self.offered_seats,
            reserved=self.reserved_seats() if self.contingents else 0,
        )

    def knows(self, booking_id: BookingId) -> bool:
        """Whether the booking is or was part of the session."""
        return booking_id in self.confirmed or booking_id in self.waiting or booking_id in self.ended

    def booking(self, booking_id: BookingId) -> Seat:
        """Return a booking, also an ended one. Errors: `NotFound` 404."""
        for seats in (self.confirmed, self.waiting, self.ended):
            if (seat := seats.get(booking_id)) is not None:
                return seat
        raise NotFound(kind="booking")

    def position(self, booking_id: BookingId) -> int | None:
        """Return the place in the waitlist, from 1, or None."""
        seat = self.waiting.get(booking_id)
        if seat is None:
            return None
        return sum(other.number <= seat.number for other in self.waiting.values())

    def offer_of(self, booking_id: BookingId) -> SeatOfferId | None:
        """Return the open offer that the booking is part of."""
        return next((key for key, offer in self.offers.items() if booking_id in offer.booking_ids), None)
