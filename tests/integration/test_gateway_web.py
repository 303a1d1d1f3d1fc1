"""The gateway as a door for many: the web client's files, rate limits, slow clients, reloads, encryption."""

import asyncio
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import pytest
import uvicorn
from fastapi.responses import StreamingResponse

from deploy.local import settings, topology
from deploy.local.ports import HOST, free_ports
from deploy.local.process import Running, running, wait_until
from shared.ratelimit import BURST_S, RateLimits
from shared.web import create_app

pytestmark = pytest.mark.connected
PER_SECOND = 2
BURST = PER_SECOND * BURST_S
PAGE = "<!doctype html><title>client</title>"


@dataclass
class Stage:
    """A running gateway before one real app, its files, and what lets the app's stream go on."""

    url: str
    gateway: Running
    go_on: asyncio.Event
    loop: asyncio.AbstractEventLoop


def service(go_on: asyncio.Event) -> uvicorn.Server:
    """Return courses' app with a low limit, and no route but an echo and a stream."""
    app = create_app("courses", title="stand-in", description="stand-in", version="1")
    app.state.rate_limits = RateLimits(per_client=PER_SECOND, per_person=0, trusted_proxies="127.0.0.1")

    @app.get("/api/courses/v1/echo")
    async def echo() -> dict[str, str]:
        return {"said": "x" * 1000}

    @app.get("/api/courses/v1/stream")
    async def stream() -> StreamingResponse:
        async def events() -> object:
            yield "data: first\n\n"
            await go_on.wait()
            yield "data: second\n\n"

        return StreamingResponse(events(), media_type="text/event-stream")  # type: ignore[arg-type]

    @app.get("/readyz")
    async def ready() -> dict[str, str]:
        return {}

    return uvicorn.Server(uvicorn.Config(app, host=HOST, log_level="warning", lifespan="off"))


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[Stage]:
    """Start the app and the gateway; a marker's address replaces the gateway's."""
    web = tmp_path / "web"
    (web / "assets").mkdir(parents=True)
    (web / "index.html").write_text(PAGE)
    (web / "assets" / "index-abc123.js").write_text("export {};" * 200)
    (web / "app.webmanifest").write_text("{}")
    monkeypatch.setattr(topology, "WEB_ROOT", web)
    ports = dict(zip(settings.PORTS, free_ports(len(settings.PORTS)), strict=True))
    chosen = replace(settings.load({"VERBUNDWERK_VAR": str(tmp_path)}), ports=ports)
    part = topology.gateway(chosen)
    scheme = getattr(request, "param", "http")
    part = replace(part, env={**part.env, "GATEWAY_ADDRESS": f"{scheme}://localhost:{ports['gateway']}"})
    if scheme == "https":
        part = replace(part, ready=lambda: True)
    with ExitStack() as stack:
        loop = asyncio.new_event_loop()
        go_on = asyncio.Event()
        server = service(go_on)
        server.config.port = ports["courses"]
        thread = threading.Thread(target=loop.run_until_complete, args=(server.serve(),), daemon=True)
        thread.start()

        def stop() -> None:
            loop.call_soon_threadsafe(go_on.set)
            server.should_exit = True
            thread.join(10)
            loop.close()

        stack.callback(stop)
        gateway = stack.enter_context(running(part, tmp_path / "gateway.log"))
        yield Stage(f"{scheme}://localhost:{ports['gateway']}", gateway, go_on, loop)


def until_served(stage: Stage, verify: ssl.SSLContext | bool = True) -> None:
    def served() -> bool:
        try:
            return httpx.get(f"{stage.url}/healthz", verify=verify).is_success
        except httpx.TransportError:
            return False

    wait_until(served, 20)


def test_more_than_a_client_may_send_is_answered_429_whatever_address_it_claims(stage: Stage) -> None:
    until_served(stage)
    statuses: list[int] = []
    answer = httpx.Response(0)
    with httpx.Client(base_url=stage.url) as client:
        for number in range(BURST + 10):
            forged = {"X-Forwarded-For": f"6.6.6.{number}", "Forwarded": f"for=6.6.6.{number}"}
            answer = client.get("/api/courses/v1/echo", headers=forged)
            statuses.append(answer.status_code)
    assert statuses.count(429) >= 8  # a few more pass than the burst, for the time that it takes
    assert int(answer.headers["retry-after"]) >= 1
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:verbundwerk:problem:too-many-requests"
    # The page itself is not counted: who waits can still read why.
    assert httpx.get(f"{stage.url}/").status_code == 200


def test_clients_that_send_slowly_block_nobody(stage: Stage) -> None:
    until_served(stage)
    port = int(stage.url.rsplit(":", 1)[1])
    with ExitStack() as stack:
        for _ in range(200):
            slow = stack.enter_context(socket.create_connection((HOST, port)))
            slow.sendall(b"POST /api/courses/v1/echo HTTP/1.1\r\nHost: localhost\r\nContent-Le")
        assert httpx.get(f"{stage.url}/api/courses/v1/echo", timeout=5).status_code == 200


def test_an_event_stream_lives_through_a_reload_of_the_gateway(stage: Stage) -> None:
    until_served(stage)
    with httpx.stream("GET", f"{stage.url}/api/courses/v1/stream", timeout=20) as answer:
        lines = answer.iter_lines()
        assert next(lines) == "data: first"
        stage.gateway.reload()
        wait_until(lambda: "successfully reloaded" in stage.gateway.log_file.read_text(), 10)
        stage.loop.call_soon_threadsafe(stage.go_on.set)
        assert [line for line in lines if line] == ["data: second"]


@pytest.mark.parametrize("stage", ["https"], indirect=True)
def test_https_speaks_http2_and_asks_to_be_kept(stage: Stage) -> None:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # its own authority's certificate, unknown to this machine
    until_served(stage, context)
    assert "max-age" in httpx.get(f"{stage.url}/", verify=context).headers["strict-transport-security"]
    context.set_alpn_protocols(["h2"])
    port = int(stage.url.rsplit(":", 1)[1])
    with (
        socket.create_connection((HOST, port)) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as secure,
    ):
        assert secure.selected_alpn_protocol() == "h2"
        assert secure.version() == "TLSv1.3"


def test_hashed_files_are_kept_and_pages_are_asked_for_again(stage: Stage) -> None:
    until_served(stage)
    with httpx.Client(base_url=stage.url, headers={"Accept-Encoding": "gzip"}) as client:
        script = client.get("/assets/index-abc123.js")
        assert script.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert script.headers["content-encoding"] == "gzip"
        assert "javascript" in script.headers["content-type"]
        for path in ("/", "/n/1/today", "/o/1/2/overview", "/sign-in?to=/inbox", "/me/courses"):
            page = client.get(path)
            assert (page.status_code, page.text) == (200, PAGE)
            assert page.headers["cache-control"] == "no-cache"
            policy = page.headers["content-security-policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
        again = client.get("/", headers={"If-None-Match": client.get("/").headers["etag"]})
        assert again.status_code == 304


@pytest.mark.parametrize(
    "path", ["/assets/gone.js", "/demo.json", "/secret", "/assets/", "/.vite/manifest.json"]
)
def test_what_is_not_there_is_404_and_not_kept(stage: Stage, path: str) -> None:
    until_served(stage)
    answer = httpx.get(f"{stage.url}{path}")
    assert answer.status_code == 404
    assert "immutable" not in answer.headers.get("cache-control", "")
    assert PAGE not in answer.text


def test_every_services_own_docs_lead_to_the_one_page(stage: Stage) -> None:
    until_served(stage)
    answer = httpx.get(f"{stage.url}/api/reporting/v1/docs")
    assert answer.headers["location"] == "/docs/?urls.primaryName=reporting"
