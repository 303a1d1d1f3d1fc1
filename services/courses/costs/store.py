"""Where cost plans are kept."""

from services.courses.costs.domain import CostPlan
from shared.mongo import Document
from shared.process import Service
from shared.store import Aggregates


def _keys(plan: CostPlan) -> Document:
    return {"network_id": plan.network_id}


def cost_plan_store(service: Service) -> Aggregates[CostPlan]:
    """Return the cost plans of all pools."""
    return service.aggregates("cost_plans", CostPlan, kind="cost plan", keys=_keys)
