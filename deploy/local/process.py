"""Start a part, wait until it is ready, and hurt it: what fixtures and fault tests need."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from deploy.local.errors import LocalError
from deploy.local.parts import Part

READY_SECONDS = 60.0
TAIL_LINES = 15


class Running:
    """A part that runs in a process group of its own."""

    def __init__(self, part: Part, log_file: Path) -> None:
        self.part = part
        self.log_file = log_file
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Process id. Errors: LocalError if it was never started."""
        if self._process is None:
            raise LocalError(f"{self.part.name} was not started.")
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the process runs (a paused one does)."""
        return self._process is not None and self._process.poll() is None

    def start(self, seconds: float = READY_SECONDS) -> None:
        """Start the process and return when it is ready.

        Errors: LocalError with the end of its log when it ends or is not ready after `seconds`; nothing runs.
        """
        self.part.prepare()
        self.log_file.parent.mkdir(parents=True, exist_ok=True)
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(
                self.part.command,
                env={**os.environ, **self.part.env},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            wait_until(self.part.ready, seconds, gone=lambda: not self.alive)
        except TimeoutError as late:
            self.kill9()
            tail = log_tail(self.log_file)
            raise LocalError(f"{self.part.name} did not become ready within {seconds:g} s.\n{tail}") from late

    def kill9(self) -> None:
        """End the whole process group at once, as a crash would; fine if it has ended."""
        self._signal(signal.SIGKILL)
        if self._process is not None:
            self._process.wait()

    def terminate(self, seconds: float | None = None) -> int:
        """Ask the process to stop, kill it after `seconds` (default: the part's), return its exit status."""
        self._signal(signal.SIGTERM)
        if self._process is None:
            return 0
        try:
            return self._process.wait(self.part.stop_seconds if seconds is None else seconds)
        except subprocess.TimeoutExpired:
            self.kill9()
            return -signal.SIGKILL

    def restart(self, seconds: float = READY_SECONDS) -> None:
        """Stop (if it runs) and start again on the same data and port."""
        self.terminate()
        self.start(seconds)

    def pause(self) -> None:
        """Stop the process where it is, as a long collection pause or a swapped-out machine would."""
        self._signal(signal.SIGSTOP)

    def reload(self) -> None:
        """Send SIGUSR1, at which the gateway reads its configuration anew."""
        self._signal(signal.SIGUSR1)

    def resume(self) -> None:
        """Let a paused process go on."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        if self.alive:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, number)


@contextlib.contextmanager
def running(part: Part, log_file: Path, *, seconds: float = READY_SECONDS) -> Iterator[Running]:
    """Run a part for the length of a block: ready when the block begins, gone when it ends."""
    process = Running(part, log_file)
    process.start(seconds)
    try:
        yield process
    finally:
        process.resume()
        process.terminate()


def wait_until(
    ready: Callable[[], bool], seconds: float, *, gone: Callable[[], bool] = lambda: False
) -> None:
    """Return when `ready` says so. Errors: TimeoutError after `seconds`, or as soon as it is `gone`."""
    deadline = time.monotonic() + seconds
    while not ready():
        if gone() or time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.05)


def log_tail(file: Path, lines: int = TAIL_LINES) -> str:
    """Return the last lines of a log, or a word that there is none."""
    if not file.exists():
        return "(no log)"
    return (
        "\n".join(file.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
        or "(the log is empty)"
    )
