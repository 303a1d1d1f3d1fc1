"""Events of memberships beside their life cycle, on the topic of membership."""

from datetime import date
from typing import Literal

from shared.events.envelope import Event
from shared.ids import MembershipId, NetworkId, OrganisationId


class MembershipInvited(Event):
    """The network asks an organisation to join; it can accept until `until`."""

    type: Literal["verbund.membership.membership-invited.v1"] = "verbund.membership.membership-invited.v1"
    membership_id: MembershipId
    network_id: NetworkId
    organisation_id: OrganisationId
    until: date


class AgreementAccepted(Event):
    """The organisation accepts a version of the agreement or of the data-protection annex."""

    type: Literal["verbund.membership.agreement-accepted.v1"] = "verbund.membership.agreement-accepted.v1"
    membership_id: MembershipId
    network_id: NetworkId
    organisation_id: OrganisationId
    document: str
    version: int
    accepted_on: date


EVENTS: tuple[type[Event], ...] = (
    MembershipInvited,
    AgreementAccepted,
)
