"""Routes of planning runs: for the network's managers."""

from fastapi import APIRouter

from services.courses.catalogue.domain import Course
from services.courses.memberships.access import require_manager
from services.courses.memberships.store import Memberships
from services.courses.planning import handlers, views
from services.courses.planning.bodies import AcceptPlan, RequestPlan
from services.courses.planning.domain import PlanningRun
from services.courses.planning.handlers import NotProposed, drafts_of
from services.courses.planning.inputs import Inputs
from services.courses.planning.problem import PlannedSession
from services.courses.planning.store import Claims
from services.courses.planning.views import ProposalView, RunView, proposal_view, run_view
from services.courses.sessions.domain import Session
from shared.auth import Principal
from shared.clock import epoch_ms, utc_now
from shared.ids import NetworkId, PersonId, PlanningRunId, Ref
from shared.store import Aggregates
from shared.web import Caller, Commanded, Page, Paged

BASE = "/api/courses/v1"


def router(
    inputs: Inputs,
    claims: Claims,
    sessions: Aggregates[Session],
    courses: Aggregates[Course],
    memberships: Memberships,
) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(prefix=BASE, tags=["planning"])
    runs = inputs.runs

    async def managed(principal: Principal, run_id: str) -> PlanningRun:
        run = await runs.get(run_id)
        await require_manager(principal, run.network_id, memberships, "planning run")
        return run

    @routes.post("/planning-runs", status_code=201, summary="Ask for a plan", operation_id="request_plan")
    async def request_plan(body: RequestPlan, command: Commanded) -> RunView:
        await require_manager(command.principal, body.network_id, memberships, "network")
        task = await inputs.task(body, PersonId(command.principal.id))
        run_id = PlanningRunId(command.id_for("planning-run"))
        digest = await inputs.documents.keep(f"{run_id}:input", task.model_dump_json())
        run = PlanningRun(
            id=run_id,
            network_id=body.network_id,
            based_on=body.based_on,
            options=task.options,
            needs=len(task.problem.demands),
            offers=len(task.problem.offers),
            input_sha256=digest,
            request=command.cause.fingerprint,
            created_ms=epoch_ms(utc_now()),
        )
        return run_view(await handlers.request_run(run, command.cause, runs=runs))

    @routes.get("/planning-runs", summary="Planning runs of a network", operation_id="list_planning_runs")
    async def list_runs(network_id: Ref[NetworkId], principal: Caller, paging: Paged) -> Page[RunView]:
        await require_manager(principal, network_id, memberships, "network")
        return await views.list_runs(runs.collection, network_id, paging)

    @routes.get("/planning-runs/{run_id}", summary="One run, with progress", operation_id="get_planning_run")
    async def get_run(run_id: Ref[PlanningRunId], principal: Caller) -> RunView:
        return run_view(await managed(principal, run_id), await claims.progress(run_id))

    @routes.get("/planning-runs/{run_id}/proposal", summary="The plan", operation_id="get_plan")
    async def get_plan(run_id: Ref[PlanningRunId], principal: Caller) -> ProposalView:
        run = await managed(principal, run_id)
        return proposal_view(run, await inputs.problem(run), await inputs.proposal(run))

    @routes.post(
        "/planning-runs/{run_id}/cancel", summary="Stop the search", operation_id="cancel_planning_run"
    )
    async def cancel_run(run_id: Ref[PlanningRunId], command: Commanded) -> RunView:
        await managed(command.principal, run_id)
        return run_view(await handlers.cancel_run(run_id, command.cause, runs=runs))

    @routes.post(
        "/planning-runs/{run_id}/accept", summary="Take over sessions as drafts", operation_id="accept_plan"
    )
    async def accept_plan(run_id: Ref[PlanningRunId], body: AcceptPlan, command: Commanded) -> RunView:
        run = await managed(command.principal, run_id)
        planned = chosen(body, (await inputs.plan(run)).sessions)
        drafts = drafts_of(
            run,
            await inputs.problem(run),
            planned,
            await newest_courses(run.network_id),
            body.cost_key,
            run.created_ms,
        )
        accepted = await handlers.accept_plan(
            run, drafts, command.cause, runs=runs, sessions=sessions, pools=inputs.pools
        )
        return run_view(accepted)

    async def newest_courses(network_id: str) -> dict[str, Course]:
        found = await courses.collection.find({"network_id": network_id}, sort=[("sort", 1)])
        return {
            course.topic_code: course for course in (Course.model_validate(one["state"]) for one in found)
        }

    return routes


def chosen(body: AcceptPlan, sessions: tuple[PlannedSession, ...]) -> list[PlannedSession]:
    """Return the proposed sessions that the manager takes. Errors: `NotProposed` 409."""
    if body.sessions is None:
        return list(sessions)
    known = {(one.offer_id, one.slot_id): one for one in sessions}
    for each in body.sessions:
        if (each.offer_id, each.slot_id) not in known:
            raise NotProposed(offer_id=each.offer_id, slot_id=each.slot_id)
    keys = {(each.offer_id, each.slot_id) for each in body.sessions}
    return [one for key, one in known.items() if key in keys]
