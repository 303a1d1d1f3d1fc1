"""Events of seats, offers and the waitlist of a session; part of topic `verbund.courses.events`.

Seat events carry the session's counters as they stand after the event, so that no consumer has to count.
"""

from datetime import datetime
from enum import StrEnum
from typing import Literal

from shared.events.course_values import SeatCounts
from shared.events.envelope import Event
from shared.ids import BookingId, NetworkId, OrganisationId, SeatOfferId, SessionId


class QueueReason(StrEnum):
    """Why somebody who waits got a seat or an offer, or was passed over for now."""

    FIRST_IN_QUEUE = "first_in_queue"
    OTHERS_PASSED_OVER = "others_passed_over"
    COMPANY_CAP = "company_cap"
    GROUP_TOGETHER = "group_together"
    PART_DECLINED = "part_declined"
    MEMBERSHIP_RESTS = "membership_rests"
    SEATS_RESERVED = "seats_reserved"
    OFFER_OPEN = "offer_open"


class CancellationCause(StrEnum):
    """What ended a booking; only what a company decided for itself can cost a fee."""

    COMPANY = "company"
    DATES_DECLINED = "dates_declined"
    DATES_UNANSWERED = "dates_unanswered"
    MEMBERSHIP_ENDED = "membership_ended"
    NOT_PLACED = "not_placed"


class Standing(StrEnum):
    """What a company's membership in the session's network allows its waiting bookings."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    TERMINATED = "terminated"


class ContingentReserved(Event):
    """Seats are kept for a company until `release_at`; 0 seats take the reservation back."""

    type: Literal["verbund.courses.contingent-reserved.v1"] = "verbund.courses.contingent-reserved.v1"
    session_id: SessionId
    network_id: NetworkId
    organisation_id: OrganisationId
    reserved_seats: int
    release_at: datetime
    seats: SeatCounts


class ContingentReleased(Event):
    """Seats of a contingent that were not booked are free for everybody."""

    type: Literal["verbund.courses.contingent-released.v1"] = "verbund.courses.contingent-released.v1"
    session_id: SessionId
    network_id: NetworkId
    organisation_id: OrganisationId
    released_seats: int
    seats: SeatCounts


class WaitlistSeatOffered(Event):
    """A company is asked whether it takes `seats_offered` seats for some of these waiting bookings."""

    type: Literal["verbund.courses.waitlist-seat-offered.v1"] = "verbund.courses.waitlist-seat-offered.v1"
    offer_id: SeatOfferId
    session_id: SessionId
    network_id: NetworkId
    organisation_id: OrganisationId
    booking_ids: tuple[BookingId, ...]
    seats_offered: int
    expires_at: datetime
    reason_code: QueueReason
    seats: SeatCounts


class SeatOfferExpired(Event):
    """Nobody answered in time; `booking_ids` left the waitlist, none if only a part had been offered."""

    type: Literal["verbund.courses.seat-offer-expired.v1"] = "verbund.courses.seat-offer-expired.v1"
    offer_id: SeatOfferId
    session_id: SessionId
    network_id: NetworkId
    organisation_id: OrganisationId
    booking_ids: tuple[BookingId, ...]
    seats: SeatCounts


class SeatOfferDeclined(Event):
    """The company does not want the offered seats; `booking_ids` left the waitlist."""

    type: Literal["verbund.courses.seat-offer-declined.v1"] = "verbund.courses.seat-offer-declined.v1"
    offer_id: SeatOfferId
    session_id: SessionId
    network_id: NetworkId
    organisation_id: OrganisationId
    booking_ids: tuple[BookingId, ...]
    seats: SeatCounts


class SeatOfferWithdrawn(Event):
    """The offer ended without an answer: the session does not take place, or the membership rests or ended."""

    type: Literal["verbund.courses.seat-offer-withdrawn.v1"] = "verbund.courses.seat-offer-withdrawn.v1"
    offer_id: SeatOfferId
    session_id: SessionId
    network_id: NetworkId
    organisation_id: OrganisationId
    seats: SeatCounts


class CancellationFeeWaived(Event):
    """The seat of a cancelled booking was filled from the waitlist, so its fee is not due."""

    type: Literal["verbund.courses.cancellation-fee-waived.v1"] = "verbund.courses.cancellation-fee-waived.v1"
    booking_id: BookingId
    session_id: SessionId
    network_id: NetworkId
    organisation_id: OrganisationId
    fee_percent: int
    fee_cents: int


class CompanyStandingChanged(Event):
    """A company's membership was suspended, resumed or ended while it had a part in the session."""

    type: Literal["verbund.courses.company-standing-changed.v1"] = (
        "verbund.courses.company-standing-changed.v1"
    )
    session_id: SessionId
    network_id: NetworkId
    organisation_id: OrganisationId
    standing: Standing


EVENTS: tuple[type[Event], ...] = (
    ContingentReserved,
    ContingentReleased,
    WaitlistSeatOffered,
    SeatOfferExpired,
    SeatOfferDeclined,
    SeatOfferWithdrawn,
    CancellationFeeWaived,
    CompanyStandingChanged,
)
