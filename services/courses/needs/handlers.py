"""Commands of needs."""

from datetime import date

from services.courses.memberships.store import Memberships
from services.courses.needs import domain
from services.courses.needs.domain import Need, Terms
from shared.clock import Clock
from shared.ids import SessionId
from shared.store import Aggregates, Cause
from shared.zones import local_day


async def post_need(
    need: Need, cause: Cause, *, needs: Aggregates[Need], memberships: Memberships, clock: Clock
) -> Need:
    """Post a need. Errors: see `domain.post`; `NetworkIsClosed` 409."""
    await memberships.policy(need.network_id)
    today = local_day(clock())
    return (await needs.put(need.id, lambda existing: domain.post(existing, need, today), cause)).state


async def revise_need(
    need_id: str,
    terms: Terms,
    expires_on: date | None,
    cause: Cause,
    *,
    needs: Aggregates[Need],
    clock: Clock,
) -> Need:
    """Replace what a need asks for. Errors: `Invalid` 422, `WrongState`, `TopicDiffers` 409."""
    today = local_day(clock())
    changed = await needs.change(need_id, lambda need: domain.revise(need, terms, expires_on, today), cause)
    return changed.state


async def withdraw_need(need_id: str, cause: Cause, *, needs: Aggregates[Need]) -> Need:
    """Withdraw a need. Errors: `WrongState` 409."""
    return (await needs.change(need_id, domain.withdraw, cause)).state


async def cover_need(
    need_id: str, session_id: SessionId | None, cause: Cause, *, needs: Aggregates[Need]
) -> Need:
    """Mark a need as met. Errors: `WrongState` 409."""
    return (await needs.change(need_id, lambda need: domain.cover(need, session_id), cause)).state


async def expire_need(need_id: str, cause: Cause, *, needs: Aggregates[Need], clock: Clock) -> Need:
    """Let a need expire whose last day is over; changes nothing otherwise."""
    today = local_day(clock())
    return (await needs.change(need_id, lambda need: domain.expire(need, today), cause)).state
