"""Where the local runtime keeps its data, which ports it uses, and which parts are given from outside."""

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local.errors import LocalError
from deploy.local.ports import HOST, free_ports

REPOSITORY = Path(__file__).parents[2]
HIGHEST_PORT = 65535

# Name -> default port. VERBUNDWERK_PORT_<NAME> (upper case, _ for -) changes one of them.
PORTS = {
    "gateway": 8080,
    "membership": 8001,
    "courses": 8002,
    "courses-2": 8012,
    "notifications": 8003,
    "reporting": 8004,
    "membership-worker": 8101,
    "courses-worker": 8102,
    "notifications-worker": 8103,
    "reporting-worker": 8104,
    "kafka": 9092,
    "controller": 9093,
    "store": 27017,
    "mail": 1025,
}


@dataclass(frozen=True)
class Settings:
    """One local runtime.

    `kafka_servers`, `mongodb_url` and `smtp_host` name outside ones; then none of ours is started.
    """

    var: Path
    ports: Mapping[str, int]
    kafka_servers: str | None = None
    mongodb_url: str | None = None
    smtp_host: str | None = None
    python: str = field(default=sys.executable)

    @property
    def data(self) -> Path:
        """Folder of Kafka's log and the store's file."""
        return self.var / "data"

    @property
    def logs(self) -> Path:
        """Folder with a log per process."""
        return self.var / "log"

    @property
    def traces(self) -> Path:
        """Folder with the spans of each process, one JSON document a line."""
        return self.var / "traces"

    @property
    def run(self) -> Path:
        """Folder of the process control: configuration, socket, ports."""
        return self.var / "run"

    @property
    def secrets(self) -> Path:
        """Folder of keys and passwords, readable by its owner only."""
        return self.var / "secrets"

    @property
    def demo(self) -> Path:
        """Folder that the gateway serves the demo's sign-ins from; empty until `make demo`."""
        return self.var / "demo"

    @property
    def mail(self) -> Path:
        """Maildir with every mail that the system sent."""
        return self.var / "mail"

    @property
    def public_url(self) -> str:
        """Address of the gateway."""
        return self.url("gateway")

    def url(self, name: str) -> str:
        """Return the base URL of the process that has this port."""
        return f"http://{HOST}:{self.ports[name]}"


def load(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings from the environment; a running instance's ports come from its ports.json.

    Errors: LocalError for a port that is no number.
    """
    var = Path(environment.get("VERBUNDWERK_VAR") or REPOSITORY / "var").resolve()
    return Settings(
        var=var,
        ports=_ports(environment, var / "run" / "ports.json"),
        kafka_servers=environment.get("KAFKA_BOOTSTRAP_SERVERS") or None,
        mongodb_url=environment.get("MONGODB_URL") or None,
        smtp_host=environment.get("SMTP_HOST") or None,
    )


def save_ports(settings: Settings) -> None:
    """Record the ports, so that other commands and clients find the running instance."""
    settings.run.mkdir(parents=True, exist_ok=True)
    (settings.run / "ports.json").write_text(
        json.dumps(dict(settings.ports), indent=2) + "\n", encoding="utf-8"
    )


def forget_ports(settings: Settings) -> None:
    """Remove the record when nothing runs any more."""
    (settings.run / "ports.json").unlink(missing_ok=True)


def _ports(environment: Mapping[str, str], recorded: Path) -> dict[str, int]:
    if recorded.exists():
        known = json.loads(recorded.read_text(encoding="utf-8"))
        return {name: int(known.get(name, port)) for name, port in PORTS.items()}
    if environment.get("VERBUNDWERK_PORTS") == "free":
        base = dict(zip(PORTS, free_ports(len(PORTS)), strict=True))
    else:
        base = dict(PORTS)
    return {name: _chosen(environment, name) or port for name, port in base.items()}


def _chosen(environment: Mapping[str, str], name: str) -> int | None:
    variable = "VERBUNDWERK_PORT_" + name.upper().replace("-", "_")
    text = environment.get(variable)
    if not text:
        return None
    if not text.isdecimal() or not 0 < int(text) <= HIGHEST_PORT:
        raise LocalError(f"{variable} is {text!r}, which is no port: give a number from 1 to {HIGHEST_PORT}.")
    return int(text)
