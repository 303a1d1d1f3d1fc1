"""The whole system in processes of its own on free ports, with the demo's story told once."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local import credentials
from deploy.local.settings import load
from tools.storystate import load_state
from tools.walkthrough import Demo


class System:
    """The running system and the story's people in it."""

    def __init__(self, var: Path, **more: str) -> None:
        self._var = var
        self.environment = {
            **os.environ,
            "VERBUNDWERK_VAR": str(var),
            "VERBUNDWERK_PORTS": "free",
            # These tests hammer from one address, as nobody else should.
            "RATE_PER_CLIENT": "0",
            "RATE_PER_PERSON": "0",
            **more,
        }
        self._start()

    def _start(self) -> None:
        run(self.environment, "up")
        self.settings = load(self.environment)
        admin = credentials.ensure(self.settings.secrets)
        self.demo = Demo(self.settings.public_url, load_state(self._var), admin)

    def stop(self) -> None:
        """Stop every process; the data stays."""
        self.demo.close()
        run(self.environment, "down")

    def restart(self) -> None:
        """Stop every process and start all anew, on other ports and the same data."""
        self.stop()
        self._start()

    def pids(self, name: str) -> list[int]:
        """Return the process ids of one part, by its command line's environment."""
        found = []
        for folder in Path("/proc").iterdir():
            try:
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                environ = (folder / "environ").read_bytes().decode(errors="replace")
            except OSError:
                continue
            if name in command and self.environment["VERBUNDWERK_VAR"] in environ:
                found.append(int(folder.name))
        return found


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """Start everything, stop everything."""
    started = System(tmp_path_factory.mktemp("system") / "var")
    try:
        yield started
    finally:
        started.stop()


def run(environment: dict[str, str], command: str) -> None:
    """Call the launcher. Errors: AssertionError with what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "deploy.local", command],
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
