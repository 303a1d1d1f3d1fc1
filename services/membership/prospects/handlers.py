"""A prospect joins by its link: organisation, membership and its first person, each safe to repeat."""

from dataclasses import dataclass

from services.membership.joining.domain import NotThePresentVersion
from services.membership.joining.handlers import accept_document, accept_invitation, invite_organisation
from services.membership.memberships.domain import (
    DocumentKind,
    Invitation,
    Membership,
    MembershipState,
    NetworkNotOpen,
)
from services.membership.memberships.handlers import versions
from services.membership.networks.domain import ADMITTING, Network
from services.membership.networks.handlers import day_of
from services.membership.organisations.domain import Organisation
from services.membership.organisations.handlers import register_organisation
from services.membership.people.domain import Person
from services.membership.people.handlers import create_person
from services.membership.people.store import People
from services.membership.prospects import domain
from services.membership.prospects.domain import Prospect
from services.membership.prospects.store import Prospects
from services.membership.signin.passwords import Passwords
from shared.clock import Clock, epoch_ms
from shared.store import Aggregates, Cause


@dataclass(frozen=True, slots=True)
class Stores:
    """What joining writes to."""

    networks: Aggregates[Network]
    organisations: Aggregates[Organisation]
    memberships: Aggregates[Membership]
    people: People
    prospects: Prospects
    passwords: Passwords
    clock: Clock


async def join(
    prospect: Prospect,
    organisation: Organisation,
    person: Person,
    password: str,
    accepted: dict[DocumentKind, int],
    stores: Stores,
) -> Membership:
    """Let an invited organisation join with its first person; what can be refused is asked first.

    Ids are derived from the prospect, so a repeat after a crash goes on where it stopped.
    Errors: `NetworkNotOpen`, `NotThePresentVersion`, `EmailInUse`, `WrongState` 409.
    """
    network = await stores.networks.get(prospect.network_id)
    if network.status not in ADMITTING:
        raise NetworkNotOpen(state=network.status.value)
    for document, version in versions(network).items():
        if version and accepted.get(document) != version:
            raise NotThePresentVersion(pointer=f"#/{document.value}_version", version=version)
    await create_person(person, password, people=stores.people, passwords=stores.passwords)
    await register_organisation(
        organisation, cause=_cause(prospect, "register"), organisations=stores.organisations
    )
    membership = await _enter(prospect, organisation, accepted, stores)
    now = epoch_ms(stores.clock())
    await stores.prospects.change(
        prospect.network_id, prospect.id, lambda one: domain.convert(one, organisation.id, now)
    )
    return membership


async def _enter(
    prospect: Prospect, organisation: Organisation, accepted: dict[DocumentKind, int], stores: Stores
) -> Membership:
    offered = Invitation(roles=prospect.roles, until=prospect.until or day_of(stores.clock))
    invited = await invite_organisation(
        prospect.network_id,
        organisation,
        offered,
        cause=_cause(prospect, "invite"),
        networks=stores.networks,
        organisations=stores.organisations,
        memberships=stores.memberships,
        clock=stores.clock,
    )
    if invited.state.status is MembershipState.ACTIVE:
        return invited.state
    for document, version in accepted.items():
        await accept_document(
            invited.state,
            document,
            version,
            cause=_cause(prospect, document.value),
            networks=stores.networks,
            memberships=stores.memberships,
            clock=stores.clock,
        )
    joined = await accept_invitation(
        invited.state,
        cause=_cause(prospect, "join"),
        networks=stores.networks,
        memberships=stores.memberships,
        clock=stores.clock,
    )
    return joined.state


def _cause(prospect: Prospect, step: str) -> Cause:
    cause = f"prospect:{prospect.id}:{prospect.invitation}:{step}"
    return Cause(cause, causation_id=f"prospect:{prospect.id}")
