"""From an awarded offer to the inputs of its course and session, as the manager then sends them. Pure."""

from datetime import datetime

from services.courses.calls.domain import Call
from services.courses.calls.errors import NotAwarded
from services.courses.calls.terms import OfferContent, Option
from shared.events.courses import CostKey
from shared.events.envelope import Value
from shared.ids import NetworkId, OrganisationId, PoolId


class CourseInput(Value):
    """The body of `POST /courses`."""

    network_id: NetworkId
    topic_code: str
    teaching_units: int


class DayInput(Value):
    """One block of teaching, in UTC."""

    starts_at: datetime
    ends_at: datetime


class SessionInput(Value):
    """The body of `POST /sessions` but for the course's id; the price is the one at the reference number of seats."""

    pool_id: PoolId
    provider_id: OrganisationId
    days: tuple[DayInput, ...]
    venue_ags: str | None
    minimum_seats: int
    capacity: int
    price_cents: int
    cost_key: CostKey


class Plan(Value):
    """What was bought, a session for every proposal of dates; prices per seat in cents, rounded up."""

    course: CourseInput
    sessions: tuple[SessionInput, ...]
    price_at_minimum_cents: int
    price_at_maximum_cents: int


def plan_of(call: Call) -> Plan:
    """Return the inputs. Errors: `NotAwarded` 409."""
    if call.award is None:
        raise NotAwarded
    content = call.opened[call.award.offer_id].content
    if content is None:
        raise NotAwarded  # an unreadable offer is never awarded
    maximum = min(content.maximum_seats, call.specification.maximum_seats)
    minimum = min(max(content.minimum_seats, call.specification.minimum_seats), maximum)
    reference = min(max(call.specification.reference_seats, minimum), maximum)
    price = per_seat(content, reference)
    return Plan(
        course=CourseInput(
            network_id=call.network_id,
            topic_code=call.specification.topic_code,
            teaching_units=content.teaching_units,
        ),
        sessions=tuple(
            SessionInput(
                pool_id=call.pool_id,
                provider_id=call.award.provider_id,
                days=tuple(DayInput(starts_at=each.starts_at, ends_at=each.ends_at) for each in option.days),
                venue_ags=_ags(content, option),
                minimum_seats=minimum,
                capacity=maximum,
                price_cents=price,
                cost_key=CostKey.PER_SEAT,
            )
            for option in content.options
        ),
        price_at_minimum_cents=per_seat(content, minimum),
        price_at_maximum_cents=per_seat(content, maximum),
    )


def per_seat(content: OfferContent, seats: int) -> int:
    """Return the net price per seat in cents when `seats` are taken, rounded up so that the costs are covered."""
    return -(-content.total_cents(seats) // seats)


def _ags(content: OfferContent, option: Option) -> str | None:
    return content.venues[option.venue].ags
