"""Who may see and steer what in notifications. What is foreign does not exist (404)."""

from shared.auth import Principal
from shared.errors import Forbidden, NotFound
from shared.roles import Role

_SPEAKERS = (Role.COMPANY_HR, Role.PROVIDER, Role.ASSOCIATION)


def person_of(principal: Principal) -> str:
    """Return the person who asks. Errors: `Forbidden` 403 for a service."""
    if principal.kind != "person":
        raise Forbidden
    return principal.id


def require_manager(principal: Principal, network_id: str, kind: str = "network") -> None:
    """Let the network's managers and administrators pass. Errors: `Forbidden` 403, `NotFound` 404."""
    if principal.is_admin or principal.manages(network_id):
        return
    # Only who belongs to the network may learn that it exists.
    if network_id in principal.networks:
        raise Forbidden
    raise NotFound(kind=kind)


def speaks_for(principal: Principal, organisation_id: str) -> bool:
    """Whether the person decides for this organisation (personnel, provider or association contact)."""
    return any(principal.acts_for(organisation_id, role) for role in _SPEAKERS)


def require_owner(
    principal: Principal,
    network_id: str | None,
    organisation_id: str | None,
    *,
    kind: str,
    reading: bool = False,
) -> None:
    """Let a network's managers or an organisation's speakers pass; administrators may read.

    Exactly one of the two ids is given. Errors: `Forbidden` 403, `NotFound` 404.
    """
    if principal.kind == "person" and (
        (network_id is not None and principal.manages(network_id))
        or (organisation_id is not None and speaks_for(principal, organisation_id))
        or (reading and principal.is_admin)
    ):
        return
    if principal.is_admin or network_id in principal.networks or organisation_id in principal.organisations:
        raise Forbidden
    raise NotFound(kind=kind)


def require_organisation(principal: Principal, organisation_id: str) -> None:
    """Let the organisation's HR people pass. Errors: `Forbidden` 403, `NotFound` 404."""
    if principal.kind == "person" and principal.acts_for(organisation_id):
        return
    if principal.is_admin or organisation_id in principal.organisations:
        raise Forbidden
    raise NotFound(kind="organisation")
