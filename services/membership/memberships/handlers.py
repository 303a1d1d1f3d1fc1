"""Commands on memberships."""

from collections.abc import Callable
from datetime import date

from services.membership.memberships import domain
from services.membership.memberships.domain import Membership, MembershipState, NetworkNotOpen
from services.membership.memberships.store import membership_id
from services.membership.networks.domain import ADMITTING, Network, NetworkState
from services.membership.organisations.domain import Organisation
from shared.clock import Clock, epoch_ms
from shared.decisions import Change
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
    new = Membership(
        id=membership_id(network_id, organisation_id),
        network_id=network_id,
        organisation_id=organisation_id,
        organisation_kind=organisation.kind,
        status=MembershipState.APPLIED,
        created_ms=epoch_ms(clock()),
    )
    return await memberships.put(new.id, lambda present: domain.apply(present, new), cause)


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
