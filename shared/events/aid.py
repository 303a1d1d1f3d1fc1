"""Events of de-minimis ledgers, on the topic of membership."""

from datetime import date
from typing import Literal

from shared.events.envelope import Event
from shared.ids import OrganisationId


class AidGrantRecorded(Event):
    """A de-minimis grant; subject is the organisation's ledger."""

    type: Literal["verbund.membership.aid-grant-recorded.v1"] = "verbund.membership.aid-grant-recorded.v1"
    organisation_id: OrganisationId
    grant_id: str
    amount_cents: int
    granted_on: date
    legal_basis: str


class AidGrantWithdrawn(Event):
    type: Literal["verbund.membership.aid-grant-withdrawn.v1"] = "verbund.membership.aid-grant-withdrawn.v1"
    organisation_id: OrganisationId
    grant_id: str


EVENTS: tuple[type[Event], ...] = (
    AidGrantRecorded,
    AidGrantWithdrawn,
)
