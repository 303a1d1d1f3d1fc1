"""Events of renewals; on the topic of the courses service. They count heads and name nobody."""

from datetime import date
from typing import Literal

from shared.events.envelope import Event
from shared.ids import NetworkId, OrganisationId


class RenewalPlanned(Event):
    """A company's proofs for a topic end in the month of `expires_on`, the earliest of them on that day."""

    type: Literal["verbund.courses.renewal-planned.v1"] = "verbund.courses.renewal-planned.v1"
    renewal_id: str
    network_id: NetworkId
    organisation_id: OrganisationId
    topic_code: str
    headcount: int
    expires_on: date


class RenewalDue(Event):
    """It is time to find a course; a need is posted for the company."""

    type: Literal["verbund.courses.renewal-due.v1"] = "verbund.courses.renewal-due.v1"
    renewal_id: str
    network_id: NetworkId
    organisation_id: OrganisationId
    topic_code: str
    headcount: int
    expires_on: date


EVENTS: tuple[type[Event], ...] = (RenewalPlanned, RenewalDue)
