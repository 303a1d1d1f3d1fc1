"""The gateway with its real configuration, in front of stand-in services."""

import json
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from deploy.local import settings, topology
from deploy.local.ports import free_ports
from deploy.local.process import Running, running, wait_until

pytestmark = pytest.mark.connected
DEEP_SECRET = "s" * 43


class StandIn(BaseHTTPRequestHandler):
    """A replica: echoes the request, streams, or breaks off after it has seen the request."""

    protocol_version = "HTTP/1.1"

    def __init__(self, seen: list[str], stream_on: threading.Event, *args: Any) -> None:
        self._seen = seen
        self._stream_on = stream_on
        super().__init__(*args)

    def do_GET(self) -> None:
        if self.path == "/readyz":
            self._answer({})
        elif self.path.endswith("/stream"):
            self._stream()
        else:
            self._answer(
                {"headers": {name.lower(): value for name, value in self.headers.items()}, "fill": "x" * 2000}
            )

    def do_POST(self) -> None:
        self._seen.append(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path.endswith("/break-off"):
            self.close_connection = True
            return
        self._answer({"bytes": len(body)})

    def _answer(self, content: dict[str, object]) -> None:
        body = json.dumps(content).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _stream(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(b"data: first\n\n")
        self.wfile.flush()
        self._stream_on.wait(20)
        self.wfile.write(b"data: second\n\n")

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


class Stage:
    """The running gateway, its replicas and what they saw."""

    def __init__(self, url: str, gateway: Running, seen: list[str], stream_on: threading.Event) -> None:
        self.url = url
        self.gateway = gateway
        self.seen = seen
        self.stream_on = stream_on


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Start two replicas of courses and the gateway; the other services are down."""
    folder = tmp_path_factory.mktemp("gateway")
    ports = dict(zip(settings.PORTS, free_ports(len(settings.PORTS)), strict=True))
    chosen = replace(settings.load({"VERBUNDWERK_VAR": str(folder)}), ports=ports)
    seen: list[str] = []
    stream_on = threading.Event()
    with ExitStack() as stack:
        for name in ("courses", "courses-2"):
            server = ThreadingHTTPServer(("127.0.0.1", ports[name]), partial(StandIn, seen, stream_on))
            stack.callback(server.server_close)
            threading.Thread(target=server.serve_forever, daemon=True).start()
            stack.callback(server.shutdown)
        gateway = stack.enter_context(running(topology.gateway(chosen), folder / "gateway.log"))
        # It takes a replica for healthy until its first check, so what answers now has passed one.
        wait_until(lambda: topology.answers(f"{chosen.public_url}/api/courses/v1/echo"), 20)
        yield Stage(chosen.public_url, gateway, seen, stream_on)
        stream_on.set()


def _echo(stage: Stage, **headers: str) -> dict[str, str]:
    answer = httpx.get(f"{stage.url}/api/courses/v1/echo?token=hidden", headers=headers)
    answer.raise_for_status()
    found: dict[str, str] = answer.json()["headers"]
    return found


def test_a_caller_cannot_pretend_another_address(stage: Stage) -> None:
    told = _echo(
        stage, **{"X-Forwarded-For": "6.6.6.6", "X-Forwarded-Host": "evil", "Forwarded": "for=6.6.6.6"}
    )
    assert told["x-forwarded-for"] == "127.0.0.1"
    assert "evil" not in told["x-forwarded-host"]
    assert "forwarded" not in told


@pytest.mark.parametrize("given", ["", "short", "not an id", "x" * 65, 'a"b-c-d-e-f'])
def test_what_is_no_request_id_is_replaced(stage: Stage, given: str) -> None:
    assert len(_echo(stage, **{"X-Request-Id": given})["x-request-id"]) == 36


def test_a_request_id_is_kept_and_told_to_the_caller(stage: Stage) -> None:
    answer = httpx.get(f"{stage.url}/api/courses/v1/echo", headers={"X-Request-Id": "client-0001"})
    assert answer.json()["headers"]["x-request-id"] == answer.headers["x-request-id"] == "client-0001"


@pytest.mark.parametrize(
    "path", ["/readyz", "/metrics", "/api/courses/readyz", "/api/courses/v1/../../../metrics", "/api"]
)
def test_health_and_metrics_of_the_services_are_not_reachable(stage: Stage, path: str) -> None:
    with httpx.Client() as client:
        request = client.build_request("GET", stage.url)
        request.url = request.url.copy_with(raw_path=path.encode())
        answer = client.send(request)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_body_may_have_one_mebibyte(stage: Stage) -> None:
    url = f"{stage.url}/api/courses/v1/echo"
    assert httpx.post(url, content=b"x" * (1 << 20)).json() == {"bytes": 1 << 20}
    assert httpx.post(url, content=b"x" * ((1 << 20) + 1)).status_code == 413


def test_a_service_that_is_down_is_a_problem_that_passes(stage: Stage) -> None:
    answer = httpx.get(f"{stage.url}/api/reporting/v1/anything", timeout=20)
    assert answer.status_code in {502, 503}
    assert answer.json()["status"] == answer.status_code
    assert answer.headers["retry-after"] == "1"
    assert answer.headers["x-request-id"]


def test_a_command_that_a_replica_has_seen_is_not_sent_to_the_next(stage: Stage) -> None:
    assert httpx.post(f"{stage.url}/api/courses/v1/break-off", content=b"x").status_code == 502
    assert stage.seen.count("/api/courses/v1/break-off") == 1


def test_an_event_stream_arrives_at_once_and_uncompressed(stage: Stage) -> None:
    with httpx.stream("GET", f"{stage.url}/api/courses/v1/stream", timeout=10) as answer:
        lines = answer.iter_lines()
        assert next(lines) == "data: first"
        assert "content-encoding" not in answer.headers
        stage.stream_on.set()
        assert [*lines] == ["", "data: second", ""]


def test_answers_are_compressed_and_carry_the_security_headers(stage: Stage) -> None:
    answer = httpx.get(f"{stage.url}/api/courses/v1/echo", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert "server" not in answer.headers or "Caddy" not in answer.headers["server"]


def test_the_log_has_no_address_query_header_or_secret(stage: Stage) -> None:
    httpx.get(
        f"{stage.url}/api/courses/v1/feeds/{DEEP_SECRET}?who=somebody", headers={"X-Private": "very-private"}
    )

    def logged() -> bool:
        return "/api/courses/v1/feeds/" in stage.gateway.log_file.read_text(encoding="utf-8")

    wait_until(logged, 10)
    entries = [json.loads(line) for line in stage.gateway.log_file.read_text(encoding="utf-8").splitlines()]
    access = [entry for entry in entries if entry.get("logger") == "http.log.access"]
    assert access
    text = json.dumps([entry for entry in entries if "request" in entry])
    for private in ("remote_ip", "client_ip", "who=somebody", "very-private", DEEP_SECRET, "token=hidden"):
        assert private not in text


def test_it_ends_by_itself_although_a_stream_is_open(stage: Stage) -> None:
    stage.stream_on.clear()
    with httpx.stream("GET", f"{stage.url}/api/courses/v1/stream", timeout=10) as answer:
        assert next(answer.iter_lines()) == "data: first"
        assert stage.gateway.terminate() == 0  # not killed for being late
    stage.stream_on.set()
    stage.gateway.start()
