"""Events of the courses service, topic `verbund.courses.events`.

Seat events carry the session's counters as they stand after the event, so that no consumer has to count.
"""

from datetime import date
from typing import Literal

from shared.events import calls, catalogue, erasures, needs, planning, renewals, seats, sessions, waves
from shared.events.course_values import (
    CostKey,
    CourseFormat,
    NeedLevel,
    NeedOrigin,
    SeatCounts,
    SessionDay,
)
from shared.events.envelope import Event
from shared.events.seats import CancellationCause, QueueReason
from shared.ids import BookingId, CourseId, NeedId, NetworkId, OrganisationId, PoolId, SessionId, WaveId

# Where these are known to those who read this file alone.
__all__ = ["CostKey", "CourseFormat", "NeedLevel", "NeedOrigin", "SeatCounts", "SessionDay"]


class NeedPosted(Event):
    type: Literal["verbund.courses.need-posted.v1"] = "verbund.courses.need-posted.v1"
    need_id: NeedId
    network_id: NetworkId
    organisation_id: OrganisationId
    topic_code: str
    kldb: str | None = None
    headcount: int
    window_from: date
    window_to: date
    format: CourseFormat
    ags: str | None = None
    level: NeedLevel | None = None
    mandatory: bool = False
    esco_uris: tuple[str, ...] = ()
    origin: NeedOrigin = NeedOrigin.POSTED
    wave_id: WaveId | None = None


class NeedWithdrawn(Event):
    type: Literal["verbund.courses.need-withdrawn.v1"] = "verbund.courses.need-withdrawn.v1"
    need_id: NeedId
    network_id: NetworkId


class NeedPooled(Event):
    type: Literal["verbund.courses.need-pooled.v1"] = "verbund.courses.need-pooled.v1"
    need_id: NeedId
    network_id: NetworkId
    pool_id: PoolId


class NeedReleased(Event):
    """The pool refused the need, so it can go into another one."""

    type: Literal["verbund.courses.need-released.v1"] = "verbund.courses.need-released.v1"
    need_id: NeedId
    network_id: NetworkId
    pool_id: PoolId


class PoolOpened(Event):
    type: Literal["verbund.courses.pool-opened.v1"] = "verbund.courses.pool-opened.v1"
    pool_id: PoolId
    network_id: NetworkId
    topic_code: str
    minimum_seats: int


class NeedAddedToPool(Event):
    type: Literal["verbund.courses.need-added-to-pool.v1"] = "verbund.courses.need-added-to-pool.v1"
    pool_id: PoolId
    network_id: NetworkId
    need_id: NeedId
    headcount: int


class SeatsPledged(Event):
    type: Literal["verbund.courses.seats-pledged.v1"] = "verbund.courses.seats-pledged.v1"
    pool_id: PoolId
    network_id: NetworkId
    organisation_id: OrganisationId
    seats: int
    pledged_seats: int
    pledging_companies: int


class PoolBecameViable(Event):
    type: Literal["verbund.courses.pool-became-viable.v1"] = "verbund.courses.pool-became-viable.v1"
    pool_id: PoolId
    network_id: NetworkId
    pledged_seats: int
    pledging_companies: int


class PoolPlanned(Event):
    type: Literal["verbund.courses.pool-planned.v1"] = "verbund.courses.pool-planned.v1"
    pool_id: PoolId
    network_id: NetworkId
    session_id: SessionId


class CoursePublished(Event):
    type: Literal["verbund.courses.course-published.v1"] = "verbund.courses.course-published.v1"
    course_id: CourseId
    network_id: NetworkId
    topic_code: str
    teaching_units: int


class SessionScheduled(Event):
    type: Literal["verbund.courses.session-scheduled.v1"] = "verbund.courses.session-scheduled.v1"
    session_id: SessionId
    network_id: NetworkId
    course_id: CourseId
    pool_id: PoolId | None = None
    provider_id: OrganisationId | None = None
    topic_code: str
    teaching_units: int
    days: tuple[SessionDay, ...]
    time_zone: str
    venue_ags: str | None = None
    minimum_seats: int
    capacity: int
    price_cents: int
    cost_key: CostKey
    format: CourseFormat = CourseFormat.ON_SITE


class BookingOpened(Event):
    type: Literal["verbund.courses.booking-opened.v1"] = "verbund.courses.booking-opened.v1"
    session_id: SessionId
    network_id: NetworkId


class CourseBooked(Event):
    """A seat is confirmed for a named person of an organisation; the person is known to courses only.

    `policy_version`: the version of the network's rules that the booking froze; 0 is the default of the system.
    """

    type: Literal["verbund.courses.course-booked.v1"] = "verbund.courses.course-booked.v1"
    booking_id: BookingId
    session_id: SessionId
    network_id: NetworkId
    organisation_id: OrganisationId
    price_cents: int
    seats: SeatCounts
    policy_version: int | None = None


class BookingWaitlisted(Event):
    type: Literal["verbund.courses.booking-waitlisted.v1"] = "verbund.courses.booking-waitlisted.v1"
    booking_id: BookingId
    session_id: SessionId
    network_id: NetworkId
    organisation_id: OrganisationId
    position: int
    seats: SeatCounts


class WaitlistPromoted(Event):
    """A waiting booking got a freed seat."""

    type: Literal["verbund.courses.waitlist-promoted.v1"] = "verbund.courses.waitlist-promoted.v1"
    booking_id: BookingId
    session_id: SessionId
    network_id: NetworkId
    organisation_id: OrganisationId
    price_cents: int
    seats: SeatCounts
    reason_code: QueueReason = QueueReason.FIRST_IN_QUEUE
    policy_version: int | None = None


class BookingCancelled(Event):
    """`fee_percent` is 0 when the seat was filled again at once from the waitlist (`refilled`)."""

    type: Literal["verbund.courses.booking-cancelled.v1"] = "verbund.courses.booking-cancelled.v1"
    booking_id: BookingId
    session_id: SessionId
    network_id: NetworkId
    organisation_id: OrganisationId
    was_confirmed: bool
    days_before: int
    fee_percent: int
    fee_cents: int
    refilled: bool
    seats: SeatCounts
    cause: CancellationCause = CancellationCause.COMPANY


class ParticipantSubstituted(Event):
    """Another person of the same organisation takes the seat; booking id and price stay."""

    type: Literal["verbund.courses.participant-substituted.v1"] = "verbund.courses.participant-substituted.v1"
    booking_id: BookingId
    session_id: SessionId
    network_id: NetworkId
    organisation_id: OrganisationId


class MinimumReached(Event):
    type: Literal["verbund.courses.minimum-reached.v1"] = "verbund.courses.minimum-reached.v1"
    session_id: SessionId
    network_id: NetworkId
    confirmed: int


class SessionCancelled(Event):
    """The session does not take place; every booking in it ends without a fee."""

    type: Literal["verbund.courses.session-cancelled.v1"] = "verbund.courses.session-cancelled.v1"
    session_id: SessionId
    network_id: NetworkId
    reason_code: str


TOPIC = "verbund.courses.events"
EVENTS: tuple[type[Event], ...] = (
    NeedPosted,
    NeedWithdrawn,
    NeedPooled,
    NeedReleased,
    PoolOpened,
    NeedAddedToPool,
    SeatsPledged,
    PoolBecameViable,
    PoolPlanned,
    CoursePublished,
    SessionScheduled,
    BookingOpened,
    CourseBooked,
    BookingWaitlisted,
    WaitlistPromoted,
    BookingCancelled,
    ParticipantSubstituted,
    MinimumReached,
    SessionCancelled,
    *needs.EVENTS,
    *seats.EVENTS,
    *sessions.EVENTS,
    *erasures.COURSES,
    *calls.EVENTS,
    *planning.EVENTS,
    *waves.EVENTS,
    *renewals.EVENTS,
    *catalogue.EVENTS,
)
