"""Start, stop and look at the whole local runtime."""

import json
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from deploy.local import credentials, settings, topology
from deploy.local.errors import LocalError
from deploy.local.parts import Part
from deploy.local.ports import is_taken
from deploy.local.process import log_tail, wait_until
from deploy.local.settings import Settings
from deploy.local.supervision import Supervisor, end_orphans

FREE_DISK_BYTES = 1 << 30  # Kafka stops for good when its disk is full
# Generous: nine Python processes start together, on two cores that other work may use too. One that ends is noticed
# at once; this bounds only one that hangs.
READY_SECONDS = 300
PATIENCE_SECONDS = 10
ALIVE = {"RUNNING", "STARTING"}  # supervisord calls a process of its first second starting
DATA_FOLDERS = ("data", "mail", "log", "run", "demo")


def up(*, only_infrastructure: bool = False) -> None:
    """Start what does not run yet and return when all of it is ready.

    Errors: LocalError; then everything that this call or an earlier one started has been stopped again.
    """
    chosen = settings.load()
    supervisor = Supervisor(chosen)
    stages = _stages(chosen, only_infrastructure=only_infrastructure)
    if supervisor.runs() and not _not_running(supervisor, _flat(stages)):
        print(f"It already runs: {chosen.public_url}")
        return
    _check_machine(chosen)
    if not supervisor.runs():
        end_orphans(chosen)
        _check_ports(_flat(stages))
    try:
        if not supervisor.runs():
            settings.save_ports(chosen)
            supervisor.begin(_flat(_stages(chosen, only_infrastructure=False)))
        for stage in stages:
            _start(chosen, supervisor, stage)
            if stage is stages[0]:
                _create_topics(chosen)
    except BaseException:
        _stop(chosen, supervisor)
        raise
    _greet(chosen, only_infrastructure=only_infrastructure)


def down() -> None:
    """Stop everything, services before what they need, and return when all processes have ended."""
    chosen = settings.load()
    supervisor = Supervisor(chosen)
    if supervisor.runs():
        _stop(chosen, supervisor)
        print("Stopped. The data stays; `make reset` deletes it.")
    elif lost := end_orphans(chosen):
        settings.forget_ports(chosen)
        print(f"Ended {len(lost)} processes whose process control was gone.")
    else:
        settings.forget_ports(chosen)
        print("Nothing runs.")


def status(*, as_json: bool = False) -> bool:
    """Print a line per process; return whether all of them run and are ready."""
    chosen = settings.load()
    supervisor = Supervisor(chosen)
    if not supervisor.runs():
        print("[]" if as_json else "Nothing runs. Start it by `make run`.")
        return False
    known = supervisor.states()
    rows = [_row(part, known[part.name]) for part in _flat(_stages(chosen, only_infrastructure=False))]
    if as_json:
        print(json.dumps(rows, indent=2))
    else:
        for row in rows:
            ready = "ready" if row["ready"] else "not ready"
            print("{name:<21} {state:<9} {port:>5}  pid {pid:<8} up {up}  ".format(**row) + ready)
        print(f"\n{chosen.public_url}   logs: {chosen.logs}")
    return all(row["ready"] for row in rows)


def _row(part: Part, known: Mapping[str, Any]) -> dict[str, object]:
    runs = known["statename"] in ALIVE
    seconds = int(known["now"]) - int(known["start"]) if runs else 0
    return {
        "name": part.name,
        "state": str(known["statename"]).lower(),
        "port": part.port,
        "pid": known["pid"],
        "up": str(timedelta(seconds=seconds)),
        "ready": runs and part.ready(),
    }


def restart(name: str) -> None:
    """Stop one process, start it again and return when it is ready. Errors: LocalError."""
    chosen = settings.load()
    supervisor = Supervisor(chosen)
    _must_run(supervisor)
    part = _named(_flat(_stages(chosen, only_infrastructure=False)), name)
    supervisor.stop([name])
    _start(chosen, supervisor, [part])
    print(f"{name} is ready again.")


def reset() -> None:
    """Delete data, mail and logs; keys and the first sign-in stay. Errors: LocalError while it runs."""
    chosen = settings.load()
    if Supervisor(chosen).runs():
        raise LocalError("It runs: stop it by `make stop` before deleting its data.")
    for name in DATA_FOLDERS:
        shutil.rmtree(chosen.var / name, ignore_errors=True)
    print(f"Deleted data, mail and logs in {chosen.var}.")


def environment(name: str) -> None:
    """Print the environment of a service process as shell exports (secrets included). Errors: LocalError."""
    chosen = settings.load()
    known = topology.services(chosen, credentials.ensure(chosen.secrets))
    for key, value in _named(known, name).env.items():
        print(f"export {key}={shlex.quote(value)}")


def _stages(chosen: Settings, *, only_infrastructure: bool) -> list[list[Part]]:
    stages = [topology.infrastructure(chosen)]
    if not only_infrastructure:
        stages.append(topology.services(chosen, credentials.ensure(chosen.secrets)))
        stages.append([topology.gateway(chosen)])
    return stages


def _flat(stages: Iterable[Sequence[Part]]) -> list[Part]:
    return [part for stage in stages for part in stage]


def _named(known: Sequence[Part], name: str) -> Part:
    for part in known:
        if part.name == name:
            return part
    raise LocalError(f"There is no process {name!r}; there are {', '.join(part.name for part in known)}.")


def _must_run(supervisor: Supervisor) -> None:
    if not supervisor.runs():
        raise LocalError("Nothing runs: start it by `make run`.")


def _not_running(supervisor: Supervisor, parts: Iterable[Part]) -> list[Part]:
    known = supervisor.states()
    return [part for part in parts if known.get(part.name, {}).get("statename") not in ALIVE]


def _check_machine(chosen: Settings) -> None:
    chosen.var.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(chosen.var).free
    if free < FREE_DISK_BYTES:
        raise LocalError(
            f"Only {free >> 20} MiB are free in {chosen.var}: make 1 GiB of room, "
            "or let VERBUNDWERK_VAR name a folder on another disk."
        )


def _check_ports(parts: Iterable[Part]) -> None:
    for part in parts:
        if is_taken(part.port):
            variable = _port_variable(part)
            raise LocalError(
                f"Port {part.port} for {part.name} is taken by another process: stop that one, "
                f"set {variable} to a free port, or set VERBUNDWERK_PORTS=free."
            )


def _port_variable(part: Part) -> str:
    own = {name: port for name, _, _, port in topology.SERVICES}.get(part.name, part.name)
    return "VERBUNDWERK_PORT_" + own.upper().replace("-", "_")


def _start(chosen: Settings, supervisor: Supervisor, parts: Sequence[Part]) -> None:
    """Start parts together and wait for each; name the one that fails and show the end of its log."""
    missing = _not_running(supervisor, parts)
    for part in missing:
        part.prepare()
    for part in missing:
        supervisor.start(part.name)
    deadline = time.monotonic() + READY_SECONDS
    for part in parts:
        try:
            wait_until(part.ready, deadline - time.monotonic(), gone=_given_up(supervisor, part))
        except TimeoutError as late:
            tail = log_tail(chosen.logs / f"{part.name}.log")
            raise LocalError(f"{part.name} did not become ready. The end of its log:\n{tail}") from late
        print(f"  {part.name} is ready", flush=True)


def _given_up(supervisor: Supervisor, part: Part) -> Callable[[], bool]:
    """Tell of a process that ends again and again; one failed try may be a slow neighbour's fault."""
    patient_until = time.monotonic() + PATIENCE_SECONDS

    def gone() -> bool:
        state = supervisor.states()[part.name]["statename"]
        return state == "FATAL" or (state == "BACKOFF" and time.monotonic() > patient_until)

    return gone


def _create_topics(chosen: Settings) -> None:
    servers = topology.kafka_servers(chosen)
    done = subprocess.run(
        [sys.executable, "-m", "shared.topics"],
        env=topology.inherited() | {"KAFKA_BOOTSTRAP_SERVERS": servers},
        cwd=settings.REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines() or ["no output"]
        raise LocalError(f"The topics could not be created on {servers}: {said[-1]}")


def _stop(chosen: Settings, supervisor: Supervisor) -> None:
    if not supervisor.runs():
        settings.forget_ports(chosen)
        return
    known = supervisor.states()
    for stage in reversed(_stages(chosen, only_infrastructure=False)):
        supervisor.stop(part.name for part in stage if part.name in known)
    supervisor.end()
    settings.forget_ports(chosen)


def _greet(chosen: Settings, *, only_infrastructure: bool) -> None:
    if only_infrastructure:
        servers, store = topology.kafka_servers(chosen), topology.mongodb_url(chosen)
        print(f"\nKafka {servers}   store {store}   mail in {chosen.mail / 'new'}")
        return
    person = credentials.ensure(chosen.secrets)
    print(
        f"\nVerbundwerk runs: {chosen.public_url}\n"
        f"  sign in as   {person.admin_email}\n"
        f"  password     {person.admin_password}\n"
        f"  mail         {chosen.mail / 'new'}\n"
        f"  logs         `make logs`, files in {chosen.logs}\n"
        f"  stop         `make stop`"
    )
