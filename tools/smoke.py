"""`make smoke`: the whole system on fresh data and free ports, start to stop, with the demo in between."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path


def main() -> int:
    """Start, play the story, stop. Returns the exit status."""
    with tempfile.TemporaryDirectory(prefix="verbundwerk-") as folder:
        environment = {
            **os.environ,
            "VERBUNDWERK_VAR": str(Path(folder) / "var"),
            "VERBUNDWERK_PORTS": "free",
        }

        def run(*arguments: str) -> int:
            return subprocess.run([sys.executable, "-m", *arguments], env=environment, check=False).returncode

        status = run("deploy.local", "up")
        if status == 0:
            status = run("tools.demo")
        return run("deploy.local", "down") or status


if __name__ == "__main__":
    sys.exit(main())
