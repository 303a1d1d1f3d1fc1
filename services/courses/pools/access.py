"""Who sees and acts in a pool that several networks share."""

from services.courses.memberships.access import may_see
from services.courses.memberships.store import Memberships
from services.courses.pools.domain import Pool
from shared.auth import Principal
from shared.errors import NotFound
from shared.ids import NetworkId


async def require_pool_sight(principal: Principal, pool: Pool, memberships: Memberships) -> None:
    """Let pass who may see things of one of the pool's networks. Errors: `NotFound` 404."""
    for network_id in pool.networks:
        if await may_see(principal, network_id, memberships):
            return
    raise NotFound(kind="pool")


async def network_of(pool: Pool, organisation_id: str, memberships: Memberships) -> NetworkId:
    """Return the pool's network of which the organisation is an active member, else the pool's own."""
    for network_id in pool.networks:
        if await memberships.any_active(network_id, [organisation_id]):
            return network_id
    return pool.network_id
