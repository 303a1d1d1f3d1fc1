"""Time-driven steps, each exactly once: an aggregate carries its next due instant, a runner applies what is due.

The instant is an indexed field that the guarded write of the state sets (`due_field` in the aggregate's `keys`), so
nothing has to be scheduled anywhere else and nothing is forgotten while processes are down. The step itself is the
aggregate's pure `due(state, at)`: it does what has become due by `at` and returns a state with a later instant, or
none; asked again it changes nothing. So replicas may race, and the guard of the write decides: docs/adr/0020.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from pydantic import BaseModel

from shared.clock import Clock, epoch_ms, utc_now
from shared.decisions import Change
from shared.errors import Busy, Failed, NotFound
from shared.lease import Lease
from shared.metrics import DUE_LAG, DUE_STEPS
from shared.mongo import Collection, Document
from shared.store import Aggregates, Cause

log = structlog.get_logger()

type Due[S] = Callable[[S, datetime], Change[S]]

DUE_INDEX: tuple[tuple[str, Any], ...] = (("due", 1),)
LOOK_EVERY_S = 1.0
PAGE = 100


def due_field(moment: datetime | None) -> Document:
    """Return the top-level field of a document whose next step is due at `moment`; None: no step is left."""
    return {"due": 0 if moment is None else max(1, epoch_ms(moment))}


@dataclass(frozen=True, slots=True)
class _Watched:
    aggregates: Aggregates[Any]
    due: Due[Any]


class DueRunner:
    """Applies due steps of the watched aggregates; run `step` as a background loop of every worker."""

    def __init__(
        self,
        leases: Collection,
        *,
        service: str,
        replica: str,
        clock: Clock = utc_now,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._lease = Lease(leases, f"due:{service}", replica, clock=clock)
        self._clock = clock
        self._pause = pause
        self._watched: list[_Watched] = []

    def watch[S: BaseModel](self, aggregates: Aggregates[S], due: Due[S]) -> None:
        """Include aggregates whose `keys` hold `due_field` and whose collection is indexed by `DUE_INDEX`."""
        self._watched.append(_Watched(aggregates, due))

    async def step(self) -> None:
        """Wait a moment; then, if no other replica is at it, do all that is due."""
        await self._pause(LOOK_EVERY_S * random.uniform(0.8, 1.2))  # noqa: S311  jitter
        if await self._lease.held():
            await self.run_due()

    async def run_due(self) -> int:
        """Do all that is due, the oldest first, and return how many documents changed.

        What fails is left for the next round and holds up nothing else.
        """
        done, lag = 0, 0.0
        for watched in self._watched:
            failed: list[str] = []
            while found := await self._found(watched, failed):
                lag = max(lag, (epoch_ms(self._clock()) - found[0]["due"]) / 1000)
                outcomes = await asyncio.gather(*(self._apply(watched, each) for each in found))
                done += sum(outcomes)
                failed += [each["_id"] for each, changed in zip(found, outcomes, strict=True) if not changed]
                await self._lease.held()
        DUE_LAG.set(lag)
        return done

    async def _found(self, watched: _Watched, failed: list[str]) -> list[Document]:
        where: Document = {"due": {"$gt": 0, "$lte": epoch_ms(self._clock())}}
        if failed:
            where["_id"] = {"$not": {"$in": failed}}
        collection = watched.aggregates.collection
        return await collection.find(where, {"due": 1}, sort=[("due", 1)], limit=PAGE)

    async def _apply(self, watched: _Watched, found: Document) -> bool:
        name = watched.aggregates.collection.name
        cause = Cause(causation_id=f"due:{found['_id']}:{found['due']}")
        changed = False

        def decide(state: Any) -> Change[Any]:
            nonlocal changed
            change = watched.due(state, self._clock())
            changed = bool(change.events)
            return change

        try:
            await watched.aggregates.change(found["_id"], decide, cause)
        except (Busy, NotFound):
            outcome = "lost"
        except Failed:
            raise  # the store is away: the whole round is tried again
        except Exception as error:  # noqa: BLE001  one aggregate's fault must not stop the clock of the others
            log.warning(
                "due.step_failed", collection=name, aggregate_id=found["_id"], error=type(error).__name__
            )
            outcome = "failed"
        else:
            outcome = "done" if changed else "nothing"
        DUE_STEPS.labels(name, outcome).inc()
        return outcome == "done"
