"""What happens with a batch of events, and how figures follow the rows."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence

from services.reporting.projections import kind_of
from services.reporting.store import Grouped, Key, ReadModel, Step
from shared.delivery import Applied
from shared.events.envelope import Envelope
from shared.telemetry import span

SWEEP_S = 1.0  # marks that another process left behind are found after this
REST = 3  # times the length of a round: counting takes at most a quarter of the time under load
REST_MAX_S = 1.0
_SAMPLED = "-01"


async def project(batch: Applied, *, store: ReadModel, wake: asyncio.Event) -> None:
    """Bring a batch into every generation in use. Safe to repeat, in any order. Errors: `Failed`."""
    grouped = group(batch)
    for generation in (await store.generations()).written:
        await store.merge(generation, grouped)
    wake.set()
    _trace([envelope for _, envelope in batch])


def group(batch: Applied) -> Grouped:
    """Sort a batch by the rows it goes into."""
    grouped: dict[Key, list[Step]] = defaultdict(list)
    for event, envelope in batch:
        grouped[kind_of(event), envelope.subject].append((event, envelope.sequence, envelope.time))
    return grouped


def _trace(envelopes: Sequence[Envelope]) -> None:
    # A batch belongs to many traces; each sampled one gets a mark that its event has arrived in the report.
    for envelope in envelopes:
        if envelope.traceparent and envelope.traceparent.endswith(_SAMPLED):
            with span(
                "reporting.project",
                traceparent=envelope.traceparent,
                event_id=envelope.id,
                event_type=envelope.type,
            ):
                pass


async def recount_pending(store: ReadModel, generation: int | None = None) -> int:
    """Count every network anew whose rows changed, and return how many those were. Errors: `Failed`."""
    if generation is None:
        generation = (await store.generations()).live
    networks = await store.pending(generation)
    for network_id in networks:
        await store.recount(generation, network_id)
    return len(networks)


async def recount_when_due(store: ReadModel, wake: asyncio.Event, stopping: asyncio.Event) -> None:
    """One round: wait for new events or a sweep, count, then rest; an idle service counts at once."""
    await _first(wake, stopping, seconds=SWEEP_S)
    wake.clear()
    loop = asyncio.get_running_loop()
    started = loop.time()
    if await recount_pending(store):
        await _first(stopping, seconds=min(REST * (loop.time() - started), REST_MAX_S))


async def _first(*events: asyncio.Event, seconds: float) -> None:
    waiting = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for one in waiting:
            one.cancel()
