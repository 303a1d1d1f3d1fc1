"""Networks as they are shown."""

from datetime import date

from services.membership.networks.domain import GoalMetric, Network, NetworkState, SectorFocus
from services.membership.networks.policies import Policies
from shared.mongo import Collection, Document
from shared.web import Page, Paging, View, page_of


class TierView(View):
    days_before: int
    fee_percent: int


class RulesView(View):
    cancellation: list[TierView]
    waitlist_cap_per_company: int | None
    pooling_days: int
    pool_minimum_companies: int
    pre_emptive_working_days: int
    cost_key: str


class PoliciesView(RulesView):
    version: int


class ScheduledView(RulesView):
    valid_from: date


class VersionView(ScheduledView):
    version: int


class GoalView(View):
    metric: GoalMetric
    target: int
    due: date


class DocumentsView(View):
    agreement_version: int
    agreement: str | None
    annex_version: int
    annex: str | None


class NetworkView(View):
    id: str
    name: str
    sector_focus: SectorFocus
    ags: list[str]
    status: NetworkState
    policies: PoliciesView
    scheduled_policies: list[ScheduledView]
    goals: list[GoalView]
    documents: DocumentsView


class PolicyHistory(View):
    """Every version with its first day, oldest first; the first one holds from the founding."""

    versions: list[VersionView]
    scheduled: list[ScheduledView]


def view_of(network: Network) -> NetworkView:
    return NetworkView(
        id=network.id,
        name=network.name,
        sector_focus=network.sector_focus,
        ags=list(network.ags),
        status=network.status,
        policies=PoliciesView(version=network.policies_version, **_rules(network.policies)),
        scheduled_policies=_scheduled(network),
        goals=[GoalView.model_validate(goal.model_dump()) for goal in network.goals],
        documents=DocumentsView.model_validate(network.documents.model_dump()),
    )


def history_of(network: Network) -> PolicyHistory:
    return PolicyHistory(
        versions=[
            VersionView(version=one.version, valid_from=one.valid_from, **_rules(one.policies))
            for one in network.history
        ],
        scheduled=_scheduled(network),
    )


async def all_networks(networks: Collection, paging: Paging) -> Page[NetworkView]:
    return await page_of(networks, {}, paging, _from_document)


def _scheduled(network: Network) -> list[ScheduledView]:
    return [ScheduledView(valid_from=one.valid_from, **_rules(one.policies)) for one in network.scheduled]


def _rules(policies: Policies) -> Document:
    return policies.model_dump(mode="json")


def _from_document(document: Document) -> NetworkView:
    return view_of(Network.model_validate(document["state"]))
