"""What a network's managers see of planning runs and proposals."""

from services.courses.planning.domain import FailReason, PlanningRun, RunState, Summary
from services.courses.planning.explain import Unserved
from services.courses.planning.figures import figures
from services.courses.planning.fit import Possibilities
from services.courses.planning.problem import Goal, Options, PlannedSession, Problem
from services.courses.planning.proposal import Proposal
from services.courses.planning.store import Progress
from shared.events.courses import SessionDay
from shared.mongo import Collection
from shared.web import Page, Paging, View, page_of


class ProgressView(View):
    """The goal that is pursued, the best value found, and the bound that no plan can pass."""

    goal: str
    value: int
    bound: int | None


class RunView(View):
    """A planning run; `input_sha256` names the frozen inputs. Money in cents."""

    id: str
    network_id: str
    state: RunState
    based_on: str | None
    options: Options
    needs: int
    offers: int
    input_sha256: str
    result_sha256: str | None
    attempts: int
    progress: ProgressView | None = None
    summary: Summary | None
    fail_reason: FailReason | None
    session_ids: list[str]


class PlannedView(View):
    """A proposed session with its price per seat in cents."""

    offer_id: str
    slot_id: str
    room_id: str | None
    trainer_id: str | None
    topic_code: str
    provider_id: str
    days: list[SessionDay]
    place: str | None
    seats: int
    minimum_seats: int
    companies: int
    price_cents: int
    needs: list[dict[str, str | int]]


class ProposalView(View):
    """A plan for the manager to decide on: nothing is scheduled or published by it. Money in cents."""

    run_id: str
    goals: list[Goal]
    course_cents: int
    travel_cents: int
    sessions: list[PlannedView]
    unserved: list[Unserved]


def run_view(run: PlanningRun, progress: Progress | None = None) -> RunView:
    """Return what may be seen of a run."""
    shown = run.model_dump(include=set(RunView.model_fields) - {"progress"})
    known = ProgressView.model_validate(progress, from_attributes=True) if progress else None
    return RunView(**shown, progress=known if run.state is RunState.RUNNING else None)


def proposal_view(run: PlanningRun, problem: Problem, proposal: Proposal) -> ProposalView:
    """Return the proposal with what each session is."""
    reached = figures(proposal.plan.sessions, Possibilities(problem))
    return ProposalView(
        run_id=run.id,
        goals=list(proposal.plan.goals),
        course_cents=reached.course_cents,
        travel_cents=reached.travel_cents,
        sessions=[_planned(one, problem) for one in proposal.plan.sessions],
        unserved=list(proposal.unserved),
    )


def _planned(session: PlannedSession, problem: Problem) -> PlannedView:
    offer = next(one for one in problem.offers if one.id == session.offer_id)
    companies = {demand.id: demand.company_id for demand in problem.demands}
    cost = offer.fixed_cents + offer.variable_cents * session.taken
    return PlannedView(
        **session.model_dump(exclude={"seats"}),
        topic_code=offer.topic_code,
        provider_id=offer.provider_id,
        days=list(next(slot.days for slot in offer.slots if slot.id == session.slot_id)),
        place=next((room.place for room in problem.rooms if room.id == session.room_id), None),
        seats=session.taken,
        minimum_seats=offer.minimum_seats,
        companies=len({companies[each.demand_id] for each in session.seats}),
        price_cents=-(-cost // session.taken),
        needs=[{"demand_id": each.demand_id, "seats": each.seats} for each in session.seats],
    )


async def list_runs(collection: Collection, network_id: str, paging: Paging) -> Page[RunView]:
    """Return the network's runs, newest first."""
    return await page_of(
        collection,
        {"network_id": network_id},
        paging,
        lambda found: run_view(PlanningRun.model_validate(found["state"])),
    )
