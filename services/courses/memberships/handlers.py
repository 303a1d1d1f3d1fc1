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


async def keep_inactive(
    event: membership.MembershipTerminated | membership.MembershipSuspended,
    envelope: Envelope,
    *,
    memberships: Memberships,
) -> None:
    """Keep that a membership has ended, or rests."""
    await _keep_active(event, envelope, memberships, active=False)


async def keep_resumed(
    event: membership.MembershipResumed, envelope: Envelope, *, memberships: Memberships
) -> None:
    """Keep that a membership that rested is active again."""
    await _keep_active(event, envelope, memberships, active=True)


async def _keep_active(
    event: membership.MembershipTerminated | membership.MembershipSuspended | membership.MembershipResumed,
    envelope: Envelope,
    memberships: Memberships,
    *,
    active: bool,
) -> None:
    values = {
        "network_id": event.network_id,
        "organisation_id": event.organisation_id,
        "active": active,
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
