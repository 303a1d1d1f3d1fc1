"""The worker's side of planning: claim a run, search in a process of its own, put the plan before the manager.

A worker that dies leaves its claim to run out; the next one starts another attempt. The attempt's number decides
whose plan counts, so a worker that was only slow changes nothing any more (docs/adr/0016).
"""

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import structlog

from services.courses.planning import domain
from services.courses.planning.domain import FailReason, PlanningRun, RunState, Summary
from services.courses.planning.proposal import Proposal
from services.courses.planning.store import WAITING, Claims, Documents, Progress
from shared.errors import Problem, Rejected
from shared.store import Aggregates, Cause

log = structlog.get_logger()

LOOK_EVERY_S = 1.0
RENEW_EVERY_S = 1.0
LINE_LIMIT = 64 * 1024 * 1024  # a proposal is one line
COMMAND = (sys.executable, "-m", "services.courses.planning.process")


class Runner:
    """Does planning runs, one at a time; run `step` as a background loop of every worker."""

    def __init__(
        self,
        runs: Aggregates[PlanningRun],
        documents: Documents,
        claims: Claims,
        *,
        pause: Callable[[float], Awaitable[None]],
        stopping: asyncio.Event,
        command: Sequence[str] = COMMAND,
    ) -> None:
        self._runs = runs
        self._documents = documents
        self._claims = claims
        self._pause = pause
        self._stopping = stopping
        self._command = command

    async def step(self) -> None:
        """Do the oldest run that no living worker has, or wait a moment."""
        where = {"status": {"$in": [str(state) for state in WAITING]}}
        for found in await self._runs.collection.find(where, {"_id": 1}, sort=[("sort", 1)], limit=20):
            if await self._claims.take(found["_id"]):
                await self._do(found["_id"])
                return
        await self._pause(LOOK_EVERY_S)

    async def _do(self, run_id: str) -> None:
        cause = Cause(causation_id=f"planning:{run_id}")
        try:
            run = (await self._runs.change(run_id, domain.start, cause)).state
            if run.state is RunState.RUNNING:
                await self._attempt(run, cause)
        except Rejected as refused:  # cancelled, or another worker was faster
            log.info("planning.left", run_id=run_id, reason=refused.slug)
        finally:
            await self._claims.release(run_id)

    async def _attempt(self, run: PlanningRun, cause: Cause) -> None:
        task = await self._documents.text(f"{run.id}:input")
        answer = await self._search(run, task)
        if answer is None:
            return  # told to stop: the run goes to another worker, or was cancelled
        if "proposal" not in answer:
            reason = FailReason(answer.get("failed", FailReason.SOLVER_FAILED))
            await self._runs.change(run.id, lambda now: domain.fail(now, run.attempts, reason), cause)
            return
        proposal = Proposal.model_validate(answer["proposal"])
        if proposal.objections:
            log.error("planning.objected", run_id=run.id, count=len(proposal.objections))
            reason = FailReason.CHECKER_OBJECTS
            await self._runs.change(run.id, lambda now: domain.fail(now, run.attempts, reason), cause)
            return
        sha256 = await self._documents.keep(f"{run.id}:{run.attempts}", proposal.model_dump_json())
        summary = summary_of(proposal)
        await self._runs.change(run.id, lambda now: domain.propose(now, run.attempts, sha256, summary), cause)

    async def _search(self, run: PlanningRun, task: str) -> dict[str, Any] | None:
        """Return the process's last line, {} if it ended without one, None if it was stopped."""
        process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=LINE_LIMIT,
            # No store address and no secret: a solver needs neither.
            env={key: os.environ[key] for key in ("PATH", "LANG", "TZ", "PYTHONPATH") if key in os.environ},
        )
        assert process.stdin is not None  # noqa: S101  asked for above
        assert process.stdout is not None  # noqa: S101
        watching = asyncio.create_task(self._listen(process.stdout, run))
        try:
            with contextlib.suppress(ConnectionError):
                process.stdin.write(f"{task}\n".encode())
                await process.stdin.drain()
            while not watching.done():
                await asyncio.wait({watching}, timeout=RENEW_EVERY_S)
                if not watching.done() and not await self._go_on(run):
                    return None
            return watching.result()
        finally:
            watching.cancel()
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
            process.stdin.close()
            await process.wait()

    async def _listen(self, lines: asyncio.StreamReader, run: PlanningRun) -> dict[str, Any]:
        last: dict[str, Any] = {}
        async for line in lines:
            with contextlib.suppress(ValueError):
                last = json.loads(line)
                if "goal" in last:
                    await self._claims.renew(run.id, Progress(last["goal"], last["value"], last["bound"]))
        return {} if "goal" in last else last

    async def _go_on(self, run: PlanningRun) -> bool:
        if self._stopping.is_set() or not await self._claims.renew(run.id, None):
            return False
        try:
            now = await self._runs.get(run.id)
        except Problem:
            return True  # the store is away for a moment; the claim decides
        return now.state is RunState.RUNNING and now.attempts == run.attempts


def summary_of(proposal: Proposal) -> Summary:
    """Return the proposal in figures."""
    goals = {goal.name: goal for goal in proposal.plan.goals}
    heads = goals["heads"]
    return Summary(
        sessions=len(proposal.plan.sessions),
        heads=heads.value,
        heads_bound=heads.bound,
        heads_proven=heads.proven,
        asked=heads.value + sum(each.heads for each in proposal.unserved),
        cents=goals["cents"].value,
    )
