"""Puts planning together: stores, routes, and the worker's loop."""

from dataclasses import dataclass

from fastapi import APIRouter

from services.courses.catalogue.domain import Course
from services.courses.memberships.store import Memberships
from services.courses.needs.domain import Need
from services.courses.organisations.store import Organisations
from services.courses.planning import api
from services.courses.planning.inputs import Inputs
from services.courses.planning.runner import Runner
from services.courses.planning.store import Claims, Documents, run_store
from services.courses.pools.domain import Pool
from services.courses.sessions.domain import Session
from shared.process import Service
from shared.store import Aggregates


@dataclass(frozen=True, slots=True)
class Planner:
    """What planning keeps."""

    inputs: Inputs
    claims: Claims


def stores(
    service: Service, *, needs: Aggregates[Need], pools: Aggregates[Pool], organisations: Organisations
) -> Planner:
    """Return the stores of planning."""
    documents = Documents(service.collection("planning_documents"))
    return Planner(
        Inputs(run_store(service), documents, needs, pools, organisations),
        Claims(service.collection("planning_claims"), service.replica),
    )


def router(
    planner: Planner, sessions: Aggregates[Session], courses: Aggregates[Course], memberships: Memberships
) -> APIRouter:
    """Return the routes."""
    return api.router(planner.inputs, planner.claims, sessions, courses, memberships)


def work(service: Service, planner: Planner) -> None:
    """Do planning runs in the background of this worker."""
    runner = Runner(
        planner.inputs.runs,
        planner.inputs.documents,
        planner.claims,
        pause=service.pause,
        stopping=service.stopping,
    )
    service.background("planning", runner.step)
