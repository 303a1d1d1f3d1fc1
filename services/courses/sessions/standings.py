"""A membership's change of standing, carried into every session in which the company has a part."""

from services.courses.sessions.domain import standing as rules
from services.courses.sessions.store import Sessions
from shared.clock import Clock, utc_now
from shared.events import membership
from shared.events.envelope import Envelope
from shared.events.seats import Standing
from shared.store import Cause


async def change_standing(
    event: membership.MembershipSuspended | membership.MembershipResumed | membership.MembershipTerminated,
    envelope: Envelope,
    *,
    standing: Standing,
    sessions: Sessions,
    clock: Clock = utc_now,
) -> None:
    """Apply it to each session by itself; a repeat finds the rest to do and does nothing twice."""
    at = clock()
    for session_id in await sessions.with_company(event.network_id, event.organisation_id):
        await sessions.aggregates.change(
            session_id,
            lambda state: rules.change_standing(
                state, event.organisation_id, standing, envelope.sequence, at
            ),
            Cause(causation_id=envelope.id),
        )
