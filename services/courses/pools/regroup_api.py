"""Routes of pooling proposals, of pools that change shape, and of networks that share a pool."""

from collections.abc import Mapping, Sequence
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from services.courses.memberships.access import require_manager
from services.courses.memberships.store import Memberships
from services.courses.needs.domain import Need
from services.courses.organisations.store import Organisations
from services.courses.planning.freeze import demand_of
from services.courses.pools import regroup, regrouping
from services.courses.pools.domain import Pool
from services.courses.pools.proposals import PoolProposal, Wish, propose
from services.courses.pools.views import PoolView, pool_view
from shared.auth import Principal
from shared.clock import epoch_ms, utc_now
from shared.errors import Invalid, NotFound
from shared.ids import NeedId, NetworkId, OrganisationId, PoolId, Ref
from shared.mongo import Collection
from shared.store import Aggregates
from shared.web import Body, Caller, Commanded, Page, Paged, Paging, View, page_of

MOST_OPEN_NEEDS = 800  # the newest ones; their pairs are looked at, which grows with the square


class SplitPool(Body):
    """Which needs go into a pool of their own."""

    need_ids: Annotated[list[Ref[NeedId]], Field(min_length=1, max_length=200)]
    minimum_seats: Annotated[int, Field(strict=True, ge=1, le=500)]
    topic_code: Annotated[str, Field(max_length=64)] | None = None


class MergePool(Body):
    """The pool whose needs and pledges are taken over; it is dissolved."""

    source_pool_id: Ref[PoolId]


class InviteNetwork(Body):
    """The network that is asked to join."""

    partner_network_id: Ref[NetworkId]


class ForNetwork(Body):
    """The network for which its manager answers."""

    network_id: Ref[NetworkId]


class PoolInvitationView(View):
    """A pool that another network asks to share: what it is about, and nothing about its companies."""

    pool_id: str
    network_id: str
    topic_code: str
    minimum_seats: int


def proposals_router(
    needs: Aggregates[Need], memberships: Memberships, organisations: Organisations
) -> APIRouter:
    """Return the route of proposals."""
    routes = APIRouter(prefix="/api/courses/v1", tags=["pools"])

    @routes.get("/pool-proposals", summary="Needs that belong together", operation_id="list_pool_proposals")
    async def list_proposals(network_id: Ref[NetworkId], principal: Caller) -> list[PoolProposal]:
        await require_manager(principal, network_id, memberships, "network")
        where = {"network_id": network_id, "status": "posted"}
        found = await needs.collection.find(where, {"state": 1}, sort=[("sort", -1)], limit=MOST_OPEN_NEEDS)
        open_needs = [Need.model_validate(one["state"]) for one in found]
        places = await organisations.places(need.organisation_id for need in open_needs)
        return list(propose([wish_of(need, places) for need in open_needs]))

    return routes


def wish_of(need: Need, places: Mapping[OrganisationId, str]) -> Wish:
    """Return what a need says for the search for others like it."""
    return Wish(demand_of(need, need.headcount, places), need.goal, need.window_from, need.window_to)


def shape_router(pools: Aggregates[Pool], needs: Aggregates[Need], memberships: Memberships) -> APIRouter:
    """Return the routes that change the shape of pools: for the manager of the pool's own network."""
    routes = APIRouter(prefix="/api/courses/v1", tags=["pools"])

    async def managed(principal: Principal, pool_id: str) -> Pool:
        pool = await pools.get(pool_id)
        await require_manager(principal, pool.network_id, memberships, "pool")
        return pool

    @routes.post("/pools/{pool_id}/split", status_code=201, summary="Split a pool", operation_id="split_pool")
    async def split_pool(pool_id: Ref[PoolId], body: SplitPool, command: Commanded) -> PoolView:
        pool = await managed(command.principal, pool_id)
        new = Pool(
            id=PoolId(command.id_for("pool")),
            network_id=pool.network_id,
            topic_code=body.topic_code or pool.topic_code,
            minimum_seats=body.minimum_seats,
            partners=pool.partners,
            request=command.cause.fingerprint,
            created_ms=epoch_ms(utc_now()),
        )
        opened = await regrouping.split(pool, new, body.need_ids, command.cause, pools=pools, needs=needs)
        return pool_view(opened, command.principal)

    @routes.post("/pools/{pool_id}/merge", summary="Merge a pool into this one", operation_id="merge_pools")
    async def merge_pools(pool_id: Ref[PoolId], body: MergePool, command: Commanded) -> PoolView:
        target = await managed(command.principal, pool_id)
        source = await managed(command.principal, body.source_pool_id)
        if source.id == target.id:
            raise Invalid(
                pointer="#/source_pool_id",
                reason_en="A pool cannot be merged into itself.",
                reason_de="Ein Bündel kann nicht in sich selbst aufgehen.",
            )
        merged = await regrouping.merge(target, source, command.cause, pools=pools, needs=needs)
        return pool_view(merged, command.principal)

    @routes.post(
        "/pools/{pool_id}/needs/{need_id}/remove", summary="Take a need out", operation_id="remove_need"
    )
    async def remove_need(pool_id: Ref[PoolId], need_id: Ref[NeedId], command: Commanded) -> PoolView:
        pool = await managed(command.principal, pool_id)
        changed = await regrouping.remove_need(pool, need_id, command.cause, pools=pools, needs=needs)
        return pool_view(changed, command.principal)

    @routes.post("/pools/{pool_id}/dissolve", summary="Dissolve a pool", operation_id="dissolve_pool")
    async def dissolve_pool(pool_id: Ref[PoolId], command: Commanded) -> PoolView:
        pool = await managed(command.principal, pool_id)
        ended = await regrouping.dissolve(pool, command.cause, pools=pools, needs=needs)
        return pool_view(ended, command.principal)

    @routes.post("/pools/{pool_id}/networks", summary="Ask a network to join", operation_id="invite_network")
    async def invite_network(pool_id: Ref[PoolId], body: InviteNetwork, command: Commanded) -> PoolView:
        await managed(command.principal, pool_id)
        changed = await pools.change(
            pool_id, lambda state: regroup.invite(state, body.partner_network_id), command.cause
        )
        return pool_view(changed.state, command.principal)

    @routes.post(
        "/pools/{pool_id}/networks/remove", summary="Let a network go", operation_id="uninvite_network"
    )
    async def uninvite_network(pool_id: Ref[PoolId], body: InviteNetwork, command: Commanded) -> PoolView:
        pool = await managed(command.principal, pool_id)
        changed = await regrouping.leave(
            pool, body.partner_network_id, command.cause, pools=pools, needs=needs
        )
        return pool_view(changed, command.principal)

    return routes


def partner_router(pools: Aggregates[Pool], needs: Aggregates[Need], memberships: Memberships) -> APIRouter:
    """Return the routes of the network that was asked."""
    routes = APIRouter(prefix="/api/courses/v1", tags=["pools"])

    async def partner(principal: Principal, pool_id: str, network_id: str) -> Pool:
        pool = await pools.get(pool_id)
        if network_id not in pool.partners or not principal.manages(network_id):
            raise NotFound(kind="pool")
        return pool

    @routes.get("/pool-invitations", summary="Pools to share", operation_id="list_pool_invitations")
    async def list_invitations(
        network_id: Ref[NetworkId], principal: Caller, paging: Paged
    ) -> Page[PoolInvitationView]:
        await require_manager(principal, network_id, memberships, "network")
        return await invitations(pools.collection, network_id, paging)

    @routes.post(
        "/pool-invitations/{shared_pool_id}/agree", summary="Join a pool", operation_id="agree_to_pool"
    )
    async def agree_to_pool(shared_pool_id: Ref[PoolId], body: ForNetwork, command: Commanded) -> PoolView:
        await partner(command.principal, shared_pool_id, body.network_id)
        changed = await pools.change(
            shared_pool_id, lambda state: regroup.agree(state, body.network_id), command.cause
        )
        return pool_view(changed.state, command.principal)

    @routes.post(
        "/pool-invitations/{shared_pool_id}/leave", status_code=204,
        summary="Decline, or leave a pool", operation_id="leave_pool",
    )  # fmt: skip
    async def leave_pool(shared_pool_id: Ref[PoolId], body: ForNetwork, command: Commanded) -> None:
        pool = await partner(command.principal, shared_pool_id, body.network_id)
        await regrouping.leave(pool, body.network_id, command.cause, pools=pools, needs=needs)

    return routes


async def invitations(collection: Collection, network_id: str, paging: Paging) -> Page[PoolInvitationView]:
    """Return the pools that wait for this network's answer, newest first."""
    return await page_of(
        collection,
        {"invited": network_id},
        paging,
        lambda found: PoolInvitationView.model_validate({**found["state"], "pool_id": found["_id"]}),
    )


def routers(
    pools: Aggregates[Pool], needs: Aggregates[Need], memberships: Memberships, organisations: Organisations
) -> Sequence[APIRouter]:
    """Return all of them."""
    return (
        proposals_router(needs, memberships, organisations),
        shape_router(pools, needs, memberships),
        partner_router(pools, needs, memberships),
    )
