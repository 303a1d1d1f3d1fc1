"""Requests that nobody would write by hand: valid and invalid ones made from the OpenAPI documents.

FUZZ_EXAMPLES says how many a route (`make faults` asks for more). The same examples every time.
"""

import asyncio
import contextlib
import json
import os
from collections import Counter
from collections.abc import Mapping
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import response_schema_conformance

from shared.process import Service
from tests.integration.permissions.walk import of_peer
from tests.integration.permissions.world import VARIANTS, World

pytestmark = [
    pytest.mark.connected,
    pytest.mark.timeout(1800),
    # The services, on another thread, use the `random` that hypothesis watches.
    pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisDeprecationWarning"),
]

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "3"))
CHECKS = [not_a_server_error, response_schema_conformance]
METHODS = ("get", "put", "patch", "post", "delete")
ASKING = ("platform_admin", "network_manager", "company_hr")


class Fuzzer:
    """Sends what hypothesis draws, from its thread, to the services on the test's loop."""

    def __init__(self, world: World, loop: asyncio.AbstractEventLoop) -> None:
        self.world = world
        self.loop = loop
        self.answers: Counter[int] = Counter()
        self.wrong: dict[str, str] = {}

    def walk(self, name: str, service: Service) -> None:
        schema = schemathesis.openapi.from_dict(service.app.openapi())
        found = [each.ok() for each in schema.get_all_operations() if isinstance(each, Ok)]
        # What takes things away comes last.
        for operation in sorted(found, key=lambda each: METHODS.index(each.method)):
            for mode in GenerationMode:
                self._try(name, operation, mode)

    def _try(self, name: str, operation: Any, mode: GenerationMode) -> None:
        @settings(
            max_examples=EXAMPLES,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(
            case=operation.as_strategy(generation_mode=mode),
            who=st.sampled_from(ASKING),
            variant=st.sampled_from(VARIANTS),
            known=st.booleans(),
        )
        def one(case: Any, who: str, variant: str, *, known: bool) -> None:
            place = self.world.place(variant, who) if known else {}
            for parameter in set(case.path_parameters or ()) & set(place):
                case.path_parameters[parameter] = place[parameter]
            _put_in(case.body, place)
            self._judge(f"{name} {operation.label} as {who}", case, self._send(name, case, who))

        with contextlib.suppress(Unsatisfiable):  # a route without parameters has no invalid request
            one()

    def _send(self, name: str, case: Any, who: str) -> httpx.Response:
        asked = case.as_transport_kwargs(base_url="http://world")
        headers = {**dict(asked.pop("headers") or {}), "Authorization": f"Bearer {self.world.tokens[who]}"}
        asked.pop("cookies", None)
        if isinstance(asked.get("data"), bytes | str):
            asked["content"] = asked.pop("data")
        if "json" in asked:
            asked["content"] = json.dumps(asked.pop("json")).encode()
        sending = self._answer(name, {**asked, "headers": headers})
        return asyncio.run_coroutine_threadsafe(sending, self.loop).result()

    async def _answer(self, name: str, asked: dict[str, Any]) -> httpx.Response:
        app = self.world.services[name].app
        transport = httpx.ASGITransport(app, client=("127.0.0.1", 1), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport) as http:
            return await http.request(**asked)

    def _judge(self, what: str, case: Any, response: httpx.Response) -> None:
        self.answers[response.status_code] += 1
        if response.status_code == 503 and of_peer(response):  # the services are alone here
            return
        try:
            case.validate_response(response, checks=CHECKS)
        except (Failure, FailureGroup) as failure:
            said = [str(each) for each in getattr(failure, "exceptions", [failure])]
            self.wrong.setdefault(what, f"{response.status_code} {said} {response.text[:300]}")
        if response.status_code >= 400:
            told = json.loads(response.text)
            if not {"type", "title", "status"} <= set(told):
                self.wrong.setdefault(what, f"{response.status_code} without a problem document")


async def test_no_request_breaks_a_service(
    world: World, services: dict[str, Service], capsys: pytest.CaptureFixture[str]
) -> None:
    fuzzer = Fuzzer(world, asyncio.get_running_loop())
    for name, service in services.items():
        await asyncio.to_thread(fuzzer.walk, name, service)
    with capsys.disabled():
        print(f"\n{fuzzer.answers.total()} requests: {dict(sorted(fuzzer.answers.items()))}")  # noqa: T201
    assert not fuzzer.wrong, "\n".join(f"{what}: {why}" for what, why in fuzzer.wrong.items())


def _put_in(body: Any, place: Mapping[str, str]) -> None:
    """Let the body name things that are there."""
    if isinstance(body, list):
        for each in body:
            _put_in(each, place)
    if isinstance(body, dict):
        for name in set(body) & set(place):
            if name.endswith("_id"):
                body[name] = place[name]
        for each in body.values():
            _put_in(each, place)
