"""Who gets which text, and what becomes of a notification. Pure: no clock, no randomness, no I/O."""

from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import Literal

from pydantic import ConfigDict, Field, JsonValue

from shared.events.envelope import Value
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


class Audience(StrEnum):
    COMPANY_HR = "company_hr"
    PARTICIPANT = "participant"
    NETWORK_MANAGER = "network_manager"
    OWNER = "owner"
    MEMBER_HR = "member_hr"

    @property
    def of_company(self) -> bool:
        """Whether the message goes to an organisation's HR people."""
        return self in {Audience.COMPANY_HR, Audience.MEMBER_HR}


class Urgency(StrEnum):
    NORMAL = "normal"
    HIGH = "high"


class Row(Value):
    """One line of the message table: an event tells an audience by a template.

    `invite`: the mail carries the calendar entry. `deadline` names the event's field after which the message makes
    no sense; with `hours_before` it is a reminder, sent so many hours before it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    event: str
    audience: Audience
    template: str
    urgency: Urgency
    kind: str
    invite: bool = False
    when: dict[str, JsonValue] = Field(default_factory=dict)
    deadline: str | None = None
    hours_before: int | None = None


class Seat(Value):
    """A booking that an event concerns."""

    booking_id: BookingId
    organisation_id: OrganisationId


class Draft(Value):
    """A notification to be made, before it has an id and a due time."""

    template: str
    audience: Audience
    urgency: Urgency
    kind: str
    invite: bool = False
    session_id: SessionId | None
    network_id: NetworkId | None
    organisation_id: OrganisationId | None
    booking_id: BookingId | None
    facts: dict[str, JsonValue]
    target: str | None = None
    not_before_ms: int | None = None
    expires_ms: int | None = None
    starts: str | None = None
    keys: tuple[str, ...] = ()

    def id_for(self, event_id: str) -> str:
        """Return the document id: the same event gives the same id however often it is delivered."""
        parts = [event_id, self.audience.value, self.template]
        return ":".join(parts if self.target is None else [*parts, self.target])


class State(StrEnum):
    """QUEUED and FAILED are waiting for a try, the others are final."""

    QUEUED = "queued"
    FAILED = "failed"
    SENT = "sent"
    BOUNCED = "bounced"
    UNDELIVERABLE = "undeliverable"
    PARKED = "parked"
    OBSOLETE = "obsolete"  # it makes no sense any more: too late, or its matter is settled


class Outcome(StrEnum):
    """How one try ended."""

    POSTPONED = "postponed"  # something of ours is not there yet: the session copy, an earlier message
    DELIVERED = "delivered"
    REFUSED = "refused"  # every recipient's server refused for good
    NOBODY = "nobody"
    TEMPORARY = "temporary"
    OBSOLETE = "obsolete"
    EXPIRED = "expired"  # temporary, and tried for `GIVE_UP_MS`


OPEN = frozenset({State.QUEUED, State.FAILED})
TRANSITIONS: dict[tuple[State, Outcome], State] = {
    (State.QUEUED, Outcome.POSTPONED): State.QUEUED,
    (State.QUEUED, Outcome.DELIVERED): State.SENT,
    (State.QUEUED, Outcome.REFUSED): State.BOUNCED,
    (State.QUEUED, Outcome.NOBODY): State.UNDELIVERABLE,
    (State.QUEUED, Outcome.TEMPORARY): State.FAILED,
    (State.QUEUED, Outcome.EXPIRED): State.PARKED,
    (State.QUEUED, Outcome.OBSOLETE): State.OBSOLETE,
    (State.FAILED, Outcome.POSTPONED): State.FAILED,
    (State.FAILED, Outcome.DELIVERED): State.SENT,
    (State.FAILED, Outcome.REFUSED): State.BOUNCED,
    (State.FAILED, Outcome.NOBODY): State.UNDELIVERABLE,
    (State.FAILED, Outcome.TEMPORARY): State.FAILED,
    (State.FAILED, Outcome.EXPIRED): State.PARKED,
    (State.FAILED, Outcome.OBSOLETE): State.OBSOLETE,
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
