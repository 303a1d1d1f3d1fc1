"""A pool that changes shape: needs leave it, it is dissolved, another network joins it. Pure."""

from services.courses.pools.domain import TABLE, Pool, PoolCommand, PoolState
from services.courses.rules import step
from shared.decisions import Change
from shared.errors import NotFound, Rejected
from shared.events.planning import (
    NeedRemovedFromPool,
    PoolDissolved,
    PoolNetworkAgreed,
    PoolNetworkInvited,
    PoolNetworkLeft,
)
from shared.ids import NeedId, NetworkId


class PoolNotEmpty(Rejected):
    status = 409
    en = "The pool still holds needs of the other network."
    de = "Das Bündel enthält noch Bedarfe des anderen Verbunds."


class OwnNetwork(Rejected):
    status = 409
    en = "The pool belongs to this network already."
    de = "Das Bündel gehört schon zu diesem Verbund."


def remove_need(pool: Pool, need_id: NeedId) -> Change[Pool]:
    """Let a need leave; changes nothing if it has left. Errors: `WrongState` 409."""
    if need_id not in pool.needs:
        return Change(pool)
    state = step(TABLE, pool.state, PoolCommand.REMOVE_NEED, "pool")
    left = tuple(one for one in pool.needs if one != need_id)
    after = pool.model_copy(update={"state": state, "needs": left})
    return Change(after, (NeedRemovedFromPool(pool_id=pool.id, network_id=pool.network_id, need_id=need_id),))


def dissolve(pool: Pool) -> Change[Pool]:
    """End the pool without a course; changes nothing if it has ended so. Errors: `WrongState` 409."""
    if pool.state is PoolState.DISSOLVED:
        return Change(pool)
    state = step(TABLE, pool.state, PoolCommand.DISSOLVE, "pool")
    after = pool.model_copy(update={"state": state, "pledges": {}, "needs": ()})
    return Change(after, (PoolDissolved(pool_id=pool.id, network_id=pool.network_id),))


def invite(pool: Pool, network_id: NetworkId) -> Change[Pool]:
    """Ask another network to join; changes nothing if it was asked. Errors: `Rejected` 409."""
    if network_id == pool.network_id:
        raise OwnNetwork
    if network_id in pool.partners:
        return Change(pool)
    step(TABLE, pool.state, PoolCommand.ADD_NEED, "pool")
    after = pool.model_copy(update={"partners": {**pool.partners, network_id: False}})
    event = PoolNetworkInvited(pool_id=pool.id, network_id=pool.network_id, partner_network_id=network_id)
    return Change(after, (event,))


def agree(pool: Pool, network_id: NetworkId) -> Change[Pool]:
    """Join as the invited network; changes nothing if it has. Errors: `NotFound` 404, `WrongState` 409."""
    if network_id not in pool.partners:
        raise NotFound(kind="pool")
    if pool.partners[network_id]:
        return Change(pool)
    step(TABLE, pool.state, PoolCommand.ADD_NEED, "pool")
    after = pool.model_copy(update={"partners": {**pool.partners, network_id: True}})
    event = PoolNetworkAgreed(pool_id=pool.id, network_id=pool.network_id, partner_network_id=network_id)
    return Change(after, (event,))


def leave(pool: Pool, network_id: NetworkId, *, holds_needs: bool) -> Change[Pool]:
    """Decline or leave; changes nothing for a network that is not in it. Errors: `PoolNotEmpty` 409."""
    if network_id not in pool.partners:
        return Change(pool)
    if holds_needs:
        raise PoolNotEmpty
    partners = {key: agreed for key, agreed in pool.partners.items() if key != network_id}
    event = PoolNetworkLeft(pool_id=pool.id, network_id=pool.network_id, partner_network_id=network_id)
    return Change(pool.model_copy(update={"partners": partners}), (event,))
