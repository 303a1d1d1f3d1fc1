"""One process of a service: what all of them share, put together, started in order and stopped in order.

service = Service(settings, topic=courses.TOPIC, title=..., description=...)
sessions = service.aggregates("sessions", Session, kind="session")
service.app.include_router(api.router(sessions))
await service.run()
"""

import asyncio
import contextlib
import os
import signal
import socket
from collections.abc import Awaitable, Callable
from types import FrameType
from typing import Any

import httpx
import structlog
import uvicorn
import uvloop
from fastapi import Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel

from shared import telemetry
from shared.auth import Keys, KeySet, Verifier
from shared.client import Peer
from shared.clock import new_id
from shared.deadletters import DeadLetters
from shared.errors import StoreUnavailable
from shared.kafka import Consumers
from shared.mongo import Collection, Document, Mongo
from shared.outbox import Relay
from shared.producer import Producer
from shared.ratelimit import RateLimits
from shared.settings import Settings
from shared.store import Aggregates
from shared.web import create_app

log = structlog.get_logger()

VERSION = "0.1.0"
type Step = Callable[[], Awaitable[None]]


class Service:
    """The parts of one process. Building it does no I/O; `run` runs it until SIGTERM."""

    def __init__(self, settings: Settings, *, topic: str, title: str, description: str) -> None:
        self.settings = settings
        self.replica = (
            f"{settings.service}-{settings.role}-{socket.gethostname()}-{os.getpid()}-{new_id()[-6:]}"
        )
        self.mongo = Mongo(
            settings.mongodb_url.get_secret_value(), settings.database, driver=settings.mongodb_driver
        )
        self.producer = Producer(settings.kafka_bootstrap_servers, self.replica)
        self.relay = Relay(
            self.producer,
            self.mongo.collection("leases"),
            topic=topic,
            source=f"/services/{settings.service}",
            replica=self.replica,
        )
        self.consumers = Consumers(
            settings.kafka_bootstrap_servers,
            service=settings.service,
            dead_letters=DeadLetters(self.producer),
        )
        self.http = httpx.AsyncClient()
        self.stopping = asyncio.Event()
        self._starters: list[Step] = []
        self._loops: list[tuple[str, Step]] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._ready = False
        self.app = create_app(settings.service, title=title, description=description, version=VERSION)
        self.app.state.rate_limits = RateLimits(
            per_client=settings.rate_per_client,
            per_person=settings.rate_per_person,
            trusted_proxies=settings.trusted_proxies,
        )
        self.use_keys(KeySet(self.http, f"{settings.membership_url}/api/membership/v1/.well-known/jwks.json"))
        self._add_health()

    def use_keys(self, keys: Keys) -> None:
        """Verify access tokens with these keys."""
        self.app.state.verifier = Verifier(keys)

    def collection(self, name: str) -> Collection:
        """Return a collection of this service's database."""
        return self.mongo.collection(name)

    def aggregates[S: BaseModel](
        self,
        name: str,
        model: type[S],
        *,
        kind: str,
        keys: Callable[[S], Document] | None = None,
        indexes: tuple[tuple[tuple[str, Any], ...], ...] = (),
        trail: bool = False,
    ) -> Aggregates[S]:
        """Return the aggregates kept in collection `name`, watched by the relay, indexed at start."""
        collection = self.collection(name)
        found = Aggregates(
            collection, model, kind=kind, relay=self.relay, replica=self.replica, keys=keys, trail=trail
        )
        self.relay.watch(collection)
        self.on_start(found.ensure_indexes)
        self.index(name, *indexes)
        return found

    def index(self, name: str, *indexes: tuple[tuple[str, Any], ...], unique: bool = False) -> None:
        """Create these indexes of a collection at start."""

        async def ensure() -> None:
            for keys in indexes:
                await self.collection(name).ensure_index(keys, unique=unique)

        if indexes:
            self.on_start(ensure)

    def peer(self, base_url: str) -> Peer:
        """Return another service's API, called with this service's own token."""
        settings = self.settings
        return Peer(
            self.http,
            base_url,
            token_url=f"{settings.membership_url}/api/membership/v1/service-tokens",
            client_id=settings.service,
            secret=settings.service_client_secret,
        )

    def on_start(self, step: Step) -> None:
        """Run `step` before the process is ready; repeated while the store is not there."""
        self._starters.append(step)

    def background(self, name: str, step: Step) -> None:
        """Run `step` again and again; it waits by itself, and survives its failures."""
        self._loops.append((name, step))

    async def run(self) -> None:
        """Serve HTTP and work until SIGTERM, then finish what is in hand and stop in order."""
        tracing = telemetry.setup(self.settings)
        server = _Server(self)
        starting = asyncio.create_task(self._start())
        try:
            await server.serve()
        finally:
            self.stopping.set()
            starting.cancel()
            await asyncio.gather(starting, return_exceptions=True)
            await self._stop()
            tracing.close()

    async def _start(self) -> None:
        for step in self._starters:
            await self._until_done(step)
        await self.relay.start()
        if self.settings.role == "worker":
            await self.consumers.start()
        self._tasks = [asyncio.create_task(self._forever(name, step)) for name, step in self._loops]
        self._ready = True
        log.info("process.ready", port=self.settings.port)

    async def _until_done(self, step: Step) -> None:
        while True:
            try:
                await step()
            except StoreUnavailable:
                log.warning("store.not_reachable")
                await asyncio.sleep(1)
            else:
                return

    async def _forever(self, name: str, step: Step) -> None:
        while not self.stopping.is_set():
            try:
                await step()
            except Exception as error:  # noqa: BLE001  the loop outlives every failure of its step
                log.warning("background.failed", loop=name, error=type(error).__name__)
                await self.pause(1)

    async def pause(self, seconds: float) -> None:
        """Wait, but not past the stop of the process."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.stopping.wait(), seconds)

    async def _stop(self) -> None:
        if self.settings.role == "worker":
            await self.consumers.stop()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=5)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await self.relay.stop()
        await self.producer.stop()
        await self.http.aclose()
        await self.mongo.close()
        log.info("process.stopped")

    def _add_health(self) -> None:
        async def livez() -> JSONResponse:
            return JSONResponse({"status": "alive"})

        async def startupz() -> JSONResponse:
            return JSONResponse({"status": "started"}, 200 if self._ready else 503)

        async def readyz() -> JSONResponse:
            return await self._readiness()

        async def metrics() -> Response:
            return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

        for path, endpoint in (
            ("/livez", livez),
            ("/startupz", startupz),
            ("/readyz", readyz),
            ("/metrics", metrics),
        ):
            self.app.add_api_route(path, endpoint, include_in_schema=False, response_model=None)

    async def _readiness(self) -> JSONResponse:
        # Kafka is not asked for: commands go on without it, and the outbox keeps their events.
        checks = {"started": self._ready, "store": False}
        with contextlib.suppress(StoreUnavailable, TimeoutError):
            async with asyncio.timeout(2):
                await self.mongo.ping()
                checks["store"] = True
        if self.settings.role == "worker":
            checks["kafka"] = self.consumers.started
        ok = all(checks.values()) and not self.stopping.is_set()
        return JSONResponse({"status": "ready" if ok else "not ready", "checks": checks}, 200 if ok else 503)


class _Server(uvicorn.Server):
    """Tells the service at once that it is to stop, so that open event streams end and HTTP can drain."""

    def __init__(self, service: Service) -> None:
        settings = service.settings
        super().__init__(
            uvicorn.Config(
                service.app,
                host=settings.host,
                port=settings.port,
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                lifespan="off",
                timeout_graceful_shutdown=settings.shutdown_timeout_s,
            )
        )
        self._stopping = service.stopping

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._stopping.set()
        super().handle_exit(sig, frame)

    @contextlib.contextmanager
    def capture_signals(self) -> Any:
        # uvicorn raises the signal again after its stop, which would end the process before ours.
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.handle_exit, number, None)
        try:
            yield
        finally:
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.remove_signal_handler(number)


def run(build: Callable[[], Service]) -> None:
    """Build the service inside its event loop and run it until SIGTERM; exits 0."""

    async def main() -> None:
        await build().run()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())
