"""A planning run: inputs frozen, searched by a worker, proposed, and decided on by a person. Pure.

Inputs and proposal are documents of their own (`documents.py`); the run holds their digests.
"""

from enum import StrEnum

from services.courses.planning.problem import Options
from services.courses.rules import step
from shared.decisions import Change
from shared.errors import IdempotencyKeyReused, Rejected
from shared.events.envelope import Value
from shared.events.planning import (
    PlanAccepted,
    PlanningRunCancelled,
    PlanningRunFailed,
    PlanningRunRequested,
    PlanningRunStarted,
    PlanProposed,
)
from shared.ids import NetworkId, PlanningRunId, SessionId

MAX_ATTEMPTS = 3  # a problem that brings down its worker three times is not tried a fourth time


class RunState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    FAILED = "failed"
    CANCELLED = "cancelled"


class RunCommand(StrEnum):
    START = "start"
    PROPOSE = "propose"
    FAIL = "fail"
    CANCEL = "cancel"
    ACCEPT = "accept"


class FailReason(StrEnum):
    """Why there is no proposal."""

    PINS_CONTRADICT = "pins_contradict"
    WORKER_LOST = "worker_lost"
    CHECKER_OBJECTS = "checker_objects"
    SOLVER_FAILED = "solver_failed"


_S, _C = RunState, RunCommand
TABLE: dict[tuple[RunState, RunCommand], RunState] = {
    (_S.QUEUED, _C.START): _S.RUNNING,
    (_S.QUEUED, _C.CANCEL): _S.CANCELLED,
    (_S.RUNNING, _C.START): _S.RUNNING,
    (_S.RUNNING, _C.PROPOSE): _S.PROPOSED,
    (_S.RUNNING, _C.FAIL): _S.FAILED,
    (_S.RUNNING, _C.CANCEL): _S.CANCELLED,
    (_S.PROPOSED, _C.ACCEPT): _S.ACCEPTED,
}


class AttemptLost(Rejected):
    """Another worker has taken over; what this one found comes too late."""

    status = 409
    en = "Another attempt has taken over."
    de = "Ein anderer Versuch hat übernommen."


class Summary(Value):
    """The proposal in figures; money in cents."""

    sessions: int
    heads: int
    heads_bound: int | None
    heads_proven: bool
    asked: int
    cents: int


class PlanningRun(Value):
    """The state of a run; digests are SHA-256 of the documents' text."""

    id: PlanningRunId
    network_id: NetworkId
    state: RunState = RunState.QUEUED
    based_on: PlanningRunId | None = None
    options: Options
    needs: int
    offers: int
    input_sha256: str
    result_sha256: str | None = None
    attempts: int = 0
    summary: Summary | None = None
    fail_reason: FailReason | None = None
    session_ids: tuple[SessionId, ...] = ()
    request: str = ""
    created_ms: int


def request(existing: PlanningRun | None, run: PlanningRun) -> Change[PlanningRun]:
    """Ask for a plan. Errors: `IdempotencyKeyReused` 422."""
    if existing is not None:
        if existing.request != run.request:
            raise IdempotencyKeyReused
        return Change(existing)
    event = PlanningRunRequested(
        run_id=run.id, network_id=run.network_id, based_on=run.based_on, needs=run.needs, offers=run.offers
    )
    return Change(run, (event,))


def start(run: PlanningRun) -> Change[PlanningRun]:
    """Start an attempt, or fail the run after too many lost ones. Errors: `WrongState` 409."""
    state = step(TABLE, run.state, RunCommand.START, "planning run")
    if run.attempts >= MAX_ATTEMPTS:
        return fail(run, run.attempts, FailReason.WORKER_LOST)
    after = run.model_copy(update={"state": state, "attempts": run.attempts + 1})
    return Change(
        after, (PlanningRunStarted(run_id=run.id, network_id=run.network_id, attempt=after.attempts),)
    )


def propose(run: PlanningRun, attempt: int, sha256: str, summary: Summary) -> Change[PlanningRun]:
    """Put the attempt's plan before the manager. Errors: `AttemptLost`, `WrongState` 409."""
    state = step(TABLE, run.state, RunCommand.PROPOSE, "planning run")
    _current(run, attempt)
    after = run.model_copy(update={"state": state, "result_sha256": sha256, "summary": summary})
    event = PlanProposed(
        run_id=run.id,
        network_id=run.network_id,
        sessions=summary.sessions,
        heads=summary.heads,
        heads_bound=summary.heads_bound,
        cents=summary.cents,
    )
    return Change(after, (event,))


def fail(run: PlanningRun, attempt: int, reason: FailReason) -> Change[PlanningRun]:
    """Say that there will be no proposal. Errors: `AttemptLost`, `WrongState` 409."""
    state = step(TABLE, run.state, RunCommand.FAIL, "planning run")
    _current(run, attempt)
    after = run.model_copy(update={"state": state, "fail_reason": reason})
    event = PlanningRunFailed(run_id=run.id, network_id=run.network_id, reason_code=str(reason))
    return Change(after, (event,))


def cancel(run: PlanningRun) -> Change[PlanningRun]:
    """Stop the search; changes nothing if it is stopped. Errors: `WrongState` 409."""
    if run.state is RunState.CANCELLED:
        return Change(run)
    state = step(TABLE, run.state, RunCommand.CANCEL, "planning run")
    after = run.model_copy(update={"state": state})
    return Change(after, (PlanningRunCancelled(run_id=run.id, network_id=run.network_id),))


def accept(run: PlanningRun, session_ids: tuple[SessionId, ...]) -> Change[PlanningRun]:
    """Keep which sessions were taken over; changes nothing if they were. Errors: `WrongState` 409."""
    if run.state is RunState.ACCEPTED and run.session_ids == session_ids:
        return Change(run)
    state = step(TABLE, run.state, RunCommand.ACCEPT, "planning run")
    after = run.model_copy(update={"state": state, "session_ids": session_ids})
    event = PlanAccepted(run_id=run.id, network_id=run.network_id, session_ids=session_ids)
    return Change(after, (event,))


def _current(run: PlanningRun, attempt: int) -> None:
    if run.attempts != attempt:
        raise AttemptLost
