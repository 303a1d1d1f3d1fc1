"""Where the operator's commands find the system: the environment, else what `make run` started."""

import os
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Places:
    """`processes` maps a process's name to the base URL of its health and metrics."""

    kafka: str
    mongodb_url: str
    processes: dict[str, str]


def places() -> Places:
    """Read KAFKA_BOOTSTRAP_SERVERS, MONGODB_URL and PROCESSES (name=url, by commas), each else the local one."""
    given = {
        name: os.environ.get(name, "") for name in ("KAFKA_BOOTSTRAP_SERVERS", "MONGODB_URL", "PROCESSES")
    }
    pairs = (each.split("=", 1) for each in given["PROCESSES"].split(",") if "=" in each)
    processes = {name.strip(): url.strip().rstrip("/") for name, url in pairs}
    if all(given.values()):
        return Places(given["KAFKA_BOOTSTRAP_SERVERS"], given["MONGODB_URL"], processes)
    return _with_local(given["KAFKA_BOOTSTRAP_SERVERS"], given["MONGODB_URL"], processes)


def _with_local(kafka: str, mongodb_url: str, processes: dict[str, str]) -> Places:
    # Only here: an image holds nothing of the local runtime.
    from deploy.local import settings, topology  # noqa: PLC0415

    here = settings.load()
    return Places(
        kafka or topology.kafka_servers(here),
        mongodb_url or topology.mongodb_url(here),
        processes or {name: here.url(port) for name, _, _, port in topology.SERVICES},
    )
