"""Whether every process answers, and what its metrics say that an operator wants to know first."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

import httpx
from prometheus_client.parser import text_string_to_metric_families

TIMEOUT_S = 3.0
# Metric of a process -> what it is called here.
WATCHED = {"outbox_oldest_seconds": "outbox_age_s", "due_lag_seconds": "due_lag_s"}


@dataclass(frozen=True, slots=True)
class ProcessState:
    """`state` is ready, not ready or down; `checks` are those that failed; ages in seconds."""

    name: str
    state: str
    checks: tuple[str, ...]
    outbox_age_s: float | None
    due_lag_s: float | None


async def states(processes: Mapping[str, str]) -> list[ProcessState]:
    """Ask every process at once; one that does not answer is down, which is an answer too."""
    async with httpx.AsyncClient(timeout=TIMEOUT_S) as client:
        return await asyncio.gather(*(_state(client, name, url) for name, url in processes.items()))


async def _state(client: httpx.AsyncClient, name: str, url: str) -> ProcessState:
    try:
        ready = await client.get(f"{url}/readyz")
        metrics = await client.get(f"{url}/metrics")
        checks = ready.json().get("checks", {})
    except (httpx.HTTPError, ValueError):
        return ProcessState(name, "down", (), None, None)
    found = _figures(metrics.text)
    failed = tuple(sorted(check for check, passed in checks.items() if not passed))
    state = "ready" if ready.status_code == httpx.codes.OK else "not ready"
    return ProcessState(name, state, failed, found.get("outbox_age_s"), found.get("due_lag_s"))


def _figures(text: str) -> dict[str, float]:
    return {
        WATCHED[sample.name]: sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name in WATCHED
    }
