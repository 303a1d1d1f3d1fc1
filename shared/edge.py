"""The ASGI edge around every app: request id, trace, metrics, one log line, a bound on bodies.

Records method, route template and status only: paths and queries may hold what a person typed.
"""

import re
import time
from collections.abc import MutableMapping
from http import HTTPStatus
from typing import Any

import structlog
from opentelemetry.trace import SpanKind
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.clock import new_id
from shared.metrics import REQUEST_SECONDS, REQUESTS
from shared.problems import language_of, of_problem, problem_response
from shared.ratelimit import RateLimits, TooManyRequests, client_of
from shared.telemetry import span

log = structlog.get_logger()

MAX_BODY_BYTES = 1024 * 1024
_REQUEST_ID = re.compile(r"^[A-Za-z0-9._-]{8,64}$")
_QUIET = frozenset({"/livez", "/readyz", "/startupz", "/metrics"})


class BodyTooLarge(Exception):  # noqa: N818  it names the condition
    """More than `MAX_BODY_BYTES` arrived; the rest is not read."""


class Edge:
    """Wraps the app; sets `request_id` and `language` in the request's state."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        if scope["type"] != "http" or scope["path"] in _QUIET:
            await self._app(scope, receive, send)
            return
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        request_id = headers.get(b"x-request-id", "")
        if not _REQUEST_ID.match(request_id):
            request_id = new_id()
        state: MutableMapping[str, Any] = scope.setdefault("state", {})
        state["request_id"] = request_id
        state["language"] = language_of(headers.get(b"accept-language"))
        exchange = _Exchange(scope, receive, send, request_id)
        with (
            structlog.contextvars.bound_contextvars(request_id=request_id),
            span(scope["method"], traceparent=headers.get(b"traceparent"), kind=SpanKind.SERVER) as current,
        ):
            try:
                _count_client(scope, headers.get(b"x-forwarded-for", ""))
                if _declared_length(headers) > MAX_BODY_BYTES:
                    await exchange.refuse(state["language"])
                else:
                    await self._app(scope, exchange.receive, exchange.send)
            except BodyTooLarge:
                await exchange.refuse(state["language"])
            except TooManyRequests as many:
                await of_problem(many, state["language"], request_id)(scope, receive, exchange.send)
            finally:
                exchange.finish()
                current.update_name(f"{scope['method']} {exchange.route}")
                current.set_attribute("http.route", exchange.route)
                current.set_attribute("http.response.status_code", exchange.status)


class _Exchange:
    """One request and its answer, measured."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, request_id: str) -> None:
        self._scope = scope
        self._receive = receive
        self._send = send
        self._request_id = request_id
        self._started = time.perf_counter()
        self._read = 0
        self.status = int(HTTPStatus.INTERNAL_SERVER_ERROR)
        self._answering = False

    @property
    def route(self) -> str:
        """The route's template, "-" where none matched."""
        return getattr(self._scope.get("route"), "path", "-")

    async def receive(self) -> Message:
        """Pass a message on and count the body. Errors: `BodyTooLarge`."""
        message = await self._receive()
        self._read += len(message.get("body", b""))
        if self._read > MAX_BODY_BYTES:
            raise BodyTooLarge
        return message

    async def send(self, message: Message) -> None:
        """Pass a message on, with the request id in the answer's headers."""
        if message["type"] == "http.response.start":
            self._answering = True
            self.status = message["status"]
            message["headers"] = [
                *message.get("headers", ()),
                (b"x-request-id", self._request_id.encode()),
                (b"cache-control", b"no-store"),
            ]
        await self._send(message)

    async def refuse(self, language: str) -> None:
        """Answer 413, unless an answer is under way."""
        if self._answering:
            return
        detail = {
            "de": "Der Inhalt ist zu groß; höchstens 1 MiB.",
            "en": "The body is too large; at most 1 MiB.",
        }[language]
        answer = problem_response(413, "body-too-large", detail, request_id=self._request_id)
        await answer(self._scope, self._receive, self.send)

    def finish(self) -> None:
        """Count and log the exchange."""
        seconds = time.perf_counter() - self._started
        method, route = self._scope["method"], self.route
        REQUESTS.labels(method, route, self.status).inc()
        REQUEST_SECONDS.labels(method, route).observe(seconds)
        log.info("http.answered", method=method, route=route, status=self.status, ms=round(seconds * 1000, 1))


def _declared_length(headers: dict[bytes, str]) -> int:
    declared = headers.get(b"content-length", "0")
    return int(declared) if declared.isdigit() and len(declared) < 16 else 0


def _count_client(scope: Scope, forwarded_for: str) -> None:
    """Errors: `TooManyRequests` 429."""
    limits: RateLimits | None = getattr(scope["app"].state, "rate_limits", None) if "app" in scope else None
    peer = scope.get("client")
    if limits is None or peer is None:
        return
    client = client_of(peer[0], forwarded_for, limits.trusted)
    if client is not None:
        limits.clients.take(client, time.monotonic())
