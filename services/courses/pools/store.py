"""Where pools are kept."""

from services.courses.pools.domain import Pool
from shared.mongo import Document
from shared.process import Service
from shared.store import Aggregates
from shared.web import sort_key


def _keys(pool: Pool) -> Document:
    return {
        "network_id": pool.network_id,
        "networks": list(pool.networks),
        "invited": sorted(key for key, agreed in pool.partners.items() if not agreed),
        "sort": sort_key(pool.created_ms, pool.id),
    }


def pool_store(service: Service) -> Aggregates[Pool]:
    """Return all pools of the service."""
    indexes = tuple(((field, 1), ("sort", -1)) for field in ("network_id", "networks", "invited"))
    return service.aggregates("pools", Pool, kind="pool", keys=_keys, indexes=indexes)
