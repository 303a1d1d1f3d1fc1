"""Commands of pools.

A need is in at most one pool, and the need itself is the guard: it is marked with the pool first, then added
to it. Both steps change nothing when repeated, so after a crash between them the same request completes the
second one. If the pool refuses (it was planned meanwhile), the need is released again.
"""

from collections.abc import Sequence

from services.courses.needs import domain as needs_domain
from services.courses.needs.domain import Need
from services.courses.pools import domain
from services.courses.pools.domain import Pool
from shared.errors import Rejected
from shared.ids import NeedId, NetworkId, OrganisationId
from shared.store import Aggregates, Cause


async def open_pool(
    pool: Pool,
    need_ids: Sequence[NeedId],
    cause: Cause,
    *,
    pools: Aggregates[Pool],
    needs: Aggregates[Need],
) -> Pool:
    """Open a pool with these needs. Errors: `NotFound` 404, `Rejected` 409, `Invalid` 422."""
    for need_id in need_ids:  # asked before anything is stored; `add_need` guards against races
        need = await needs.get(need_id)
        needs_domain.poolable(need, pool.id, network_for(pool, need), pool.topic_code)
    opened = (await pools.put(pool.id, lambda existing: domain.open_pool(existing, pool), cause)).state
    for need_id in need_ids:
        opened = await add_need(opened, need_id, _within(cause), pools=pools, needs=needs)
    return opened


async def add_need(
    pool: Pool, need_id: NeedId, cause: Cause, *, pools: Aggregates[Pool], needs: Aggregates[Need]
) -> Pool:
    """Add a need to a pool. Errors: `NotFound` 404, `Rejected` 409."""
    step = _within(cause)
    marked = await needs.change(
        need_id,
        lambda need: needs_domain.pool(need, pool.id, network_for(pool, need), pool.topic_code),
        step,
    )
    headcount = marked.state.headcount
    try:
        return (
            await pools.change(pool.id, lambda state: domain.add_need(state, need_id, headcount), step)
        ).state
    except Rejected:
        await needs.change(need_id, lambda need: needs_domain.release(need, pool.id), step)
        raise


async def pledge_seats(
    pool_id: str, organisation_id: OrganisationId, seats: int, cause: Cause, *, pools: Aggregates[Pool]
) -> Pool:
    """Set a company's pledge. Errors: `WrongState` 409."""
    changed = await pools.change(pool_id, lambda pool: domain.pledge(pool, organisation_id, seats), cause)
    return changed.state


def network_for(pool: Pool, need: Need) -> NetworkId:
    """Return the network for which the need may be in the pool: its own if that takes part, else the pool's."""
    return need.network_id if need.network_id in pool.networks else pool.network_id


def _within(cause: Cause) -> Cause:
    # These steps are safe to repeat by themselves; the key belongs to the whole command.
    return Cause(causation_id=cause.causation_id)
