"""Routes of pools."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from services.courses.memberships.access import require_actor, require_manager, require_sight
from services.courses.memberships.store import Memberships
from services.courses.needs.domain import Need
from services.courses.pools import access, handlers, views
from services.courses.pools.domain import Pool
from services.courses.pools.views import PoolView, pool_view
from shared.clock import epoch_ms, utc_now
from shared.ids import NeedId, NetworkId, OrganisationId, PoolId, Ref
from shared.store import Aggregates
from shared.web import Body, Caller, Commanded, Page, Paged


class OpenPool(Body):
    """Which needs belong together."""

    network_id: Ref[NetworkId]
    topic_code: Annotated[str, Field(max_length=64)]
    minimum_seats: Annotated[int, Field(strict=True, ge=1, le=500)]
    need_ids: Annotated[list[Ref[NeedId]], Field(max_length=200, default_factory=list)]


class AddNeed(Body):
    """A need for the pool."""

    need_id: Ref[NeedId]


class PledgeSeats(Body):
    """How many seats a company would take; 0 withdraws."""

    organisation_id: Ref[OrganisationId]
    seats: Annotated[int, Field(strict=True, ge=0, le=500)]


def router(pools: Aggregates[Pool], needs: Aggregates[Need], memberships: Memberships) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(prefix="/api/courses/v1", tags=["pools"])

    @routes.post("/pools", status_code=201, summary="Open a pool", operation_id="open_pool")
    async def open_pool(body: OpenPool, command: Commanded) -> PoolView:
        await require_manager(command.principal, body.network_id, memberships, "network")
        pool = Pool(
            id=PoolId(command.id_for("pool")),
            network_id=body.network_id,
            topic_code=body.topic_code,
            minimum_seats=body.minimum_seats,
            request=command.cause.fingerprint,
            created_ms=epoch_ms(utc_now()),
        )
        opened = await handlers.open_pool(pool, body.need_ids, command.cause, pools=pools, needs=needs)
        return pool_view(opened, command.principal)

    @routes.get("/pools", summary="Pools of a network", operation_id="list_pools")
    async def list_pools(network_id: Ref[NetworkId], principal: Caller, paging: Paged) -> Page[PoolView]:
        await require_sight(principal, network_id, memberships, "network")
        return await views.list_pools(
            pools.collection, network_id, paging, partial(pool_view, principal=principal)
        )

    @routes.get("/pools/{pool_id}", summary="One pool", operation_id="get_pool")
    async def get_pool(pool_id: Ref[PoolId], principal: Caller) -> PoolView:
        pool = await pools.get(pool_id)
        await access.require_pool_sight(principal, pool, memberships)
        return pool_view(pool, principal)

    @routes.post("/pools/{pool_id}/needs", summary="Add a need to a pool", operation_id="add_need")
    async def add_need(pool_id: Ref[PoolId], body: AddNeed, command: Commanded) -> PoolView:
        pool = await pools.get(pool_id)
        network_id = handlers.network_for(pool, await needs.get(body.need_id))
        await require_manager(command.principal, network_id, memberships, "pool")
        changed = await handlers.add_need(pool, body.need_id, command.cause, pools=pools, needs=needs)
        return pool_view(changed, command.principal)

    @routes.post("/pools/{pool_id}/pledges", summary="Pledge seats", operation_id="pledge_seats")
    async def pledge_seats(pool_id: Ref[PoolId], body: PledgeSeats, command: Commanded) -> PoolView:
        pool = await pools.get(pool_id)
        network_id = await access.network_of(pool, body.organisation_id, memberships)
        await require_actor(command.principal, network_id, body.organisation_id, memberships, "pool")
        changed = await handlers.pledge_seats(
            pool_id, body.organisation_id, body.seats, command.cause, pools=pools
        )
        return pool_view(changed, command.principal)

    return routes
