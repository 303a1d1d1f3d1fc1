"""What this service listens to."""

from functools import partial

from services.courses.memberships import handlers
from services.courses.memberships.store import Memberships
from shared.events import membership
from shared.kafka import Consumers

GROUP = "courses.memberships"


def listen(consumers: Consumers, *, memberships: Memberships) -> None:
    """Say which event calls which handler."""
    consumers.handle(
        membership.TOPIC,
        GROUP,
        {
            membership.MembershipAdmitted: partial(handlers.keep_admitted, memberships=memberships),
            membership.MembershipTerminated: partial(handlers.keep_inactive, memberships=memberships),
            membership.MembershipSuspended: partial(handlers.keep_inactive, memberships=memberships),
            membership.MembershipResumed: partial(handlers.keep_resumed, memberships=memberships),
            membership.NetworkPoliciesChanged: partial(handlers.keep_policy, memberships=memberships),
            membership.NetworkClosed: partial(handlers.keep_closed, memberships=memberships),
        },
    )
