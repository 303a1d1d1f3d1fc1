"""What a session is made of: seats, groups, offers, contingents, questions, decisions. Pure."""

from datetime import datetime
from enum import StrEnum

from shared.events.course_values import SessionDay
from shared.events.envelope import Value
from shared.events.seats import QueueReason, Standing
from shared.events.sessions import DecidedBy, GoNoGo
from shared.ids import BookingId, OrganisationId, PersonId


class Promotion(StrEnum):
    """What happens when a seat is free and somebody waits: it is booked at once, or offered with a deadline."""

    AUTOMATIC = "automatic"
    OFFER = "offer"


class GroupMode(StrEnum):
    """What a company that asks for several seats wants if they are not all free."""

    ALL_OR_NOTHING = "all_or_nothing"  # refuse the request
    AS_MANY_AS_POSSIBLE = "as_many_as_possible"  # book what is free, the rest waits
    ASK_FOR_PART = "ask_for_part"  # wait as a group and be asked: "3 of 5 now?"
    TOGETHER = "together"  # wait until all fit at once


class Outcome(StrEnum):
    """How a booking ended."""

    CANCELLED = "cancelled"
    SESSION_CANCELLED = "session_cancelled"
    OFFER_EXPIRED = "offer_expired"
    OFFER_DECLINED = "offer_declined"
    DATES_DECLINED = "dates_declined"
    DATES_UNANSWERED = "dates_unanswered"
    MEMBERSHIP_ENDED = "membership_ended"
    NOT_PLACED = "not_placed"


class Silence(StrEnum):
    """What becomes of a booking whose company does not answer to new dates."""

    RELEASE = "release"
    KEEP = "keep"


class Seat(Value):
    """A booking that holds a seat or waits for one; `policy` is the version of the rules it froze.

    `ask`: a free seat is offered rather than booked at once. `attested`: prerequisites the employer vouches for.
    """

    organisation_id: OrganisationId
    participant_id: PersonId
    number: int
    policy: int
    request: str = ""
    group: str | None = None
    ask: bool = False
    attested: tuple[str, ...] = ()


class Ended(Seat):
    """A booking that has ended; `waived`: a fee was due until the seat was filled from the waitlist."""

    fee_percent: int = 0
    fee_cents: int = 0
    by_session: bool = False
    outcome: Outcome = Outcome.CANCELLED
    waived: bool = False


class Group(Value):
    """Bookings that were asked for together and wait together; a part of this size they have declined."""

    mode: GroupMode
    declined_part: int = 0


class Offer(Value):
    """Seats held for a company until `expires_at`, for some of these waiting bookings."""

    organisation_id: OrganisationId
    booking_ids: tuple[BookingId, ...]
    seats: int
    made_at: datetime
    expires_at: datetime


class Contingent(Value):
    """Seats kept for a company until so many days before the first day, or until released."""

    seats: int
    release_days_before: int
    released: bool = False


class DateQuestion(Value):
    """New dates, and the confirmed bookings whose companies have not said yet whether they still come."""

    answer_by: datetime
    open: tuple[BookingId, ...]
    if_silent: Silence
    reminded: bool = False


class Decided(Value):
    """Go or no go; `note` is a person's explanation and is shown to the network's managers only."""

    decision: GoNoGo
    by: DecidedBy
    reason_code: str
    note: str = ""
    at: datetime
    takes_effect_at: datetime | None = None


class PassedOver(Value):
    """An entry of the waitlist, by its number, that others were preferred to, and why."""

    number: int
    reason: QueueReason


class QueueStep(StrEnum):
    SEAT_GIVEN = "seat_given"
    OFFER_MADE = "offer_made"
    OFFER_ACCEPTED = "offer_accepted"
    OFFER_DECLINED = "offer_declined"
    OFFER_EXPIRED = "offer_expired"
    OFFER_WITHDRAWN = "offer_withdrawn"


class QueueDecision(Value):
    """One decision over the waitlist, with the entries that came earlier and were passed over."""

    at: datetime
    step: QueueStep
    numbers: tuple[int, ...]
    seats: int
    reason: QueueReason
    passed: tuple[PassedOver, ...] = ()


class KeptStanding(Value):
    """A company's standing, and the sequence of the membership's event that told it."""

    standing: Standing
    sequence: int


class CalendarDay(Value):
    """A session day as calendars know it: `uid` never changes, `sequence` rises with every change (RFC 5545)."""

    uid: int
    sequence: int = 0
    day: SessionDay
    cancelled: bool = False
