"""What people see of pools: a manager everything, a member its own pledge and totals from three companies on."""

from collections.abc import Callable

from services.courses.needs.views import MIN_COMPANIES
from services.courses.pools.domain import Pool, PoolState
from shared.auth import Principal
from shared.mongo import Collection
from shared.web import Page, Paging, View, page_of


class PledgeView(View):
    """The seats that one company pledges."""

    organisation_id: str
    seats: int


class PoolView(View):
    """`pledges`: all for the networks' managers, else the caller's own; totals are null below 3 companies.

    `partners`: other networks that were asked to join, and whether they agreed.
    """

    id: str
    network_id: str
    topic_code: str
    minimum_seats: int
    state: PoolState
    session_id: str | None
    partners: dict[str, bool]
    need_ids: list[str] | None
    pledged_seats: int | None
    pledging_companies: int | None
    pledges: list[PledgeView]


def pool_view(pool: Pool, principal: Principal) -> PoolView:
    """Return what `principal` may see of a pool."""
    manager = any(principal.manages(network_id) for network_id in pool.networks)
    totals = manager or len(pool.pledges) >= MIN_COMPANIES
    return PoolView(
        id=pool.id,
        network_id=pool.network_id,
        topic_code=pool.topic_code,
        minimum_seats=pool.minimum_seats,
        state=pool.state,
        session_id=pool.session_id,
        partners={str(key): agreed for key, agreed in pool.partners.items()},
        need_ids=list(pool.needs) if manager else None,
        pledged_seats=pool.pledged_seats if totals else None,
        pledging_companies=len(pool.pledges) if totals else None,
        pledges=[
            PledgeView(organisation_id=organisation_id, seats=seats)
            for organisation_id, seats in sorted(pool.pledges.items())
            if manager or principal.acts_for(organisation_id)
        ],
    )


async def list_pools(
    collection: Collection, network_id: str, paging: Paging, view: Callable[[Pool], PoolView]
) -> Page[PoolView]:
    """Return the network's pools, newest first."""
    return await page_of(
        collection,
        {"networks": network_id},
        paging,
        lambda found: view(Pool.model_validate(found["state"])),
    )
