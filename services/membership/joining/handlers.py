"""Commands by which organisations come into a network."""

from datetime import date

from services.membership.joining import domain
from services.membership.memberships.domain import DocumentKind, Invitation, Membership
from services.membership.memberships.handlers import application, belong, check_may_join, openness, versions
from services.membership.networks.domain import Network
from services.membership.networks.handlers import day_of
from services.membership.organisations.domain import Organisation
from shared.clock import Clock
from shared.events.membership import MembershipRole
from shared.ids import NetworkId
from shared.store import Aggregates, Cause, Outcome


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
        new.id, lambda present: domain.enrol(present, new, roles, since, openness(network)), cause
    )


async def invite_organisation(
    network_id: NetworkId,
    organisation: Organisation,
    invitation: Invitation,
    *,
    cause: Cause,
    networks: Aggregates[Network],
    organisations: Aggregates[Organisation],
    memberships: Aggregates[Membership],
    clock: Clock,
) -> Outcome[Membership]:
    """Ask an organisation to join. Errors: `NotFound` 404, `NetworkNotOpen`, `WrongState` 409."""
    network = await networks.get(network_id)
    check_may_join(network, organisation)
    new = application(network_id, organisation, clock)
    await belong(network_id, organisation, organisations)
    return await memberships.put(new.id, lambda present: domain.invite(present, new, invitation), cause)


async def accept_invitation(
    membership: Membership,
    *,
    cause: Cause,
    networks: Aggregates[Network],
    memberships: Aggregates[Membership],
    clock: Clock,
) -> Outcome[Membership]:
    """Join as invited. Errors: those of `domain.accept_invitation`."""
    network = await networks.get(membership.network_id)
    today = day_of(clock)
    return await memberships.change(
        membership.id,
        lambda present: domain.accept_invitation(present, today, openness(network)),
        cause,
    )


async def accept_document(
    membership: Membership,
    document: DocumentKind,
    version: int,
    *,
    cause: Cause,
    networks: Aggregates[Network],
    memberships: Aggregates[Membership],
    clock: Clock,
) -> Outcome[Membership]:
    """Accept the present version of a document. Errors: `NotThePresentVersion`, `WrongState` 409."""
    network = await networks.get(membership.network_id)
    present_version = versions(network)[document]
    today = day_of(clock)
    return await memberships.change(
        membership.id,
        lambda present: domain.accept_document(present, document, version, today, present_version),
        cause,
    )
