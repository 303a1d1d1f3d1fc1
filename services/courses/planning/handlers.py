"""Commands of planning runs."""

from collections.abc import Sequence

from services.courses.catalogue.domain import Course
from services.courses.planning import domain
from services.courses.planning.domain import PlanningRun
from services.courses.planning.problem import Offer, PlannedSession, Problem
from services.courses.pools.domain import Pool
from services.courses.sessions import handlers as sessions_handlers
from services.courses.sessions.domain import Session
from shared.errors import Rejected
from shared.events.courses import CostKey, CourseFormat
from shared.ids import OrganisationId, PoolId, SessionId, derived_id
from shared.store import Aggregates, Cause


class CourseMissing(Rejected):
    """A session is the run of a course; which one is a person's decision, so none is made up here."""

    status = 409
    en = "The network has no course of the topic {topic_code}. Publish one first."
    de = "Der Verbund hat keinen Kurs zum Thema {topic_code}. Bitte zuerst einen veröffentlichen."


class NotProposed(Rejected):
    status = 409
    en = "The plan proposes no such session ({offer_id}/{slot_id})."
    de = "Der Plan schlägt diese Durchführung nicht vor ({offer_id}/{slot_id})."


async def request_run(run: PlanningRun, cause: Cause, *, runs: Aggregates[PlanningRun]) -> PlanningRun:
    """Queue a run. Errors: `IdempotencyKeyReused` 422."""
    return (await runs.put(run.id, lambda existing: domain.request(existing, run), cause)).state


async def cancel_run(run_id: str, cause: Cause, *, runs: Aggregates[PlanningRun]) -> PlanningRun:
    """Stop a run. Errors: `WrongState` 409."""
    return (await runs.change(run_id, domain.cancel, cause)).state


async def accept_plan(
    run: PlanningRun,
    drafts: Sequence[Session],
    cause: Cause,
    *,
    runs: Aggregates[PlanningRun],
    sessions: Aggregates[Session],
    pools: Aggregates[Pool],
) -> PlanningRun:
    """Schedule the chosen sessions as drafts, then keep that. Errors: `Rejected` 409.

    Every session's id follows from the run, so whoever repeats after a crash between the writes schedules the
    missing ones and nothing twice.
    """
    step = Cause(causation_id=cause.causation_id)
    for session in drafts:
        await sessions_handlers.schedule_session(session, step, sessions=sessions, pools=pools)
    ids = tuple(session.id for session in drafts)
    return (await runs.change(run.id, lambda state: domain.accept(state, ids), cause)).state


def drafts_of(
    run: PlanningRun,
    problem: Problem,
    chosen: Sequence[PlannedSession],
    courses: dict[str, Course],
    cost_key: CostKey,
    created_ms: int,
) -> list[Session]:
    """Return the draft sessions of a plan. Errors: `CourseMissing` 409."""
    offers = {offer.id: offer for offer in problem.offers}
    pool_of = {demand.id: demand.pool_id for demand in problem.demands}
    rooms = {room.id: room for room in problem.rooms}
    used: set[str] = set()
    drafts = []
    for planned in sorted(chosen, key=lambda one: (-one.taken, one.offer_id, one.slot_id)):
        offer = offers[planned.offer_id]
        course = courses.get(offer.topic_code)
        if course is None:
            raise CourseMissing(topic_code=offer.topic_code)
        pools = {pool_of[each.demand_id] for each in planned.seats}
        pool_id = pools.pop() if len(pools) == 1 else None
        if pool_id in used:  # a pool has one session; what goes beyond it stands by itself
            pool_id = None
        if pool_id is not None:
            used.add(pool_id)
        room = rooms.get(planned.room_id or "")
        drafts.append(
            Session(
                id=_session_id(run, planned, pool_id),
                network_id=run.network_id,
                course_id=course.id,
                pool_id=None if pool_id is None else PoolId(pool_id),
                provider_id=OrganisationId(offer.provider_id),
                topic_code=course.topic_code,
                teaching_units=course.teaching_units,
                days=next(slot.days for slot in offer.slots if slot.id == planned.slot_id),
                time_zone=problem.rules.time_zone,
                format=CourseFormat.ON_SITE if offer.format is CourseFormat.ANY else offer.format,
                venue_ags=room.place[:5] if room and room.place else None,
                minimum_seats=offer.minimum_seats,
                capacity=min(offer.maximum_seats, room.seats) if room else offer.maximum_seats,
                price_cents=_price(offer, planned.taken),
                cost_key=cost_key,
                created_ms=created_ms,
            )
        )
    return drafts


def _session_id(run: PlanningRun, planned: PlannedSession, pool_id: str | None) -> SessionId:
    # The same id as `POST /sessions` gives to the session of a pool, so that both meet the same document.
    parts = (pool_id,) if pool_id else (run.id, planned.offer_id, planned.slot_id)
    return SessionId(derived_id("session", *parts))


def _price(offer: Offer, seats: int) -> int:
    """Return the price per seat at the planned seats, rounded up to a cent."""
    return -(-(offer.fixed_cents + offer.variable_cents * seats) // seats)
