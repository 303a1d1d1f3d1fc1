"""What a session means for the needs that it was planned for.

The handler looks at the session as it is now, so a late or repeated event does what the newest one would.
"""

from services.courses.needs import domain
from services.courses.needs.domain import Need
from services.courses.pools.domain import Pool
from services.courses.sessions.domain import Session, SessionState
from shared.events.courses import BookingOpened, SessionCancelled
from shared.events.envelope import Envelope
from shared.store import Aggregates, Cause


async def follow_session(
    event: BookingOpened | SessionCancelled,
    envelope: Envelope,
    *,
    needs: Aggregates[Need],
    pools: Aggregates[Pool],
    sessions: Aggregates[Session],
) -> None:
    """Cover the pool's needs when its session can be booked; let them stand again when it was cancelled."""
    session = await sessions.get(event.session_id)
    pool_id, session_id = session.pool_id, session.id
    if pool_id is None or session.state is SessionState.DRAFT:
        return
    cause = Cause(causation_id=envelope.id)
    for need_id in (await pools.get(pool_id)).needs:
        if session.state is SessionState.CANCELLED:
            await needs.change(need_id, lambda need: domain.release(need, pool_id), cause)
        else:
            await needs.change(need_id, lambda need: domain.cover_in_pool(need, pool_id, session_id), cause)
