"""Commands on memberships."""

from collections.abc import Callable
from datetime import date

from services.membership.memberships import domain
from services.membership.memberships.domain import (
    DocumentKind,
    Membership,
    MembershipState,
    NetworkNotOpen,
    Openness,
)
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
    check_may_join(network, organisation)
    new = application(network_id, organisation, clock)
    await belong(network_id, organisation, organisations)
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
    """Admit an applicant. Errors: `NetworkNotOpen`, `AgreementMissing`, `WrongState` 409.

    The network is another aggregate: one that closes in the same instant may still get this member, and
    closing ends the memberships' effect in the services that listen.
    """
    network = await networks.get(membership.network_id)
    return await memberships.change(
        membership.id,
        lambda present: domain.admit(present, roles, since, openness(network)),
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


def versions(network: Network) -> dict[DocumentKind, int]:
    """Return the present versions of what members accept; 0 where there is no document."""
    documents = network.documents
    return {
        DocumentKind.AGREEMENT: documents.agreement_version if documents.agreement else 0,
        DocumentKind.DATA_PROTECTION_ANNEX: documents.annex_version if documents.annex else 0,
    }


def openness(network: Network) -> Openness:
    required = {document: version for document, version in versions(network).items() if version}
    return Openness(network.status.value, network.status in ADMITTING, required)


def check_may_join(network: Network, organisation: Organisation) -> None:
    """Errors: `NetworkNotOpen` 409 for a closed network, `WrongState` 409 for an archived organisation."""
    if network.status is NetworkState.CLOSED:
        raise NetworkNotOpen(state=network.status.value)
    if organisation.status is OrganisationState.ARCHIVED:
        raise WrongState(kind="organisation", state=organisation.status.value)
