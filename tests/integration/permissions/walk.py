"""Walk routes × callers × places, and say what answered otherwise than the permission table says."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import httpx
from pymongo import MongoClient

from shared.auth import Principal
from shared.permissions import Line, table_of
from shared.process import Service
from tests.integration.permissions.requests import Operation, operations
from tests.integration.permissions.world import VARIANTS, World

REFUSED = {401, 403, 404}
SEES_COMPANIES = {
    "platform_admin",
    "network_manager",
    "service",
}  # everybody else: competitors stay anonymous
VOLATILE = {"outbox", "pend", "by", "cmds"}
NOT_KEPT = {"limits", "leases"}


def every_operation(services: Mapping[str, Service]) -> list[Operation]:
    return [each for name, service in services.items() for each in operations(name, service.app.openapi())]


def cells(world: World, chosen: Iterable[Operation]) -> Iterator[tuple[Operation, Line, str, str, bool]]:
    """Yield every different request with what the table says of it."""
    for operation in chosen:
        line = table_of(operation.service).lines.get(operation.id, Line())
        for name, caller in world.callers.items():
            if name == "stranger":
                continue
            seen: list[Any] = []
            for variant in VARIANTS:
                asked = operation.request({**world.place(variant, name), "email": "-"})
                if asked in seen:
                    continue
                seen.append(asked)
                allowed = line.admits(caller) and line.covers(caller, world.facts(variant, caller))
                yield operation, line, name, variant, allowed


async def walk_denied(world: World, chosen: Iterable[Operation]) -> list[str]:
    """Ask for everything that the table denies; return what was answered with more than a refusal."""
    wrong = []
    for operation, line, name, variant, allowed in cells(world, chosen):
        if allowed or line.anyone:
            continue
        path, query, body = world.request(operation, variant, name)
        answer = await world.call(operation.service, operation.method, path, name, query=query, body=body)
        if not (answer.status_code in REFUSED or _empty(operation, answer)):
            wrong.append(f"{operation.id}: {name}, {variant}: {answer.status_code}, the table denies it")
        wrong += _leaks(world, operation, line, name, answer, asked=f"{path}{query}{body}")
    return wrong


async def walk_allowed(world: World, chosen: Iterable[Operation], restore: Callable[[], None]) -> list[str]:
    """Ask for everything that the table allows; return what was refused, failed, or told too much."""
    wrong = []
    for operation, line, name, variant, allowed in cells(world, chosen):
        if not allowed or line.anyone:
            continue
        path, query, body = world.request(operation, variant, name)
        answer = await world.call(operation.service, operation.method, path, name, query=query, body=body)
        if answer.status_code in REFUSED and not _of_state(answer):
            wrong.append(f"{operation.id}: {name}, {variant}: {answer.status_code}, the table allows it")
        if (answer.status_code >= 500 and not of_peer(answer)) or _unread(answer):
            wrong.append(f"{operation.id}: {name}, {variant}: {answer.status_code}")
        wrong += _leaks(world, operation, line, name, answer, asked=f"{path}{query}{body}")
        if not operation.reads:
            restore()
    return wrong


async def walk_unsigned(world: World, chosen: Iterable[Operation]) -> list[str]:
    """Ask for everything without a token; return what did not answer 401."""
    wrong = []
    for operation in chosen:
        if table_of(operation.service).lines.get(operation.id, Line()).anyone:
            continue
        path, query, body = world.request(operation, "own", "platform_admin")
        answer = await world.call(operation.service, operation.method, path, None, query=query, body=body)
        if answer.status_code != 401:
            wrong.append(f"{operation.id}: {answer.status_code} without a token")
    return wrong


def _empty(operation: Operation, answer: httpx.Response) -> bool:
    if not operation.reads or answer.status_code != 200:
        return False
    found = answer.json()
    return found == [] or (isinstance(found, dict) and found.get("items") == [])


def _unread(answer: httpx.Response) -> bool:
    """Whether the request never reached the route's own rules: `requests` needs a value for one of its fields."""
    return answer.status_code == 422 and str(answer.json().get("type")).endswith(":invalid-request")


def _of_state(answer: httpx.Response) -> bool:
    """Whether the refusal is about the request itself: a wrong password of one's own is not a lack of a right."""
    return str(answer.json().get("type")).endswith(":wrong-password")


def of_peer(answer: httpx.Response) -> bool:
    """Whether the route let the caller through and then missed another service, which does not run here."""
    return str(answer.json().get("type")).endswith(":peer-down")


def _leaks(
    world: World, operation: Operation, line: Line, name: str, answer: httpx.Response, asked: str
) -> list[str]:
    found = []
    for variant in ("other", "foreign"):
        if _may_read(line, world.callers[name], name, world, variant):
            continue
        told = {one for one in world.secrets[variant] if one in answer.text and one not in asked}
        if told:
            found.append(f"{operation.id}: {name} is told of {variant}: {sorted(told)}")
    return found


def _may_read(line: Line, caller: Principal, name: str, world: World, variant: str) -> bool:
    within = line.covers(caller, world.facts(variant, caller))
    return within and (variant == "foreign" or name in SEES_COMPANIES or line.every_person is not None)


class Snapshot:
    """All documents of the world, to compare with and to go back to."""

    def __init__(self, mongodb_url: str, database: str, services: Iterable[str]) -> None:
        self._client: MongoClient[dict[str, Any]] = MongoClient(mongodb_url)
        self._names = [f"{database}_{name}" for name in services]
        self._kept = self._read()

    def _read(self) -> dict[tuple[str, str], dict[Any, dict[str, Any]]]:
        return {
            (name, collection): {found["_id"]: found for found in self._client[name][collection].find()}
            for name in self._names
            for collection in self._client[name].list_collection_names()
            if collection not in NOT_KEPT
        }

    def changed(self) -> list[str]:
        """Return the documents that are not as they were; what the relay does with outboxes is not looked at."""
        now = self._read()
        return [
            f"{'/'.join(key)}/{identity}"
            for key in {*now, *self._kept}
            for identity in {*now.get(key, {}), *self._kept.get(key, {})}
            if _steady(now.get(key, {}).get(identity)) != _steady(self._kept.get(key, {}).get(identity))
        ]

    def restore(self) -> None:
        """Put every document back that is not as it was."""
        now = self._read()
        for (name, collection), documents in now.items():
            before = self._kept.get((name, collection), {})
            target = self._client[name][collection]
            for identity in {*documents, *before}:
                if _steady(documents.get(identity)) == _steady(before.get(identity)):
                    continue
                target.delete_one({"_id": identity})
                if identity in before:
                    target.insert_one(
                        {**before[identity], **({"outbox": []} if "outbox" in before[identity] else {})}
                    )

    def close(self) -> None:
        self._client.close()


def _steady(document: dict[str, Any] | None) -> dict[str, Any] | None:
    return (
        None if document is None else {key: value for key, value in document.items() if key not in VOLATILE}
    )
