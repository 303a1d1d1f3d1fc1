"""Puts planning and its cost previews together: stores, routes, and what the worker does."""

from dataclasses import dataclass

from fastapi import APIRouter

from services.courses.calls.handlers import Stores
from services.courses.catalogue.domain import Course
from services.courses.costs import api as costs_api
from services.courses.costs.store import cost_plan_store
from services.courses.memberships.store import Memberships
from services.courses.organisations import consumers
from services.courses.organisations.store import ORGANISATIONS, Organisations
from services.courses.planning import api
from services.courses.planning.inputs import Inputs
from services.courses.planning.runner import Runner
from services.courses.planning.store import Claims, Documents, run_store
from services.courses.pools import regroup_api
from services.courses.sessions.domain import Session
from shared.process import Service
from shared.store import Aggregates


@dataclass(frozen=True, slots=True)
class Planner:
    """What planning keeps."""

    inputs: Inputs
    claims: Claims


def stores(service: Service, calls: Stores) -> Planner:
    """Return the stores of planning."""
    organisations = Organisations(service.collection(ORGANISATIONS))
    documents = Documents(service.collection("planning_documents"))
    return Planner(
        Inputs(run_store(service), documents, calls.needs, calls.pools, organisations, calls),
        Claims(service.collection("planning_claims"), service.replica),
    )


def routers(
    service: Service,
    planner: Planner,
    sessions: Aggregates[Session],
    courses: Aggregates[Course],
    memberships: Memberships,
) -> tuple[APIRouter, ...]:
    """Return the routes of planning, of cost plans and of pooling proposals."""
    inputs = planner.inputs
    return (
        costs_api.router(cost_plan_store(service), inputs.pools, memberships, inputs.organisations),
        api.router(inputs, planner.claims, sessions, courses, memberships),
        *regroup_api.routers(inputs.pools, inputs.needs, memberships, inputs.organisations),
    )


def work(service: Service, planner: Planner) -> None:
    """Keep what the events tell of organisations, and do planning runs in the background of this worker."""
    consumers.listen(service.consumers, organisations=planner.inputs.organisations)
    runner = Runner(
        planner.inputs.runs,
        planner.inputs.documents,
        planner.claims,
        pause=service.pause,
        stopping=service.stopping,
    )
    service.background("planning", runner.step)
