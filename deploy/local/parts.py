"""The parts that are not ours, each as a command with the check that tells when it is ready."""

import smtplib
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from deploy.local import jars
from deploy.local import kafka as broker
from deploy.local.ports import HOST

SMTP_OK = 250


def _nothing() -> None:
    """Do nothing: most parts need no preparation."""


@dataclass(frozen=True)
class Part:
    """A process of the local runtime.

    `ready` is asked again and again after the start and never raises; `prepare` runs before each start.
    `stop_seconds`: how long the process may take to end on SIGTERM before it is killed.
    """

    name: str
    command: tuple[str, ...]
    ready: Callable[[], bool]
    port: int
    env: Mapping[str, str] = field(default_factory=dict)
    prepare: Callable[[], None] = _nothing
    stop_seconds: int = 20


def kafka(data_dir: Path, port: int, controller_port: int) -> Part:
    """Return the Kafka node that keeps its log in `data_dir`; ready in about 3 s, 5 s on first start."""
    return Part(
        name="kafka",
        command=broker.command("kafka.Kafka", str(data_dir.resolve() / "server.properties")),
        ready=partial(broker.answers, port),
        port=port,
        prepare=partial(broker.prepare, data_dir, port, controller_port),
        stop_seconds=30,
    )


def store(data_dir: Path, port: int) -> Part:
    """Return the document store, its one file in `data_dir`: MongoDB's protocol, nothing lost to kill -9."""
    found = jars.ensure()
    heap = ("-Xmx384m", "-XX:+UseSerialGC", f"-Dlog4j2.configurationFile={jars.LOGGING}")
    # The store needs no sun.misc.Unsafe; without these two the JVM prints warnings about it on every start.
    netty = ("-Dio.netty.noUnsafe=true", "-Djava.net.preferIPv4Stack=true")
    main = ("-cp", found.store_classpath, "verbundwerk.store.Main")
    return Part(
        name="store",
        command=(found.java, *heap, *netty, *main, str(data_dir.resolve() / "store.mv"), str(port)),
        ready=partial(_store_answers, port),
        port=port,
        prepare=partial(data_dir.mkdir, parents=True, exist_ok=True),
    )


def mail(maildir: Path, port: int) -> Part:
    """Return an SMTP server that puts each mail as a file into `maildir`/new and sends nothing on."""
    server = (
        "-m",
        "aiosmtpd",
        "-n",
        "-l",
        f"{HOST}:{port}",
        "-c",
        "aiosmtpd.handlers.Mailbox",
        str(maildir.resolve()),
    )
    return Part(
        name="mail",
        command=(sys.executable, *server),
        ready=partial(_mail_answers, port),
        port=port,
        prepare=partial(maildir.parent.mkdir, parents=True, exist_ok=True),
        stop_seconds=5,
    )


def _store_answers(port: int) -> bool:
    try:
        with MongoClient[dict[str, object]](HOST, port, serverSelectionTimeoutMS=1000) as client:
            client.admin.command("ping")
    except PyMongoError:
        return False
    return True


def _mail_answers(port: int) -> bool:
    try:
        with smtplib.SMTP(HOST, port, timeout=1) as connection:
            return connection.noop()[0] == SMTP_OK
    except (OSError, smtplib.SMTPException):
        return False
