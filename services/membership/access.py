"""Who may see what: one function per question. What is foreign does not exist (404)."""

from services.membership.memberships.domain import Membership
from services.membership.memberships.store import membership_id
from services.membership.networks.domain import Network
from services.membership.organisations.domain import KIND, Organisation
from services.membership.parts import Parts
from shared.auth import Principal
from shared.errors import Forbidden, NotFound
from shared.roles import Role

ORGANISATIONS_SCOPE = "organisations:read"


def managed_networks(principal: Principal) -> list[str]:
    """Return the networks that the person manages."""
    return [
        grant.network_id
        for grant in principal.grants
        if grant.role is Role.NETWORK_MANAGER and grant.network_id is not None
    ]


async def belongs_to_managed(principal: Principal, organisation_id: str, parts: Parts) -> bool:
    """Whether the organisation is a member or applicant of a network that the person manages."""
    ids = [membership_id(network, organisation_id) for network in managed_networks(principal)]
    if not ids:
        return False
    where = {"_id": {"$in": ids}, "live": True}
    return await parts.memberships.collection.find_one(where, {"_id": 1}) is not None


async def visible_organisation(principal: Principal, organisation_id: str, parts: Parts) -> Organisation:
    """Return the organisation if the caller may see it. Errors: `NotFound` 404."""
    organisation = await parts.organisations.get(organisation_id)
    seen = (
        (principal.kind == "service" and ORGANISATIONS_SCOPE in principal.scopes)
        or principal.is_admin
        or organisation_id in principal.organisations
        or looks_after(principal, organisation)
        or await belongs_to_managed(principal, organisation_id, parts)
    )
    if not seen:
        raise NotFound(kind=KIND)
    return organisation


async def visible_network(principal: Principal, network_id: str, parts: Parts) -> Network:
    """Return a network to any person. Errors: `Forbidden` 403 for a service, `NotFound` 404."""
    if principal.kind != "person":
        raise Forbidden
    return await parts.networks.get(network_id)


async def steered_network(principal: Principal, network_id: str, parts: Parts) -> Network:
    """Return the network to its manager and administrators. Errors: `Forbidden` 403, `NotFound` 404."""
    network = await visible_network(principal, network_id, parts)
    require(principal.is_admin or principal.manages(network_id))
    return network


async def employing_organisation(principal: Principal, organisation_id: str, parts: Parts) -> Organisation:
    """Return the organisation to its personnel department and administrators. Errors: 403, 404."""
    organisation = await visible_organisation(principal, organisation_id, parts)
    require(principal.is_admin or principal.acts_for(organisation_id))
    return organisation


async def keeper_of(principal: Principal, organisation_id: str, parts: Parts) -> Organisation:
    """Return the organisation to who decides for it, looks after it, or manages a network of it. Errors: 403, 404."""
    organisation = await visible_organisation(principal, organisation_id, parts)
    require(
        principal.is_admin
        or speaks_for(principal, organisation_id)
        or looks_after(principal, organisation)
        or await belongs_to_managed(principal, organisation_id, parts)
    )
    return organisation


async def deciding_for(principal: Principal, organisation_id: str, parts: Parts) -> Organisation:
    """Return the organisation to who decides for it, or looks after it. Errors: `Forbidden` 403, `NotFound` 404."""
    organisation = await visible_organisation(principal, organisation_id, parts)
    require(
        principal.is_admin or speaks_for(principal, organisation_id) or looks_after(principal, organisation)
    )
    return organisation


async def visible_membership(principal: Principal, membership_id_: str, parts: Parts) -> Membership:
    """Return the membership to its network's manager, its organisation and administrators. Errors: 404."""
    membership = await parts.memberships.get(membership_id_)
    if not (
        principal.is_admin
        or principal.manages(membership.network_id)
        or membership.organisation_id in principal.organisations
    ):
        raise NotFound(kind="membership")
    return membership


def looks_after(principal: Principal, organisation: Organisation) -> bool:
    """Whether the person registered the organisation, or manages the network that it was registered for."""
    return organisation.registered_by == principal.id or (
        organisation.registered_for is not None and principal.manages(organisation.registered_for)
    )


async def may_join_on_behalf(
    principal: Principal, network_id: str, organisation: Organisation, parts: Parts
) -> bool:
    """Whether a manager may apply for, or invite, the organisation: he looks after it, or it was here before.

    One who could take in strangers could then name himself their contact.
    """
    if not principal.manages(network_id):
        return False
    if looks_after(principal, organisation):
        return True
    where = {"_id": membership_id(network_id, organisation.id)}
    return await parts.memberships.collection.find_one(where, {"_id": 1}) is not None


def require(allowed: bool) -> None:
    """Errors: `Forbidden` 403."""
    if not allowed:
        raise Forbidden


def speaks_for(principal: Principal, organisation_id: str) -> bool:
    """Whether the person decides for this organisation (personnel, provider or association contact)."""
    return any(
        principal.acts_for(organisation_id, role)
        for role in (Role.COMPANY_HR, Role.PROVIDER, Role.ASSOCIATION)
    )
