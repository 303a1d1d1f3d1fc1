"""Commands on memberships."""

from collections.abc import Callable
from datetime import date

from services.membership.memberships import domain
from services.membership.memberships.domain import Membership, MembershipState, NetworkNotOpen
from services.membership.memberships.store import membership_id
from services.membership.networks.domain import ADMITTING, Network, NetworkState
from services.membership.organisations.domain import Organisation, OrganisationState
from shared.clock import Clock, epoch_ms
from shared.decisions import Change
from shared.errors import WrongState
from shared.events.membership import MembershipRole
from shared.ids import NetworkId, OrganisationId
from shared.store import Aggregates, Cause, Outcome


async def apply_for_membership(
    network_id: NetworkId,
    organisation_id: OrganisationId,
    *,
    cause: Cause,
    networks: Aggregates[Network],
    organisations: Aggregates[Organisation],
    memberships: Aggregates[Membership],
    clock: Clock,
) -> Outcome[Membership]:
    """Apply for an organisation. Errors: `NotFound` 404, `NetworkNotOpen`, `WrongState` 409."""
    network = await networks.get(network_id)
    organisation = await organisations.get(organisation_id)
    if network.status is NetworkState.CLOSED:
        raise NetworkNotOpen(state=network.status.value)
    if organisation.status is OrganisationState.ARCHIVED:
        raise WrongState(kind="organisation", state=organisation.status.value)
    new = application(network_id, organisation, clock)
    await belong(network_id, organisation, organisations)
    return await memberships.put(new.id, lambda present: domain.apply(present, new), cause)


async def enrol_member(
    network: Network,
    organisation: Organisation,
    roles: tuple[MembershipRole, ...],
    since: date,
    *,
    cause: Cause,
    organisations: Aggregates[Organisation],
    memberships: Aggregates[Membership],
    clock: Clock,
) -> Outcome[Membership]:
    """Enter a member of old in one step; one that runs already stays as it is. Errors: `NetworkNotOpen` 409."""
    new = application(network.id, organisation, clock)
    await belong(network.id, organisation, organisations)
    return await memberships.put(
        new.id,
        lambda present: domain.enrol(
            present,
            new,
            roles,
            since,
            network=network.status.value,
            network_open=network.status in ADMITTING,
        ),
        cause,
    )


def application(network_id: NetworkId, organisation: Organisation, clock: Clock) -> Membership:
    return Membership(
        id=membership_id(network_id, organisation.id),
        network_id=network_id,
        organisation_id=organisation.id,
        organisation_kind=organisation.kind,
        status=MembershipState.APPLIED,
        created_ms=epoch_ms(clock()),
    )


async def belong(
    network_id: str, organisation: Organisation, organisations: Aggregates[Organisation]
) -> None:
    """Let lists and searches of the network find the organisation; before the membership, so never too late."""
    if organisation.registered_for != network_id:
        await organisations.collection.update_one(
            {"_id": organisation.id}, {"$addToSet": {"networks": network_id}}
        )


async def admit_member(
    membership: Membership,
    roles: tuple[MembershipRole, ...],
    since: date,
    *,
    cause: Cause,
    networks: Aggregates[Network],
    memberships: Aggregates[Membership],
) -> Outcome[Membership]:
    """Admit an applicant. Errors: `NetworkNotOpen`, `WrongState` 409.

    The network is another aggregate: one that closes in the same instant may still get this member, and
    closing ends the memberships' effect in the services that listen.
    """
    network = await networks.get(membership.network_id)
    return await memberships.change(
        membership.id,
        lambda present: domain.admit(
            present, roles, since, network_open=network.status in ADMITTING, network=network.status.value
        ),
        cause,
    )


async def move_membership(
    membership_id_: str,
    decide: Callable[[Membership], Change[Membership]],
    *,
    cause: Cause,
    memberships: Aggregates[Membership],
) -> Outcome[Membership]:
    """Decline, withdraw, suspend, resume, terminate or give roles. Errors: `NotFound` 404, `WrongState` 409."""
    return await memberships.change(membership_id_, decide, cause)
