"""What tests of every kind lean on: running parts, waiting for a condition, small aggregates and events."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from deploy.local import parts
from deploy.local.ports import free_ports
from deploy.local.process import Running, running

DEADLINE_S = 30.0


@dataclass(frozen=True)
class Infra:
    """Running Kafka and store; the processes are None where external ones are used."""

    kafka: str
    mongodb_url: str
    kafka_process: Running | None = None
    store_process: Running | None = None


def start_kafka(folder: Path) -> AbstractContextManager[Running]:
    """Return the context in which a broker of one's own runs, e.g. to kill it."""
    port, controller_port = free_ports(2)
    return running(parts.kafka(folder / "kafka", port, controller_port), folder / "kafka.log")


def start_store(folder: Path) -> AbstractContextManager[Running]:
    """Return the context in which a store of one's own runs."""
    (port,) = free_ports(1)
    return running(parts.store(folder / "store", port), folder / "store.log")


async def eventually(
    condition: Callable[[], Awaitable[bool]] | Callable[[], bool], *, seconds: float = DEADLINE_S
) -> None:
    """Wait until `condition` holds. Errors: AssertionError after `seconds`."""
    deadline = asyncio.get_running_loop().time() + seconds
    while True:
        found = condition()
        if await found if isinstance(found, Awaitable) else found:
            return
        if asyncio.get_running_loop().time() > deadline:
            msg = f"the condition did not come true within {seconds:g} s"
            raise AssertionError(msg)
        await asyncio.sleep(0.02)
