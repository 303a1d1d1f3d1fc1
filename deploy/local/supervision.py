"""Process control by supervisord: its configuration from our parts, and the calls to it."""

import contextlib
import hashlib
import http.client
import os
import shlex
import signal
import subprocess
import sys
import tempfile
import xmlrpc.client
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, cast

import psutil
from supervisor.xmlrpc import SupervisorTransport

from deploy.local.errors import LocalError
from deploy.local.parts import Part
from deploy.local.process import wait_until
from deploy.local.settings import REPOSITORY, Settings

LONGEST_SOCKET_PATH = 100  # the kernel's limit is 107
MARK = "VERBUNDWERK_VAR"

DAEMON = """\
; Written by deploy/local at each start: change the settings (docs/runbook), not this file.
[unix_http_server]
file = {socket}
chmod = 0700

[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface

[supervisord]
directory = {directory}
logfile = {logs}/supervisord.log
logfile_maxbytes = 5MB
logfile_backups = 1
pidfile = {run}/supervisord.pid
childlogdir = {logs}
"""

PROGRAM = """
[program:{name}]
command = {command}
environment = {environment}
autostart = false
autorestart = true
startsecs = 1
; Tries 1, 2, 3 … s apart: a process that cannot start gets back in by itself when the cause is gone.
startretries = 100
stopwaitsecs = {stop_seconds}
stopasgroup = true
killasgroup = true
redirect_stderr = true
stdout_logfile = {logs}/{name}.log
stdout_logfile_maxbytes = 10MB
stdout_logfile_backups = 3
"""


def configuration(settings: Settings, parts: Iterable[Part]) -> str:
    """Return supervisord's configuration. Errors: LocalError for a value that it cannot hold."""
    daemon = DAEMON.format(
        socket=_escaped(str(socket_file(settings))),
        directory=_escaped(str(REPOSITORY)),
        logs=_escaped(str(settings.logs)),
        run=_escaped(str(settings.run)),
    )
    return daemon + "".join(_program(settings, part) for part in parts)


def _program(settings: Settings, part: Part) -> str:
    env = {**part.env, MARK: str(settings.var), "PYTHONUNBUFFERED": "1"}
    return PROGRAM.format(
        name=part.name,
        command=_escaped(shlex.join(part.command)),
        environment=",".join(f'{key}="{_value(key, value)}"' for key, value in env.items()),
        stop_seconds=part.stop_seconds,
        logs=_escaped(str(settings.logs)),
    )


def _value(key: str, value: str) -> str:
    if '"' in value or "\n" in value:
        raise LocalError(f"{key} has a quotation mark or a line break in it, which cannot be passed on.")
    return _escaped(value)


def _escaped(value: str) -> str:
    return value.replace("%", "%%")


def socket_file(settings: Settings) -> Path:
    """Return where supervisord listens: in the run folder, or under a short name if that path is too long."""
    file = settings.run / "supervisord.sock"
    if len(str(file)) <= LONGEST_SOCKET_PATH:
        return file
    short = hashlib.sha256(str(file).encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"verbundwerk-{os.getuid()}-{short}.sock"


class Supervisor:
    """The supervisord of one local runtime."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._config = settings.run / "supervisord.conf"

    @property
    def _calls(self) -> Any:
        """The server's calls on a new connection: the transport cannot use one again that failed once."""
        transport = SupervisorTransport(None, None, f"unix://{socket_file(self._settings)}")
        # The address is never used: the transport goes to the socket.
        return cast("Any", xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport)).supervisor

    def runs(self) -> bool:
        """Tell whether it runs and answers."""
        try:
            self._calls.getPID()
        except (OSError, http.client.HTTPException, xmlrpc.client.Error):
            return False
        return True

    def begin(self, parts: Iterable[Part]) -> None:
        """Write the configuration and start supervisord with all processes stopped."""
        for folder in (self._settings.run, self._settings.logs, self._settings.data):
            folder.mkdir(parents=True, exist_ok=True)
        self._config.touch(mode=0o600)
        self._config.write_text(configuration(self._settings, parts), encoding="utf-8")
        command = [sys.executable, "-m", "supervisor.supervisord", "-c", str(self._config)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=REPOSITORY)
        if done.returncode:
            raise LocalError(f"The process control did not start: {(done.stderr or done.stdout).strip()}")
        try:
            wait_until(self.runs, 20)
        except TimeoutError as late:
            raise LocalError("The process control started but does not answer.") from late

    def states(self) -> Mapping[str, Mapping[str, Any]]:
        """Return what supervisord knows of each process: statename, pid, start, now (seconds since 1970)."""
        return {info["name"]: info for info in self._calls.getAllProcessInfo()}

    def start(self, name: str) -> None:
        """Start one process without waiting; fine if it runs already."""
        with contextlib.suppress(xmlrpc.client.Fault):
            self._calls.startProcess(name, False)

    def stop(self, names: Iterable[str], seconds: float = 60) -> None:
        """Stop processes together and return when all have ended (each is killed after its own stop time)."""
        wanted = set(names)
        for name in wanted:
            with contextlib.suppress(xmlrpc.client.Fault):
                self._calls.stopProcess(name, False)
        ended = {"STOPPED", "EXITED", "FATAL"}
        wait_until(lambda: all(self.states()[name]["statename"] in ended for name in wanted), seconds)

    def end(self) -> None:
        """Stop supervisord itself and return when it is gone."""
        pid = int(self._calls.getPID())
        self._calls.shutdown()
        wait_until(lambda: not psutil.pid_exists(pid), 60)
        socket_file(self._settings).unlink(missing_ok=True)


def end_orphans(settings: Settings) -> list[str]:
    """End processes of this runtime that lost their supervisord (it was killed); return their ids."""
    mine = [process for process in psutil.process_iter() if _marked(process, settings)]
    for process in mine:
        with contextlib.suppress(psutil.Error):
            process.send_signal(signal.SIGTERM)
    _, left = psutil.wait_procs(mine, timeout=25)
    for process in left:
        with contextlib.suppress(psutil.Error):
            process.kill()
    return [str(process.pid) for process in mine]


def _marked(process: psutil.Process, settings: Settings) -> bool:
    """Ours by the mark in its environment; never the caller, which may have been given the same variable."""
    try:
        known = process.environ().get("SUPERVISOR_PROCESS_NAME") and process.environ().get(MARK) == str(
            settings.var
        )
    except psutil.Error:
        return False
    return bool(known) and process.pid != os.getpid()
