"""Where planning runs are kept, with their frozen inputs, their proposals and the workers' claims on them."""

import hashlib
from dataclasses import dataclass

from services.courses.planning.domain import PlanningRun, RunState
from shared.clock import Clock, epoch_ms, utc_now
from shared.errors import NotFound
from shared.mongo import Collection, Document, DuplicateKey
from shared.process import Service
from shared.store import Aggregates
from shared.web import sort_key

CLAIM_MS = 15_000  # a worker that has not been heard of for this long has lost its run
WAITING = (RunState.QUEUED, RunState.RUNNING)


def _keys(run: PlanningRun) -> Document:
    return {
        "network_id": run.network_id,
        "status": str(run.state),
        "sort": sort_key(run.created_ms, run.id),
    }


def run_store(service: Service) -> Aggregates[PlanningRun]:
    """Return all planning runs of the service."""
    return service.aggregates(
        "planning_runs",
        PlanningRun,
        kind="planning run",
        keys=_keys,
        indexes=((("network_id", 1), ("sort", -1)), (("status", 1), ("sort", 1))),
    )


class Documents:
    """Texts that are written once: `<run>:input` and `<run>:<attempt>`, JSON as the planning process reads it."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection

    async def keep(self, name: str, text: str) -> str:
        """Keep the text, unless one of this name is kept, and return the SHA-256 of what is kept."""
        document = {"_id": name, "text": text, "sha256": hashlib.sha256(text.encode()).hexdigest()}
        try:
            await self._collection.insert(document)
        except DuplicateKey:
            found = await self._collection.find_one({"_id": name}, {"sha256": 1})
            return str(found["sha256"]) if found else await self.keep(name, text)
        return str(document["sha256"])

    async def text(self, name: str) -> str:
        """Return the text. Errors: `NotFound` 404."""
        found = await self._collection.find_one({"_id": name})
        if found is None:
            raise NotFound(kind="planning document")
        return str(found["text"])


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a search is: the goal that it pursues, what it has reached, and the bound."""

    goal: str
    value: int
    bound: int | None


class Claims:
    """Which worker searches for which run, and how far it is. For efficiency: the run's attempt decides."""

    def __init__(self, collection: Collection, owner: str, *, clock: Clock = utc_now) -> None:
        self._collection = collection
        self._owner = owner
        self._clock = clock

    async def take(self, run_id: str) -> bool:
        """Take a run that no living worker has."""
        now = epoch_ms(self._clock())
        update = {"$set": {"owner": self._owner, "until": now + CLAIM_MS}}
        try:
            return await self._collection.update_one(
                {"_id": run_id, "until": {"$lt": now}}, update, upsert=True
            )
        except DuplicateKey:
            return False

    async def renew(self, run_id: str, progress: Progress | None) -> bool:
        """Say that the worker lives, and how far it is; False if another has taken over."""
        values: Document = {"until": epoch_ms(self._clock()) + CLAIM_MS}
        if progress is not None:
            values["progress"] = {
                "goal": progress.goal,
                "value": progress.value,
                "bound": progress.bound,
            }
        return await self._collection.update_one({"_id": run_id, "owner": self._owner}, {"$set": values})

    async def release(self, run_id: str) -> None:
        """Let another worker take the run at once."""
        await self._collection.update_one({"_id": run_id, "owner": self._owner}, {"$set": {"until": 0}})

    async def progress(self, run_id: str) -> Progress | None:
        """Return how far the search is, None if it has not said anything yet."""
        found = await self._collection.find_one({"_id": run_id}, {"progress": 1})
        known = (found or {}).get("progress")
        return Progress(known["goal"], known["value"], known["bound"]) if known else None
