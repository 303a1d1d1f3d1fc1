"""A session, requests and instants that the tests of courses share."""

from datetime import UTC, datetime

from services.courses.memberships.domain import DEFAULT_POLICY, Policy
from services.courses.sessions.domain import Session, SessionState, bookings
from services.courses.sessions.domain.bookings import Request
from shared.events.course_values import CostKey, SessionDay
from shared.ids import (
    BookingId,
    CourseId,
    NetworkId,
    OrganisationId,
    PersonId,
    SessionId,
    derived_id,
)

START = datetime(2027, 5, 3, 7, tzinfo=UTC)
EARLY = datetime(2027, 1, 4, 9, tzinfo=UTC)
NETWORK = NetworkId(derived_id("network", "1"))


def company(name: object) -> OrganisationId:
    """Return the id of a company."""
    return OrganisationId(derived_id("organisation", str(name)))


def person(name: object) -> PersonId:
    """Return the id of a person."""
    return PersonId(derived_id("person", str(name)))


def booking(name: object) -> BookingId:
    """Return the id of a booking."""
    return BookingId(derived_id("booking", str(name)))


def session(capacity: int = 2, *, state: SessionState = SessionState.OPEN, **more: object) -> Session:
    """Return a session."""
    values: dict[str, object] = {
        "id": SessionId(derived_id("session", "1")),
        "network_id": NETWORK,
        "course_id": CourseId(derived_id("course", "1")),
        "topic_code": "emob-hv1",
        "teaching_units": 4,
        "days": (SessionDay(starts_at=START, ends_at=START.replace(hour=15)),),
        "time_zone": "Europe/Berlin",
        "minimum_seats": 1,
        "capacity": capacity,
        "price_cents": 69_000,
        "cost_key": CostKey.PER_SEAT,
        "state": state,
        "created_ms": 1,
    }
    return Session.model_validate({**values, **more})


def asked(name: object, organisation: object = "a") -> Request:
    """Return a request for a seat."""
    return Request(
        booking_id=booking(name),
        organisation_id=company(organisation),
        participant_id=person(name),
        request=str(name),
    )


def booked(state: Session, *names: object, policy: Policy = DEFAULT_POLICY) -> Session:
    """Return `state` after these people booked."""
    for name in names:
        state = bookings.book(state, asked(name, f"company of {name}"), policy, EARLY).state
    return state
