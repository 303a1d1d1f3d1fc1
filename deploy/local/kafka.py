"""One Kafka node: its configuration from the template, its storage made on first start, its readiness."""

import socket
import struct
import subprocess
from pathlib import Path
from string import Template

from deploy.local import jars
from deploy.local.errors import LocalError
from deploy.local.ports import HOST

TEMPLATE = Path(__file__).with_name("kafka.properties")
# Any fixed id will do: the cluster has one node and its data folder is its own.
CLUSTER_ID = "VerbundwerkLocalNode00"
# Measured: 330 MB resident with 24 partitions; half of this heap is free after a load run.
HEAP = "-Xmx512m"
API_VERSIONS = 18  # the request that every Kafka client sends first
ANSWER_HEAD = struct.Struct(">iih")  # size, correlation id, error code


def config(data_dir: Path, port: int, controller_port: int) -> str:
    """Return the broker's configuration; `data_dir` becomes absolute, ports are of 127.0.0.1."""
    values = {"port": port, "controller_port": controller_port, "log_dir": data_dir.resolve() / "log"}
    return Template(TEMPLATE.read_text(encoding="utf-8")).substitute(values)


def prepare(data_dir: Path, port: int, controller_port: int) -> None:
    """Write the configuration and, on first start, format the storage (about 2 s).

    Errors: LocalError with the reason that the format tool gives.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    file = data_dir / "server.properties"
    file.write_text(config(data_dir, port, controller_port), encoding="utf-8")
    if (data_dir / "log" / "meta.properties").exists():
        return
    tool = command("kafka.tools.StorageTool", "format", "--standalone", "-t", CLUSTER_ID, "-c", str(file))
    done = subprocess.run(tool, capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines() or ["no output"]
        raise LocalError(f"Kafka's storage in {data_dir} could not be made: {said[-1]}")


def command(main: str, *arguments: str) -> tuple[str, ...]:
    """Return the command line of a Kafka main class, the broker's or a tool's."""
    found = jars.ensure()
    options = (
        HEAP,
        "-XX:+UseSerialGC",
        "-Djava.awt.headless=true",
        f"-Dlog4j2.configurationFile={jars.LOGGING}",
    )
    return (found.java, *options, "-cp", found.kafka_classpath, main, *arguments)


def answers(port: int, seconds: float = 1.0) -> bool:
    """Tell whether a broker on this port answers ApiVersions, which it does only when it takes requests."""
    request = struct.pack(">hhih", API_VERSIONS, 0, 1, -1)
    try:
        with socket.create_connection((HOST, port), timeout=seconds) as connection:
            connection.sendall(struct.pack(">i", len(request)) + request)
            head = connection.recv(ANSWER_HEAD.size, socket.MSG_WAITALL)
    except OSError:
        return False
    return len(head) == ANSWER_HEAD.size and ANSWER_HEAD.unpack(head)[2] == 0
