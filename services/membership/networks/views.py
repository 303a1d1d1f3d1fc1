"""Networks as they are shown."""

from services.membership.networks.domain import Network, NetworkState, SectorFocus
from shared.mongo import Collection, Document
from shared.web import Page, Paging, View, page_of


class TierView(View):
    days_before: int
    fee_percent: int


class PoliciesView(View):
    version: int
    cancellation: list[TierView]
    waitlist_cap_per_company: int | None


class NetworkView(View):
    id: str
    name: str
    sector_focus: SectorFocus
    ags: list[str]
    status: NetworkState
    policies: PoliciesView


def view_of(network: Network) -> NetworkView:
    return NetworkView(
        id=network.id,
        name=network.name,
        sector_focus=network.sector_focus,
        ags=list(network.ags),
        status=network.status,
        policies=PoliciesView(
            version=network.policies_version,
            cancellation=[
                TierView(days_before=tier.days_before, fee_percent=tier.fee_percent)
                for tier in network.policies.cancellation
            ],
            waitlist_cap_per_company=network.policies.waitlist_cap_per_company,
        ),
    )


async def all_networks(networks: Collection, paging: Paging) -> Page[NetworkView]:
    return await page_of(networks, {}, paging, _from_document)


def _from_document(document: Document) -> NetworkView:
    return view_of(Network.model_validate(document["state"]))
