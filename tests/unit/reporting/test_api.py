"""Who may read which figures, and how the stream tells changes."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from services.reporting.api import PREFIX, router
from services.reporting.figures import Summary
from services.reporting.live import Live
from services.reporting.store import Stored
from shared.auth import Grant, Principal, Role
from shared.web import create_app, current_principal
from tests.support import eventually
from tests.unit.reporting.story import START, Story

NETWORK = Story("api").network
OTHER = Story("other").network


def stored(network: str, revision: int = 1, reached: tuple[str, ...] = ("a", "b")) -> Stored:
    return Stored(network, f"1-{revision}", revision, START, Summary(reached=frozenset(reached)))


class FakeStore:
    """Holds figures in memory and counts how often it is read."""

    def __init__(self) -> None:
        self.held = {one: stored(one) for one in (NETWORK, OTHER)}
        self.reads = 0

    async def figures(self, network_id: str) -> Stored | None:
        self.reads += 1
        return self.held.get(network_id)

    async def all_figures(self, network_ids: list[str] | None = None) -> list[Stored]:
        return [one for key, one in self.held.items() if network_ids is None or key in network_ids]


def person(role: Role, network: str | None = None) -> Principal:
    return Principal(id="p", grants=(Grant(role=role, network_id=network),))


def client(store: Any, caller: Principal) -> httpx.AsyncClient:
    app = create_app("reporting", title="t", description="d", version="0")
    app.include_router(router(store, Live(store.figures, asyncio.Event())))
    app.dependency_overrides[current_principal] = lambda: caller
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=f"http://test{PREFIX}")


@pytest.mark.parametrize(
    ("caller", "figures", "overview"),
    [
        (person(Role.NETWORK_MANAGER, NETWORK), 200, 403),
        (person(Role.NETWORK_MANAGER, OTHER), 404, 403),
        (person(Role.FUNDER, NETWORK), 200, 200),
        (person(Role.FUNDER, OTHER), 404, 200),
        (person(Role.FUNDER), 200, 200),
        (person(Role.PLATFORM_ADMIN), 200, 200),
        (person(Role.COMPANY_HR, NETWORK), 404, 403),
        (Principal(id="courses", kind="service"), 404, 403),
    ],
)
async def test_figures_are_shown_when_the_role_allows_it(
    caller: Principal, figures: int, overview: int
) -> None:
    async with client(FakeStore(), caller) as http:
        assert (await http.get(f"/networks/{NETWORK}/figures")).status_code == figures
        assert (await http.get("/figures")).status_code == overview
        if figures == 404:
            assert (await http.get(f"/networks/{NETWORK}/figures/stream")).status_code == 404


async def test_few_companies_are_withheld_when_a_funder_asks() -> None:
    def reached(answer: httpx.Response) -> dict[str, Any]:
        return next(one for one in answer.json()["figures"] if one["key"] == "companies_reached")

    store = FakeStore()
    async with client(store, person(Role.FUNDER, NETWORK)) as http:
        found = reached(await http.get(f"/networks/{NETWORK}/figures"))
        assert (found["value"], found["suppressed"]) == (None, "fewer_than_three_companies")
    async with client(store, person(Role.NETWORK_MANAGER, NETWORK)) as http:
        assert reached(await http.get(f"/networks/{NETWORK}/figures"))["value"] == 2


async def test_funder_sees_only_the_funded_networks_when_asking_for_all() -> None:
    async with client(FakeStore(), person(Role.FUNDER, NETWORK)) as http:
        found = (await http.get("/figures")).json()
    assert [one["network_id"] for one in found["networks"]] == [NETWORK]


async def test_refused_when_the_network_is_unknown_or_malformed() -> None:
    async with client(FakeStore(), person(Role.PLATFORM_ADMIN)) as http:
        assert (await http.get(f"/networks/{Story('none').network}/figures")).status_code == 404
        assert (await http.get("/networks/x/figures")).status_code == 422


async def take(changes: AsyncIterator[Stored]) -> str:
    return (await asyncio.wait_for(anext(changes), 10)).version


async def test_stream_tells_the_present_figures_and_each_change() -> None:
    store, stopping = FakeStore(), asyncio.Event()
    async with Live(store.figures, stopping).listen(NETWORK) as feed:
        changes = feed.changes()
        assert await take(changes) == "1-1"
        store.held[NETWORK] = stored(NETWORK, 2)
        assert await take(changes) == "1-2"
        stopping.set()
        with pytest.raises(StopAsyncIteration):
            await asyncio.wait_for(anext(changes), 10)


async def test_stream_starts_with_the_next_change_when_the_listener_has_the_present() -> None:
    store = FakeStore()
    async with Live(store.figures, asyncio.Event()).listen(NETWORK) as feed:
        changes = feed.changes(after="1-1")
        waiting = asyncio.create_task(take(changes))
        await eventually(lambda: store.reads > 0)
        store.held[NETWORK] = stored(NETWORK, 2)
        assert await waiting == "1-2"


async def test_store_is_read_by_one_poller_when_many_listen() -> None:
    store = FakeStore()
    live = Live(store.figures, asyncio.Event())

    async def watch() -> str:
        async with live.listen(NETWORK) as feed:
            return await take(feed.changes())

    assert await asyncio.gather(*(watch() for _ in range(200))) == ["1-1"] * 200
    assert store.reads < 5


async def test_response_is_an_event_stream_that_ends_when_the_process_stops() -> None:
    store, stopping = FakeStore(), asyncio.Event()
    app = create_app("reporting", title="t", description="d", version="0")
    app.include_router(router(store, Live(store.figures, stopping)))
    app.dependency_overrides[current_principal] = lambda: person(Role.NETWORK_MANAGER, NETWORK)
    # The transport hands over a whole answer, so the end of the process has to end the stream.
    asyncio.get_running_loop().call_later(0.5, stopping.set)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test") as http:
        answer = await http.get(f"{PREFIX}/networks/{NETWORK}/figures/stream")
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert "event: figures" in answer.text
    assert "id: 1-1" in answer.text
    assert answer.text.count("data: ") == 1
