"""Events by which a person is erased from every service. They name the erasure and never the person.

Whoever has to forget somebody asks membership behind which id the person stood, with the scope
`erasures:read`; membership answers until everybody has confirmed, and then does not know it itself.
"""

from typing import Literal

from shared.events.envelope import Event
from shared.ids import BookingId, ErasureId, NetworkId, SessionId


class ErasureRequested(Event):
    """Somebody asked for the erasure of a person; it can be withdrawn until it starts."""

    type: Literal["verbund.membership.erasure-requested.v1"] = "verbund.membership.erasure-requested.v1"
    erasure_id: ErasureId


class ErasureWithdrawn(Event):
    type: Literal["verbund.membership.erasure-withdrawn.v1"] = "verbund.membership.erasure-withdrawn.v1"
    erasure_id: ErasureId


class ErasureStarted(Event):
    """The person's record and sessions are gone; what is left waits for the last access token to expire."""

    type: Literal["verbund.membership.erasure-started.v1"] = "verbund.membership.erasure-started.v1"
    erasure_id: ErasureId


class PersonErased(Event):
    """Membership holds nothing about the person any more; every other service has to forget now and confirm."""

    type: Literal["verbund.membership.person-erased.v1"] = "verbund.membership.person-erased.v1"
    erasure_id: ErasureId


class ErasureConfirmed(Event):
    """One service has forgotten the person."""

    type: Literal["verbund.membership.erasure-confirmed.v1"] = "verbund.membership.erasure-confirmed.v1"
    erasure_id: ErasureId
    service: str


class ErasureCompleted(Event):
    """Every service has forgotten the person."""

    type: Literal["verbund.membership.erasure-completed.v1"] = "verbund.membership.erasure-completed.v1"
    erasure_id: ErasureId


class ParticipantErased(Event):
    """These bookings stay, with their figures, and have lost their person."""

    type: Literal["verbund.courses.participant-erased.v1"] = "verbund.courses.participant-erased.v1"
    session_id: SessionId
    network_id: NetworkId
    booking_ids: tuple[BookingId, ...]


class PersonUnlinked(Event):
    """Courses has forgotten the person: so many sessions and bookings lost their link."""

    type: Literal["verbund.courses.person-unlinked.v1"] = "verbund.courses.person-unlinked.v1"
    erasure_id: ErasureId
    sessions: int
    bookings: int


class PersonForgotten(Event):
    """Notifications has forgotten the person: so many documents were deleted."""

    type: Literal["verbund.notifications.person-forgotten.v1"] = "verbund.notifications.person-forgotten.v1"
    erasure_id: ErasureId
    deleted: int


MEMBERSHIP: tuple[type[Event], ...] = (
    ErasureRequested,
    ErasureWithdrawn,
    ErasureStarted,
    PersonErased,
    ErasureConfirmed,
    ErasureCompleted,
)
COURSES: tuple[type[Event], ...] = (ParticipantErased, PersonUnlinked)
NOTIFICATIONS: tuple[type[Event], ...] = (PersonForgotten,)
