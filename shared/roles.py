"""What a person may be, and where. Pure."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from shared.ids import NetworkId, OrganisationId


class Role(StrEnum):
    """What a person may be, in a network or an organisation (domain notes 1)."""

    PLATFORM_ADMIN = "platform_admin"
    NETWORK_MANAGER = "network_manager"
    COMPANY_HR = "company_hr"
    PROVIDER = "provider"
    ASSOCIATION = "association"
    WORKS_COUNCIL = "works_council"
    PARTICIPANT = "participant"
    FUNDER = "funder"
    EVALUATOR = "evaluator"


class Grant(BaseModel):
    """One role; managers, funders and evaluators hold it for a network, the others for an organisation."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    role: Role
    network_id: NetworkId | None = None
    organisation_id: OrganisationId | None = None
