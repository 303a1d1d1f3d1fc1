"""Events of a session's life: phases, go or no go, dates, start and end; part of topic `verbund.courses.events`."""

from datetime import datetime
from enum import StrEnum
from typing import Literal

from shared.events.course_values import SeatCounts, SessionDay
from shared.events.envelope import Event
from shared.ids import BookingId, NetworkId, OrganisationId, SessionId


class BookingPhase(StrEnum):
    """Who may book: companies of the session's pool, then of its network, then of any network."""

    POOL = "pool"
    NETWORK = "network"
    OTHERS = "others"


class GoNoGo(StrEnum):
    GO = "go"
    NO_GO = "no_go"


class DecidedBy(StrEnum):
    RULE = "rule"
    PERSON = "person"


class BookingPhaseOpened(Event):
    """From now on companies of this phase may book too; `until` is the start of the next one, if there is one."""

    type: Literal["verbund.courses.booking-phase-opened.v1"] = "verbund.courses.booking-phase-opened.v1"
    session_id: SessionId
    network_id: NetworkId
    phase: BookingPhase
    until: datetime | None = None


class GoNoGoDecided(Event):
    """Whether the session takes place. A "no go" takes effect at `takes_effect_at`; until then it can be overruled."""

    type: Literal["verbund.courses.go-no-go-decided.v1"] = "verbund.courses.go-no-go-decided.v1"
    session_id: SessionId
    network_id: NetworkId
    decision: GoNoGo
    decided_by: DecidedBy
    reason_code: str
    confirmed: int
    minimum_seats: int
    takes_effect_at: datetime | None = None


class SessionConfirmed(Event):
    """The session takes place."""

    type: Literal["verbund.courses.session-confirmed.v1"] = "verbund.courses.session-confirmed.v1"
    session_id: SessionId
    network_id: NetworkId
    confirmed: int


class SessionPostponed(Event):
    """The session takes place later; its new dates are not known yet. Bookings stay and may be left for free."""

    type: Literal["verbund.courses.session-postponed.v1"] = "verbund.courses.session-postponed.v1"
    session_id: SessionId
    network_id: NetworkId
    reason_code: str


class SessionRescheduled(Event):
    """The session has new dates; these companies are asked until `answer_by` whether they still come."""

    type: Literal["verbund.courses.session-rescheduled.v1"] = "verbund.courses.session-rescheduled.v1"
    session_id: SessionId
    network_id: NetworkId
    days: tuple[SessionDay, ...]
    time_zone: str
    venue_ags: str | None = None
    revision: int
    answer_by: datetime | None = None
    organisation_ids: tuple[OrganisationId, ...] = ()


class DatesAccepted(Event):
    """A company keeps these bookings on the new dates."""

    type: Literal["verbund.courses.dates-accepted.v1"] = "verbund.courses.dates-accepted.v1"
    session_id: SessionId
    network_id: NetworkId
    organisation_id: OrganisationId
    booking_ids: tuple[BookingId, ...]


class DateAnswersAwaited(Event):
    """The time to answer to new dates ends soon, and these companies have not answered."""

    type: Literal["verbund.courses.date-answers-awaited.v1"] = "verbund.courses.date-answers-awaited.v1"
    session_id: SessionId
    network_id: NetworkId
    organisation_ids: tuple[OrganisationId, ...]
    answer_by: datetime


class SessionReminderDue(Event):
    """So many days before the first course day, everybody with a seat is to be reminded."""

    type: Literal["verbund.courses.session-reminder-due.v1"] = "verbund.courses.session-reminder-due.v1"
    session_id: SessionId
    network_id: NetworkId
    days_before: int
    starts_at: datetime


class SessionStarted(Event):
    """The first day has begun; the waitlist is closed."""

    type: Literal["verbund.courses.session-started.v1"] = "verbund.courses.session-started.v1"
    session_id: SessionId
    network_id: NetworkId
    seats: SeatCounts


class SessionCompleted(Event):
    """The last day has ended with so many booked seats."""

    type: Literal["verbund.courses.session-completed.v1"] = "verbund.courses.session-completed.v1"
    session_id: SessionId
    network_id: NetworkId
    booked: int
    teaching_units: int


class SessionSettled(Event):
    """Nothing is left to be paid or corrected."""

    type: Literal["verbund.courses.session-settled.v1"] = "verbund.courses.session-settled.v1"
    session_id: SessionId
    network_id: NetworkId


EVENTS: tuple[type[Event], ...] = (
    BookingPhaseOpened,
    GoNoGoDecided,
    SessionConfirmed,
    SessionPostponed,
    SessionRescheduled,
    DatesAccepted,
    DateAnswersAwaited,
    SessionReminderDue,
    SessionStarted,
    SessionCompleted,
    SessionSettled,
)
