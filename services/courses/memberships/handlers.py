"""What membership's events do here."""

from services.courses.memberships.domain import Policy
from services.courses.memberships.store import Memberships
from shared.events import membership
from shared.events.envelope import Envelope


async def keep_admitted(
    event: membership.MembershipAdmitted, envelope: Envelope, *, memberships: Memberships
) -> None:
    """Keep that an organisation is an active member."""
    values = {
        "network_id": event.network_id,
        "organisation_id": event.organisation_id,
        "kind": str(event.organisation_kind),
        "active": True,
    }
    await memberships.keep_membership(envelope.subject, envelope.sequence, values)


async def keep_terminated(
    event: membership.MembershipTerminated, envelope: Envelope, *, memberships: Memberships
) -> None:
    """Keep that a membership has ended."""
    values = {
        "network_id": event.network_id,
        "organisation_id": event.organisation_id,
        "active": False,
    }
    await memberships.keep_membership(envelope.subject, envelope.sequence, values)


async def keep_policy(
    event: membership.NetworkPoliciesChanged, envelope: Envelope, *, memberships: Memberships
) -> None:
    """Keep a network's rules."""
    policy = Policy(
        version=event.version,
        cancellation=event.cancellation,
        waitlist_cap_per_company=event.waitlist_cap_per_company,
    )
    await memberships.keep_policy(envelope.subject, envelope.sequence, policy)


async def keep_closed(
    _event: membership.NetworkClosed, envelope: Envelope, *, memberships: Memberships
) -> None:
    """Keep that a network is closed."""
    await memberships.keep_closed(envelope.subject, envelope.sequence)
