"""Aggregates: one document each, changed by ONE guarded write that holds the new state and its events.

Document: `{_id, v, state, outbox: [{seq, id, type, body, trace, cause, at}], pend: 0|ms, by,
cmds: [{k, f, r}]}`, with a trail also
`trail: [entry], chain: hash, traced: 0|ms` (see `shared.trail`).
`v` counts the events ever raised, so an event's `sequence` is gap-free. Why nothing is lost: docs/adr/0001.
"""

import asyncio
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from pydantic import BaseModel

from shared.clock import Clock, epoch_ms, utc_now
from shared.decisions import Change
from shared.errors import Busy, EventTooLarge, IdempotencyKeyReused, NotFound, OutboxFull, Problem
from shared.events.envelope import MAX_EVENT_BYTES, Event
from shared.mongo import Collection, Document, DuplicateKey
from shared.telemetry import current_traceparent
from shared.trail import PENDING, Actor, acting, changed_fields, entry_of, reason_of

MAX_TRIES = 10  # measured: six lost races were the most that anyone met with 100 callers on 20 seats
MAX_OUTBOX = 1000  # bounds the document while Kafka is down; past it commands get 503
KEPT_COMMANDS = 256  # a repeat is answered from here; beyond it the ids derived from the key still guard
_READ = {"state": 1, "v": 1, "cmds": 1, "chain": 1}
MAX_BATCH = 128  # commands of one aggregate that may share a write


@dataclass(frozen=True, slots=True)
class Cause:
    """What led to a change: `key` is remembered to recognise a repeat, `fingerprint` tells a changed request.

    `key` is None for a caller who sent no Idempotency-Key. `causation_id` goes into the events.
    """

    key: str | None = None
    fingerprint: str = ""
    causation_id: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome[S]:
    """`state` as it is now; `result` as it was answered first; `repeated` if it had been handled before."""

    state: S
    result: Any
    repeated: bool = False


class Hands(Protocol):
    """Whoever publishes the outbox of a freshly written document."""

    def hand(self, collection: Collection, image: Document) -> None:
        """Take the document's image (`_id`, `v`, `outbox`) for publishing."""


@dataclass(slots=True)
class _Call[S]:
    decide: Callable[[S | None], Change[S]]
    cause: Cause
    traceparent: str | None
    actor: Actor
    future: asyncio.Future[Outcome[S]]


@dataclass(slots=True)
class _Plan[S]:
    """The outcome of one round of decisions over one image of the document."""

    state: S | None
    v: int
    entries: list[Document] = field(default_factory=list)
    commands: list[Document] = field(default_factory=list)
    trail: list[Document] = field(default_factory=list)
    chain: str = ""
    answers: list[tuple[_Call[S], Outcome[S] | Problem]] = field(default_factory=list)


class Aggregates[S: BaseModel]:
    """All aggregates of one kind. Callers of one aggregate queue up and share a write (group commit)."""

    def __init__(
        self,
        collection: Collection,
        model: type[S],
        *,
        kind: str,
        relay: Hands,
        replica: str,
        clock: Clock = utc_now,
        keys: Callable[[S], Document] | None = None,
        trail: bool = False,
    ) -> None:
        """`keys` gives top-level fields to index, derived from the state, written with it; `trail` notes who did it."""
        self.collection = collection
        self._model = model
        self._kind = kind
        self._relay = relay
        self._replica = replica
        self._clock = clock
        self._keys = keys
        self._trail = trail
        self._queues: dict[str, deque[_Call[S]]] = {}
        self._draining: set[asyncio.Task[None]] = set()

    async def ensure_indexes(self) -> None:
        """Create the index that the relay's sweep needs."""
        await self.collection.ensure_index([("pend", 1)])
        if self._trail:
            await self.collection.ensure_index(PENDING)

    async def get(self, aggregate_id: str) -> S:
        """Return the present state. Errors: `NotFound` 404."""
        document = await self.collection.find_one({"_id": aggregate_id}, {"state": 1})
        if document is None:
            raise NotFound(kind=self._kind)
        return self._model.model_validate(document["state"])

    async def change(self, aggregate_id: str, decide: Callable[[S], Change[S]], cause: Cause) -> Outcome[S]:
        """Decide on the present state and write the change. Safe to repeat with the same `cause.key`.

        Errors: `NotFound` 404, what `decide` raises, `IdempotencyKeyReused` 422, `Busy`, `OutboxFull` 503.
        """

        def existing(state: S | None) -> Change[S]:
            if state is None:
                raise NotFound(kind=self._kind)
            return decide(state)

        return await self.put(aggregate_id, existing, cause)

    async def put(
        self, aggregate_id: str, decide: Callable[[S | None], Change[S]], cause: Cause
    ) -> Outcome[S]:
        """Like `change`, but `decide` gets None where there is no aggregate yet, and may create it."""
        loop = asyncio.get_running_loop()
        call = _Call(decide, cause, current_traceparent(), acting(), loop.create_future())
        queue = self._queues.get(aggregate_id)
        if queue is None:
            self._queues[aggregate_id] = deque([call])
            task = loop.create_task(self._drain(aggregate_id))
            self._draining.add(task)
            task.add_done_callback(self._draining.discard)
        else:
            queue.append(call)
        return await call.future

    async def _drain(self, aggregate_id: str) -> None:
        queue = self._queues[aggregate_id]
        while queue:
            batch = [queue.popleft() for _ in range(min(len(queue), MAX_BATCH))]
            try:
                await self._commit(aggregate_id, batch)
            except Exception as error:  # noqa: BLE001  every caller of the batch has to learn of it
                for call in batch:
                    if not call.future.done():
                        call.future.set_exception(error)
        del self._queues[aggregate_id]

    async def _commit(self, aggregate_id: str, batch: list[_Call[S]]) -> None:
        for attempt in range(MAX_TRIES):
            document = await self.collection.find_one({"_id": aggregate_id}, _READ)
            plan = self._decide(aggregate_id, batch, document)
            if not plan.entries or await self._write(aggregate_id, document, plan):
                for call, answer in plan.answers:
                    _resolve(call.future, answer)
                return
            await self._check_room(aggregate_id)
            await asyncio.sleep(random.uniform(0, 0.002 * 2**attempt))  # noqa: S311  jitter, not a secret
        raise Busy

    def _decide(self, aggregate_id: str, batch: list[_Call[S]], document: Document | None) -> _Plan[S]:
        state = None if document is None else self._model.model_validate(document["state"])
        plan = _Plan(state, 0 if document is None else document["v"])
        plan.chain = "" if document is None else document.get("chain", "")
        handled = {} if document is None else {entry["k"]: entry for entry in document.get("cmds", ())}
        for call in batch:
            try:
                plan.answers.append((call, self._decide_one(aggregate_id, call, plan, handled)))
            except Problem as problem:
                plan.answers.append((call, problem))
        return plan

    def _decide_one(
        self, aggregate_id: str, call: _Call[S], plan: _Plan[S], handled: dict[str, Document]
    ) -> Outcome[S]:
        key = call.cause.key
        if key is not None and key in handled:
            if handled[key]["f"] != call.cause.fingerprint:
                raise IdempotencyKeyReused
            assert plan.state is not None  # noqa: S101  a remembered command has a document
            return Outcome(plan.state, handled[key]["r"], repeated=True)
        change = call.decide(plan.state)
        if change.events:
            plan.entries += self._entries(aggregate_id, change.events, call, plan.v + len(plan.entries))
            if self._trail:
                self._note(call, change, plan)
            plan.state = change.state
            if key is not None:
                remembered = {"k": key, "f": call.cause.fingerprint, "r": change.result}
                handled[key] = remembered
                plan.commands.append(remembered)
        return Outcome(change.state, change.result)

    def _entries(
        self, aggregate_id: str, events: tuple[Event, ...], call: _Call[S], last: int
    ) -> list[Document]:
        at = self._clock()
        entries: list[Document] = [
            {
                "seq": seq,
                "id": f"{aggregate_id}:{seq}",
                "type": event.type,
                "body": event.model_dump_json(),
                "trace": call.traceparent,
                "cause": call.cause.causation_id,
                "at": at,
            }
            for seq, event in enumerate(events, last + 1)
        ]
        if any(len(entry["body"]) > MAX_EVENT_BYTES for entry in entries):
            raise EventTooLarge
        return entries

    def _note(self, call: _Call[S], change: Change[S], plan: _Plan[S]) -> None:
        noted = entry_of(
            [event.type_name() for event in change.events],
            changed_fields(plan.state, change.state),
            last=plan.v + len(plan.entries),
            at_ms=epoch_ms(self._clock()),
            actor=call.actor,
            cause=call.cause.causation_id,
            reason=reason_of(change.events),
            previous=plan.chain,
        )
        plan.trail.append(noted)
        plan.chain = noted["hash"]

    async def _write(self, aggregate_id: str, document: Document | None, plan: _Plan[S]) -> bool:
        assert plan.state is not None  # noqa: S101  entries come with a state
        values = {
            "state": plan.state.model_dump(mode="json"),
            "pend": epoch_ms(self._clock()),
            "by": self._replica,
            **(self._keys(plan.state) if self._keys else {}),
        }
        grown: Document = {"outbox": plan.entries, "cmds": plan.commands}
        if self._trail:
            values |= {"chain": plan.chain, "traced": values["pend"]}
            grown["trail"] = plan.trail
        v = plan.v + len(plan.entries)
        if document is None:
            image = {"_id": aggregate_id, "v": v, **values, **grown}
            try:
                await self.collection.insert(image)
            except DuplicateKey:
                return False
        else:
            pushed: Document = {name: {"$each": part} for name, part in grown.items()}
            pushed["cmds"]["$slice"] = -KEPT_COMMANDS
            found = await self.collection.find_one_and_update(
                {"_id": aggregate_id, "v": plan.v, f"outbox.{MAX_OUTBOX - 1}": {"$exists": False}},
                {"$set": values, "$inc": {"v": len(plan.entries)}, "$push": pushed},
                projection={"outbox": 1, "v": 1},
            )
            if found is None:
                return False
            image = found
        self._relay.hand(self.collection, image)
        return True

    async def _check_room(self, aggregate_id: str) -> None:
        full = {"_id": aggregate_id, f"outbox.{MAX_OUTBOX - 1}": {"$exists": True}}
        if await self.collection.find_one(full, {"_id": 1}) is not None:
            raise OutboxFull


def _resolve[S](future: asyncio.Future[Outcome[S]], answer: Outcome[S] | Problem) -> None:
    if future.done():  # the caller has gone; what was written stays written
        return
    if isinstance(answer, Problem):
        future.set_exception(answer)
    else:
        future.set_result(answer)
