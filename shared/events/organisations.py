"""Events of organisations beside registration and size, on the topic of membership."""

from typing import Literal

from shared.events.envelope import Event
from shared.ids import OrganisationId


class OrganisationRevised(Event):
    """District or industry may have changed, or something that no event carries."""

    type: Literal["verbund.membership.organisation-revised.v1"] = "verbund.membership.organisation-revised.v1"
    organisation_id: OrganisationId
    industry_scheme: str | None = None
    industry_code: str | None = None
    ags: str


class OrganisationVerified(Event):
    type: Literal["verbund.membership.organisation-verified.v1"] = (
        "verbund.membership.organisation-verified.v1"
    )
    organisation_id: OrganisationId


class OrganisationArchived(Event):
    type: Literal["verbund.membership.organisation-archived.v1"] = (
        "verbund.membership.organisation-archived.v1"
    )
    organisation_id: OrganisationId


class OrganisationSitesChanged(Event):
    """The districts of its sites that are open."""

    type: Literal["verbund.membership.organisation-sites-changed.v1"] = (
        "verbund.membership.organisation-sites-changed.v1"
    )
    organisation_id: OrganisationId
    ags: tuple[str, ...]


class OrganisationGroupChanged(Event):
    """How many enterprises of the platform it is linked to or partners with."""

    type: Literal["verbund.membership.organisation-group-changed.v1"] = (
        "verbund.membership.organisation-group-changed.v1"
    )
    organisation_id: OrganisationId
    linked: int
    partners: int


EVENTS: tuple[type[Event], ...] = (
    OrganisationRevised,
    OrganisationVerified,
    OrganisationArchived,
    OrganisationSitesChanged,
    OrganisationGroupChanged,
)
