"""Commands of sessions and their bookings: read what a decision needs, then let the domain decide in one write."""

from asyncio import gather
from collections.abc import Sequence

from services.courses.memberships.store import Memberships
from services.courses.pools import domain as pools_domain
from services.courses.pools.domain import Pool
from services.courses.sessions.domain import ReasonCode, Session, bookings, groups, lifecycle, plan
from services.courses.sessions.domain.bookings import Request
from services.courses.sessions.domain.groups import GroupRequest
from services.courses.sessions.store import Sessions
from shared.clock import Clock
from shared.ids import BookingId, NetworkId, PersonId
from shared.store import Aggregates, Cause, Outcome


async def schedule_session(
    session: Session, cause: Cause, *, sessions: Aggregates[Session], pools: Aggregates[Pool]
) -> Session:
    """Schedule a session, from a viable pool if it names one. Errors: `Invalid` 422, `Rejected` 409.

    The pool is claimed first; the session's id is derived from the pool's, so whoever repeats after a crash
    between the two writes creates the one session that the pool names, and nothing twice. The companies that
    pledged seats may book first.
    """
    plan.check(session)
    if session.pool_id is not None:
        step = Cause(causation_id=cause.causation_id)
        planned = await pools.change(
            session.pool_id, lambda pool: pools_domain.plan(pool, session.id, session.network_id), step
        )
        members = tuple(sorted(planned.state.pledges))
        session = session.model_copy(update={"pool_members": members})
    return (await sessions.put(session.id, lambda known: plan.schedule(known, session), cause)).state


async def open_booking(
    session_id: str, cause: Cause, *, sessions: Aggregates[Session], clock: Clock
) -> Session:
    """Open a session for bookings. Errors: `WrongState`, `SessionStarted` 409."""
    at = clock()
    return (await sessions.change(session_id, lambda state: plan.open_booking(state, at), cause)).state


async def cancel_session(
    session_id: str, reason: ReasonCode, cause: Cause, *, sessions: Aggregates[Session]
) -> Session:
    """Cancel a session. Errors: `WrongState` 409."""
    return (await sessions.change(session_id, lambda state: lifecycle.cancel(state, reason), cause)).state


async def book_seat(
    session_id: str,
    network_id: NetworkId,
    asked: Request,
    cause: Cause,
    *,
    sessions: Sessions,
    memberships: Memberships,
    clock: Clock,
) -> Outcome[Session]:
    """Book a seat by the network's present rules. Errors: `Rejected` 409, `IdempotencyKeyReused` 422."""
    policy, warned = await gather(memberships.policy(network_id), _warned(session_id, (asked,), sessions))
    at = clock()
    return await sessions.aggregates.change(
        session_id, lambda state: bookings.book(state, warned[0], policy, at), cause
    )


async def book_group(
    session_id: str,
    network_id: NetworkId,
    asked: GroupRequest,
    cause: Cause,
    *,
    sessions: Sessions,
    memberships: Memberships,
    clock: Clock,
) -> Outcome[Session]:
    """Book several seats in one decision. Errors: `Rejected` 409, `IdempotencyKeyReused` 422."""
    policy, warned = await gather(
        memberships.policy(network_id), _warned(session_id, asked.members, sessions)
    )
    group = asked.model_copy(update={"members": warned})
    at = clock()
    return await sessions.aggregates.change(
        session_id, lambda state: groups.book_group(state, group, policy, at), cause
    )


async def _warned(session_id: str, asked: Sequence[Request], sessions: Sessions) -> tuple[Request, ...]:
    # A warning is no guard: two bookings in the same second may both miss it, and nothing depends on it.
    people = [each.participant_id for each in asked]
    found = await sessions.overlapping(session_id, asked[0].organisation_id, people)
    return tuple(each.model_copy(update={"warnings": found.get(each.participant_id, ())}) for each in asked)


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
    attested: tuple[str, ...],
    cause: Cause,
    *,
    sessions: Aggregates[Session],
    clock: Clock,
) -> Session:
    """Let another person take the place. Errors: `NotFound` 404, `Rejected` 409."""
    at = clock()
    changed = await sessions.change(
        session_id,
        lambda state: bookings.substitute(state, booking_id, participant_id, at, attested),
        cause,
    )
    return changed.state
