"""Freezing: the problem of a run, put together from what is stored now, or from the run before."""

from dataclasses import dataclass

from services.courses.calls import handlers as call_handlers
from services.courses.calls.domain import Call
from services.courses.needs.domain import Need
from services.courses.organisations.store import Organisations
from services.courses.planning.awarded import awarded_content, with_awarded
from services.courses.planning.bodies import (
    RequestPlan,
    forbids_of,
    limits_of,
    offers_of,
    pins_of,
    require_known,
    rooms_of,
    trainers_of,
)
from services.courses.planning.domain import PlanningRun
from services.courses.planning.freeze import demands_of
from services.courses.planning.problem import Demand, Plan, Problem, Rules
from services.courses.planning.proposal import Proposal, Task
from services.courses.planning.store import Documents
from services.courses.pools.domain import Pool, PoolState
from shared.errors import NotFound, WrongState
from shared.ids import PersonId
from shared.store import Aggregates, Cause

OPEN_NEEDS = ("posted", "pooled")


@dataclass(frozen=True, slots=True)
class Inputs:
    """Where a problem comes from."""

    runs: Aggregates[PlanningRun]
    documents: Documents
    needs: Aggregates[Need]
    pools: Aggregates[Pool]
    organisations: Organisations
    calls: call_handlers.Stores

    async def task(self, body: RequestPlan, by: PersonId) -> Task:
        """Return what to search for. Errors: `Invalid` 422, `NotFound` 404, `WrongState` 409."""
        before = await self._before(body)
        given = before.problem if before else Problem(demands=(), offers=())
        offers = given.offers if body.offers is None else offers_of(body.offers)
        rooms = given.rooms if body.rooms is None else rooms_of(body.rooms)
        trainers = given.trainers if body.trainers is None else trainers_of(body.trainers)
        require_known(offers, rooms, trainers)
        demands = given.demands if before and not body.refresh else await self.demands(body.network_id)
        problem = Problem(
            demands=demands,
            offers=offers,
            rooms=rooms,
            trainers=trainers,
            pins=pins_of(body.pins),
            forbids=forbids_of(body.forbids),
            rules=limits_of(body.limits) if body.limits else (given.rules if before else Rules()),
        )
        if body.awarded and (body.refresh or before is None):
            problem = with_awarded(problem, await self.awarded(body.network_id, by))
        return Task(problem=problem, options=body.options(), previous=before.previous if before else None)

    async def awarded(self, network_id: str, by: PersonId) -> list[Call]:
        """Return the awarded calls whose pool waits for its session; each notes that the person reads the offer."""
        waiting = {pool.id for pool in await self._pools(network_id) if pool.state is PoolState.AWARDED}
        found = await self.calls.calls.collection.find({"network_id": network_id, "status": "awarded"})
        known = [Call.model_validate(one["state"]) for one in found]
        calls = [call for call in known if call.pool_id in waiting and awarded_content(call) is not None]
        for call in calls:
            if call.award is not None:
                await call_handlers.read(call.id, call.award.offer_id, by, Cause(), stores=self.calls)
        return calls

    async def demands(self, network_id: str) -> tuple[Demand, ...]:
        """Return the network's demands as they are now."""
        where = {"network_id": network_id, "status": {"$in": list(OPEN_NEEDS)}}
        needs = [Need.model_validate(one["state"]) for one in await self.needs.collection.find(where)]
        pools = await self._pools(network_id)
        companies = {need.organisation_id for need in needs} | {key for pool in pools for key in pool.pledges}
        return demands_of(needs, pools, await self.organisations.places(companies))

    async def _pools(self, network_id: str) -> list[Pool]:
        found = await self.pools.collection.find({"network_id": network_id})
        return [Pool.model_validate(one["state"]) for one in found]

    async def _before(self, body: RequestPlan) -> Task | None:
        if body.based_on is None:
            return None
        run = await self.runs.get(body.based_on)
        if run.network_id != body.network_id:
            raise NotFound(kind="planning run")
        if run.summary is None:
            raise WrongState(kind="planning run", state=str(run.state))
        task = Task.model_validate_json(await self.documents.text(f"{run.id}:input"))
        return task.model_copy(update={"previous": await self.plan(run)})

    async def plan(self, run: PlanningRun) -> Plan:
        """Return the proposed plan of a run. Errors: `NotFound` 404."""
        return (await self.proposal(run)).plan

    async def proposal(self, run: PlanningRun) -> Proposal:
        """Return the proposal of a run. Errors: `NotFound` 404 while there is none."""
        if run.summary is None:
            raise NotFound(kind="proposal")
        return Proposal.model_validate_json(await self.documents.text(f"{run.id}:{run.attempts}"))

    async def problem(self, run: PlanningRun) -> Problem:
        """Return the frozen problem of a run."""
        return Task.model_validate_json(await self.documents.text(f"{run.id}:input")).problem
