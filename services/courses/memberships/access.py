"""Who may see and do what in a network. A network's things are confidential: strangers get 404."""

from services.courses.memberships.store import Memberships
from shared.auth import Principal, Role
from shared.errors import Forbidden, NotFound


async def may_see(principal: Principal, network_id: str, memberships: Memberships) -> bool:
    """Whether the person manages or funds the network, is admin, or belongs to an active member."""
    if principal.is_admin or network_id in principal.networks:
        return True
    return await memberships.any_active(network_id, principal.organisations)


async def require_sight(principal: Principal, network_id: str, memberships: Memberships, kind: str) -> None:
    """Let pass who may see the network's things. Errors: `NotFound` 404."""
    if not await may_see(principal, network_id, memberships):
        raise NotFound(kind=kind)


async def require_manager(principal: Principal, network_id: str, memberships: Memberships, kind: str) -> None:
    """Let the network's managers pass. Errors: `Forbidden` 403 for who may see it, else `NotFound` 404."""
    if not principal.manages(network_id):
        await require_sight(principal, network_id, memberships, kind)
        raise Forbidden


async def require_actor(
    principal: Principal, network_id: str, organisation_id: str, memberships: Memberships, kind: str
) -> None:
    """Let pass who may decide for the organisation in the network, which must be an active member.

    Errors: `Forbidden` 403, `NotFound` 404, `MembershipUnknown`, `MembershipEnded` 409.
    """
    if not principal.acts_for(organisation_id):
        await require_manager(principal, network_id, memberships, kind)
    await memberships.require_active(network_id, organisation_id)


def companies_of(principal: Principal) -> frozenset[str]:
    """Return the organisations whose training the person decides on or, as their works council, watches."""
    return frozenset(
        grant.organisation_id
        for grant in principal.grants
        if grant.organisation_id is not None and grant.role in {Role.COMPANY_HR, Role.WORKS_COUNCIL}
    )
