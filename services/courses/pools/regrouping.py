"""Commands that change the shape of pools. Each step changes nothing when repeated, so a repeat completes a command.

A need moves by its own document, which is the guard: released from the old pool, marked with the new one and added
there, and struck from the old one's list last, so that until then a repeat still finds it.
"""

from collections.abc import Sequence

from services.courses.needs import domain as needs_domain
from services.courses.needs.domain import Need
from services.courses.pools import domain, regroup
from services.courses.pools.domain import TABLE, Pool, PoolCommand
from services.courses.pools.handlers import add_need
from services.courses.rules import OtherNetwork, related_topics, step
from shared.errors import NotFound
from shared.ids import NeedId, NetworkId, OrganisationId
from shared.store import Aggregates, Cause


async def remove_need(
    pool: Pool, need_id: NeedId, cause: Cause, *, pools: Aggregates[Pool], needs: Aggregates[Need]
) -> Pool:
    """Let a need leave its pool; changes nothing if it is not in it. Errors: `WrongState` 409."""
    if need_id not in pool.needs:
        return pool
    step(TABLE, pool.state, PoolCommand.REMOVE_NEED, "pool")
    await needs.change(need_id, lambda need: needs_domain.release(need, pool.id), _within(cause))
    return (
        await pools.change(pool.id, lambda state: regroup.remove_need(state, need_id), _within(cause))
    ).state


async def split(
    pool: Pool,
    new: Pool,
    need_ids: Sequence[NeedId],
    cause: Cause,
    *,
    pools: Aggregates[Pool],
    needs: Aggregates[Need],
) -> Pool:
    """Open a new pool with some of a pool's needs; a company that leaves with all its needs takes its pledge along.

    Errors: `NotFound` 404 for a need of neither pool, `Rejected` 409.
    """
    step(TABLE, pool.state, PoolCommand.REMOVE_NEED, "pool")
    moving = [await needs.get(need_id) for need_id in need_ids]
    for need in moving:
        if need.pool_id not in {pool.id, new.id}:
            raise NotFound(kind="need")
    await pools.put(new.id, lambda existing: domain.open_pool(existing, new), cause)
    for need in moving:
        await _move(need.id, pool, new, cause, pools=pools, needs=needs)
    left = {(await needs.get(need_id)).organisation_id for need_id in (await pools.get(pool.id)).needs}
    for company in sorted({need.organisation_id for need in moving} - left):
        await _move_pledge(company, pool.id, new.id, cause, pools=pools)
    return await pools.get(new.id)


async def merge(
    target: Pool, source: Pool, cause: Cause, *, pools: Aggregates[Pool], needs: Aggregates[Need]
) -> Pool:
    """Move all needs and pledges of one pool into another and dissolve it. Errors: `Rejected` 409."""
    if source.network_id != target.network_id:
        raise OtherNetwork
    if not related_topics(source.topic_code, target.topic_code):
        raise needs_domain.TopicDiffers
    if source.state is not domain.PoolState.DISSOLVED:
        step(TABLE, source.state, PoolCommand.DISSOLVE, "pool")
    step(TABLE, target.state, PoolCommand.ADD_NEED, "pool")
    for need_id in source.needs:
        await _move(need_id, source, target, cause, pools=pools, needs=needs)
    for company in sorted(source.pledges):
        await _move_pledge(company, source.id, target.id, cause, pools=pools)
    await pools.change(source.id, regroup.dissolve, _within(cause))
    return await pools.get(target.id)


async def dissolve(pool: Pool, cause: Cause, *, pools: Aggregates[Pool], needs: Aggregates[Need]) -> Pool:
    """End a pool; its needs can be pooled again. Errors: `WrongState` 409."""
    if pool.state is not domain.PoolState.DISSOLVED:
        step(TABLE, pool.state, PoolCommand.DISSOLVE, "pool")
    for need_id in pool.needs:
        await needs.change(need_id, lambda need: needs_domain.release(need, pool.id), _within(cause))
    return (await pools.change(pool.id, regroup.dissolve, _within(cause))).state


async def leave(
    pool: Pool, network_id: NetworkId, cause: Cause, *, pools: Aggregates[Pool], needs: Aggregates[Need]
) -> Pool:
    """Let an invited or agreed network go. Errors: `PoolNotEmpty` 409 while its needs are in the pool."""
    networks = {(await needs.get(need_id)).network_id for need_id in pool.needs}
    held = network_id in networks
    changed = await pools.change(
        pool.id, lambda state: regroup.leave(state, network_id, holds_needs=held), _within(cause)
    )
    return changed.state


async def _move(
    need_id: NeedId,
    source: Pool,
    target: Pool,
    cause: Cause,
    *,
    pools: Aggregates[Pool],
    needs: Aggregates[Need],
) -> None:
    await needs.change(need_id, lambda need: needs_domain.release(need, source.id), _within(cause))
    await add_need(target, need_id, cause, pools=pools, needs=needs)
    await pools.change(source.id, lambda state: regroup.remove_need(state, need_id), _within(cause))


async def _move_pledge(
    company: OrganisationId, source_id: str, target_id: str, cause: Cause, *, pools: Aggregates[Pool]
) -> None:
    seats = (await pools.get(source_id)).pledges.get(company, 0)
    if not seats:
        return
    # A sum is not safe to repeat by itself, so this step has a key of its own.
    key = None if cause.key is None else f"{cause.key}/{company}"
    once = Cause(key, cause.fingerprint, cause.causation_id)
    await pools.change(
        target_id, lambda pool: domain.pledge(pool, company, pool.pledges.get(company, 0) + seats), once
    )
    await pools.change(source_id, lambda pool: domain.pledge(pool, company, 0), _within(cause))


def _within(cause: Cause) -> Cause:
    return Cause(causation_id=cause.causation_id)
