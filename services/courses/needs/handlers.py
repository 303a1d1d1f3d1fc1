"""Commands of needs."""

from services.courses.memberships.store import Memberships
from services.courses.needs import domain
from services.courses.needs.domain import Need
from shared.store import Aggregates, Cause


async def post_need(need: Need, cause: Cause, *, needs: Aggregates[Need], memberships: Memberships) -> Need:
    """Post a need. Errors: see `domain.post`; `NetworkIsClosed` 409."""
    await memberships.policy(need.network_id)
    return (await needs.put(need.id, lambda existing: domain.post(existing, need), cause)).state


async def withdraw_need(need_id: str, cause: Cause, *, needs: Aggregates[Need]) -> Need:
    """Withdraw a need. Errors: `WrongState` 409."""
    return (await needs.change(need_id, domain.withdraw, cause)).state
