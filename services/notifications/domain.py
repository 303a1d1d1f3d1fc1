"""Who gets which text, and what becomes of a notification. Pure: no clock, no randomness, no I/O."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Literal

from pydantic import ConfigDict, JsonValue

from shared.events.envelope import Event, Value
from shared.events.membership import CancellationTier
from shared.ids import BookingId, NetworkId, OrganisationId, SessionId

DAY_MS = 24 * 60 * 60 * 1000
BACKOFF_START_S = 1.0
BACKOFF_MAX_S = 600.0
GIVE_UP_MS = 3 * DAY_MS  # RFC 5321, 4.5.4.1: a sender gives up after 4 to 5 days; a course seat waits less
ORDER_BOUND_MS = 10 * 60 * 1000  # an earlier message of the booking is waited for no longer than this

# Domain notes 2.9, the default terms: free until 28 calendar days before the first course day.
DEFAULT_CANCELLATION = (
    CancellationTier(days_before=28, fee_percent=0),
    CancellationTier(days_before=14, fee_percent=50),
    CancellationTier(days_before=0, fee_percent=100),
)

# What texts may be filled with: codes, counts, days and money of the event; never a name.
FACTS = ("price_cents", "position", "was_confirmed", "days_before", "fee_percent", "fee_cents", "refilled")


class Audience(StrEnum):
    COMPANY_HR = "company_hr"
    PARTICIPANT = "participant"


class Urgency(StrEnum):
    NORMAL = "normal"
    HIGH = "high"


class Row(Value):
    """One line of the message table: an event tells an audience by a template."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    event: str
    audience: Audience
    template: str
    urgency: Urgency


class Seat(Value):
    """A booking that an event concerns."""

    booking_id: BookingId
    organisation_id: OrganisationId


class Draft(Value):
    """A notification to be made, before it has an id and a due time."""

    template: str
    audience: Audience
    urgency: Urgency
    session_id: SessionId
    network_id: NetworkId
    organisation_id: OrganisationId
    booking_id: BookingId | None
    facts: dict[str, JsonValue]
    target: str | None = None

    def id_for(self, event_id: str) -> str:
        """Return the document id: the same event gives the same id however often it is delivered."""
        parts = [event_id, self.audience.value, self.template]
        return ":".join(parts if self.target is None else [*parts, self.target])


def drafts(
    event: Event,
    rows: Sequence[Row],
    seats: Sequence[Seat] = (),
    *,
    known: Mapping[str, JsonValue] | None = None,
) -> tuple[Draft, ...]:
    """Return what `event` has to tell.

    `seats` are the active bookings of its session, looked at only where the event concerns all of them: then
    every organisation is told once and every participant once. `known` adds facts that the event leaves out.
    """
    body = event.model_dump(mode="json")
    facts = {name: body[name] for name in FACTS if name in body} | dict(known or {})
    found = []
    for row in rows:
        if row.event != event.type_name():
            continue
        concerned = _concerned(body, row.audience, seats)
        found += [
            Draft(
                template=row.template,
                audience=row.audience,
                urgency=row.urgency,
                session_id=body["session_id"],
                network_id=body["network_id"],
                organisation_id=organisation_id,
                booking_id=booking_id,
                facts=facts,
                target=target,
            )
            for organisation_id, booking_id, target in concerned
        ]
    return tuple(found)


def _concerned(
    body: dict[str, Any], audience: Audience, seats: Sequence[Seat]
) -> list[tuple[OrganisationId, BookingId | None, str | None]]:
    if "booking_id" in body:
        return [(body["organisation_id"], body["booking_id"], None)]
    if audience is Audience.PARTICIPANT:
        return [(seat.organisation_id, seat.booking_id, seat.booking_id) for seat in seats]
    return [(one, None, one) for one in sorted({seat.organisation_id for seat in seats})]


class State(StrEnum):
    """QUEUED and FAILED are waiting for a try, the others are final."""

    QUEUED = "queued"
    FAILED = "failed"
    SENT = "sent"
    BOUNCED = "bounced"
    UNDELIVERABLE = "undeliverable"
    PARKED = "parked"


class Outcome(StrEnum):
    """How one try ended."""

    POSTPONED = "postponed"  # something of ours is not there yet: the session copy, an earlier message
    DELIVERED = "delivered"
    REFUSED = "refused"  # every recipient's server refused for good
    NOBODY = "nobody"
    TEMPORARY = "temporary"
    EXPIRED = "expired"  # temporary, and tried for `GIVE_UP_MS`


OPEN = frozenset({State.QUEUED, State.FAILED})
TRANSITIONS: dict[tuple[State, Outcome], State] = {
    (State.QUEUED, Outcome.POSTPONED): State.QUEUED,
    (State.QUEUED, Outcome.DELIVERED): State.SENT,
    (State.QUEUED, Outcome.REFUSED): State.BOUNCED,
    (State.QUEUED, Outcome.NOBODY): State.UNDELIVERABLE,
    (State.QUEUED, Outcome.TEMPORARY): State.FAILED,
    (State.QUEUED, Outcome.EXPIRED): State.PARKED,
    (State.FAILED, Outcome.POSTPONED): State.FAILED,
    (State.FAILED, Outcome.DELIVERED): State.SENT,
    (State.FAILED, Outcome.REFUSED): State.BOUNCED,
    (State.FAILED, Outcome.NOBODY): State.UNDELIVERABLE,
    (State.FAILED, Outcome.TEMPORARY): State.FAILED,
    (State.FAILED, Outcome.EXPIRED): State.PARKED,
}


def after(state: State, outcome: Outcome) -> State:
    """Return the next state. Errors: `ValueError` for a notification that is settled."""
    try:
        return TRANSITIONS[state, outcome]
    except KeyError as error:
        raise ValueError(f"no transition from {state} by {outcome}") from error


def failure(first_failed_ms: int, now_ms: int) -> Literal[Outcome.TEMPORARY, Outcome.EXPIRED]:
    """Return how a temporary failure counts, three days after the first one or before."""
    return Outcome.EXPIRED if now_ms - first_failed_ms >= GIVE_UP_MS else Outcome.TEMPORARY


def backoff_s(tries: int, jitter: float) -> float:
    """Return the wait after the `tries`-th failure in seconds: doubling from 1 s to 10 min.

    `jitter` from 0 to 1 spreads it over 75 % to 125 %, so that many do not come back at once.
    """
    wait = BACKOFF_START_S * 2.0 ** min(max(tries - 1, 0), 20)
    return float(min(wait, BACKOFF_MAX_S) * (0.75 + jitter / 2))


def free_until(first_day: date, today: date, tiers: Sequence[CancellationTier]) -> date | None:
    """Return the last day on which cancelling is free, or None if there is none or it has passed."""
    free = [tier.days_before for tier in tiers if tier.fee_percent == 0]
    if not free:
        return None
    last = first_day - timedelta(days=min(free))
    return last if last >= today else None
