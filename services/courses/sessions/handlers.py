"""Commands of sessions and their bookings."""

from services.courses.memberships.store import Memberships
from services.courses.pools import domain as pools_domain
from services.courses.pools.domain import Pool
from services.courses.sessions import bookings, domain
from services.courses.sessions.bookings import Request
from services.courses.sessions.domain import ReasonCode, Session
from shared.clock import Clock
from shared.ids import BookingId, NetworkId, PersonId
from shared.store import Aggregates, Cause, Outcome


async def schedule_session(
    session: Session, cause: Cause, *, sessions: Aggregates[Session], pools: Aggregates[Pool]
) -> Session:
    """Schedule a session, from a viable pool if it names one. Errors: `Invalid` 422, `Rejected` 409.

    The pool is claimed first; the session's id is derived from the pool's, so whoever repeats after a crash
    between the two writes creates the one session that the pool names, and nothing twice.
    """
    domain.check(session)
    if session.pool_id is not None:
        step = Cause(causation_id=cause.causation_id)
        await pools.change(
            session.pool_id, lambda pool: pools_domain.plan(pool, session.id, session.network_id), step
        )
    return (await sessions.put(session.id, lambda known: domain.schedule(known, session), cause)).state


async def open_booking(session_id: str, cause: Cause, *, sessions: Aggregates[Session]) -> Session:
    """Open a session for bookings. Errors: `WrongState` 409."""
    return (await sessions.change(session_id, domain.open_booking, cause)).state


async def cancel_session(
    session_id: str, reason: ReasonCode, cause: Cause, *, sessions: Aggregates[Session]
) -> Session:
    """Cancel a session. Errors: `WrongState` 409."""
    return (await sessions.change(session_id, lambda state: domain.cancel(state, reason), cause)).state


async def book_seat(
    session_id: str,
    network_id: NetworkId,
    asked: Request,
    cause: Cause,
    *,
    sessions: Aggregates[Session],
    memberships: Memberships,
    clock: Clock,
) -> Outcome[Session]:
    """Book a seat by the network's present rules. Errors: `Rejected` 409, `IdempotencyKeyReused` 422."""
    policy = await memberships.policy(network_id)
    at = clock()
    return await sessions.change(session_id, lambda state: bookings.book(state, asked, policy, at), cause)


async def cancel_booking(
    session_id: str, booking_id: BookingId, cause: Cause, *, sessions: Aggregates[Session], clock: Clock
) -> Session:
    """Cancel a booking; the day of receipt is now. Errors: `NotFound` 404, `Rejected` 409."""
    at = clock()
    changed = await sessions.change(
        session_id, lambda state: bookings.cancel_booking(state, booking_id, at), cause
    )
    return changed.state


async def substitute_participant(
    session_id: str,
    booking_id: BookingId,
    participant_id: PersonId,
    cause: Cause,
    *,
    sessions: Aggregates[Session],
    clock: Clock,
) -> Session:
    """Let another person take the place. Errors: `NotFound` 404, `Rejected` 409."""
    at = clock()
    changed = await sessions.change(
        session_id, lambda state: bookings.substitute(state, booking_id, participant_id, at), cause
    )
    return changed.state
