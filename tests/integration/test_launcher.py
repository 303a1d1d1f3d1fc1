"""The command line of the local runtime, on real Kafka, store and mail in a folder of its own."""

import json
import os
import smtplib
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from deploy.local.process import wait_until

pytestmark = [pytest.mark.connected, pytest.mark.timeout(180)]

type Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Command]:
    """Give the command line, bound to a fresh folder and free ports."""
    var = tmp_path_factory.mktemp("var")
    outside = {"KAFKA_BOOTSTRAP_SERVERS", "MONGODB_URL", "SMTP_HOST"}
    base = {name: value for name, value in os.environ.items() if name not in outside}
    base |= {"VERBUNDWERK_VAR": str(var), "VERBUNDWERK_PORTS": "free"}

    def run(*words: str, **env: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "deploy.local", *words]
        return subprocess.run(command, env=base | env, capture_output=True, text=True, check=False)

    yield run
    run("down")


def test_a_taken_port_is_one_sentence_and_leaves_nothing_behind(local: Command) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        done = local("up", "--only", "infra", VERBUNDWERK_PORT_MAIL=port)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1
    assert f"Port {port} for mail is taken" in done.stderr
    assert "VERBUNDWERK_PORT_MAIL" in done.stderr
    assert local("status").stdout.startswith("Nothing runs")


def test_without_java_one_sentence_says_what_to_install(local: Command, tmp_path: Path) -> None:
    done = local("up", PATH=str(tmp_path), JAVA_HOME="")
    assert done.returncode == 1
    assert done.stderr.startswith("error: The command `java` is missing: install")
    assert done.stderr.count("\n") == 1


def test_it_starts_runs_once_delivers_mail_and_stops(local: Command) -> None:
    done = local("up", "--only", "infra")
    assert done.returncode == 0, done.stderr
    assert "already runs" in local("up", "--only", "infra").stdout
    refused = local("reset")
    assert (refused.returncode, "It runs" in refused.stderr) == (1, True)

    rows = {row["name"]: row for row in json.loads(local("status", "--json").stdout)}
    assert [name for name, row in rows.items() if row["ready"]] == ["kafka", "store", "mail"]
    with smtplib.SMTP("127.0.0.1", rows["mail"]["port"]) as server:
        server.sendmail("a@localhost", "b@localhost", "Subject: hello\n\nbody")
    exports = local("env", "courses-worker").stdout
    assert f"export MONGODB_URL=mongodb://127.0.0.1:{rows['store']['port']}\n" in exports

    os.kill(rows["mail"]["pid"], 9)
    wait_until(lambda: _pid(local, "mail") not in {0, rows["mail"]["pid"]}, 30)

    assert local("down").returncode == 0
    assert local("status").returncode == 1
    assert local("down").stdout == "Nothing runs.\n"


def _pid(local: Command, name: str) -> int:
    return next(
        int(row["pid"]) for row in json.loads(local("status", "--json").stdout) if row["name"] == name
    )


def test_processes_that_lost_their_supervisor_are_ended_by_the_next_start(local: Command) -> None:
    assert local("up", "--only", "infra").returncode == 0
    before = _pid(local, "kafka")
    supervisor = psutil.Process(before).parent()
    assert supervisor is not None
    supervisor.kill()
    assert local("up", "--only", "infra").returncode == 0
    assert _pid(local, "kafka") != before
    assert local("down").returncode == 0


def test_reset_deletes_the_data_and_keeps_the_first_sign_in(local: Command) -> None:
    done = local("reset")
    assert done.returncode == 0
    var = Path(done.stdout.split(" in ")[1].strip().rstrip("."))
    assert [folder.name for folder in var.iterdir()] == ["secrets"]
