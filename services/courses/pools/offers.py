"""What a call for offers means for its pool. Pure."""

from services.courses.calls.errors import PoolInAnotherCall
from services.courses.pools.domain import TABLE, Pool, PoolCommand, PoolState
from services.courses.rules import OtherNetwork, step
from shared.decisions import Change
from shared.events.calls import PoolCallEnded, PoolOfferAwarded, PoolOffersRequested
from shared.ids import CallId, OrganisationId


def request_offers(pool: Pool, call_id: CallId, network_id: str) -> Change[Pool]:
    """Bind a viable pool to its call; changes nothing if it is bound. Errors: `Rejected` 409."""
    if pool.network_id != network_id:
        raise OtherNetwork
    if pool.state is PoolState.OFFERS_REQUESTED:
        if pool.call_id != call_id:
            raise PoolInAnotherCall
        return Change(pool)
    state = step(TABLE, pool.state, PoolCommand.REQUEST_OFFERS, "pool")
    after = pool.model_copy(update={"state": state, "call_id": call_id})
    return Change(after, (PoolOffersRequested(pool_id=pool.id, network_id=pool.network_id, call_id=call_id),))


def end_call(pool: Pool, call_id: CallId) -> Change[Pool]:
    """Let the pool be viable again after a call without award; changes nothing if it is not in this call."""
    if pool.call_id != call_id or pool.state is not PoolState.OFFERS_REQUESTED:
        return Change(pool)
    state = step(TABLE, pool.state, PoolCommand.END_CALL, "pool")
    after = pool.model_copy(update={"state": state, "call_id": None})
    return Change(after, (PoolCallEnded(pool_id=pool.id, network_id=pool.network_id, call_id=call_id),))


def award(pool: Pool, call_id: CallId, provider_id: OrganisationId) -> Change[Pool]:
    """Keep who was awarded; changes nothing if that is kept or the pool has gone on. Errors: `WrongState` 409."""
    if pool.call_id != call_id or pool.provider_id == provider_id:
        return Change(pool)
    state = step(TABLE, pool.state, PoolCommand.AWARD, "pool")
    after = pool.model_copy(update={"state": state, "provider_id": provider_id})
    event = PoolOfferAwarded(
        pool_id=pool.id, network_id=pool.network_id, call_id=call_id, provider_id=provider_id
    )
    return Change(after, (event,))
