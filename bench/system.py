"""What the whole system does: bookings through the gateway, and how soon a report shows them."""

import asyncio
import time
from typing import Any

import httpx

from bench.raw import percentiles
from shared.clock import new_id
from tools.walkthrough import COURSES, REPORTING, Demo

SESSIONS = 50
CALLERS = 16


class World:
    """The demo's network with as many open sessions as a workload needs."""

    def __init__(self, url: str, demo: Demo) -> None:
        self.url = url
        self.demo = demo
        self.token = demo.token("gerber")
        self.organisation = demo.organisation("gerber")

    def sessions(self, count: int, capacity: int) -> list[str]:
        """Schedule and open sessions."""
        return [self.demo.extra_session(capacity) for _ in range(count)]


async def _book(client: httpx.AsyncClient, world: World, session: str) -> tuple[int, float]:
    started = time.perf_counter()
    answer = await client.post(
        f"{COURSES}/sessions/{session}/bookings",
        json={"organisation_id": world.organisation, "participant_id": new_id()},
        headers={"Authorization": f"Bearer {world.token}", "Idempotency-Key": new_id()},
    )
    return answer.status_code, time.perf_counter() - started


async def bookings(world: World, sessions: list[str], count: int, callers: int) -> dict[str, Any]:
    """Book `count` seats, spread over `sessions`, with so many callers at once."""
    limits = httpx.Limits(max_connections=callers)
    async with httpx.AsyncClient(base_url=world.url, timeout=60, limits=limits) as client:
        numbers = iter(range(count))
        results: list[tuple[int, float]] = []

        async def caller() -> None:
            for number in numbers:
                results.append(await _book(client, world, sessions[number % len(sessions)]))  # noqa: PERF401

        started = time.perf_counter()
        await asyncio.gather(*(caller() for _ in range(callers)))
        seconds = time.perf_counter() - started
    p50, p99 = percentiles([taken for _, taken in results])
    failed = sum(status != httpx.codes.CREATED for status, _ in results)
    return {"per_s": round(count / seconds, 1), "p50_ms": p50, "p99_ms": p99, "failed": failed}


async def booking_to_report(world: World, count: int) -> tuple[float, float]:
    """Return p50 and p99 in ms from the booking's answer to the report that counts it."""
    headers = {"Authorization": f"Bearer {world.demo.manager_token}"}
    path = f"{REPORTING}/networks/{world.demo.network}/figures"
    (session,) = world.sessions(1, count)

    async with httpx.AsyncClient(base_url=world.url, timeout=30) as client:

        async def confirmed() -> int:
            figures = (await client.get(path, headers=headers)).json()["figures"]
            return int(next(figure["value"] for figure in figures if figure["key"] == "seats_confirmed"))

        taken: list[float] = []
        before = await confirmed()
        for number in range(1, count + 1):
            await _book(client, world, session)
            started = time.perf_counter()
            while await confirmed() < before + number:  # noqa: ASYNC110  another process changes it
                await asyncio.sleep(0.001)
            taken.append(time.perf_counter() - started)
    return percentiles(taken)
