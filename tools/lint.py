"""Run every static gate side by side; print one line each, and the output of those that fail.

`python -m tools.lint [NAME ...]` runs the named ones only.
"""

import asyncio
import os
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from tools.files import tracked

BIN = Path(sys.executable).parent
PACKAGES = ("services", "shared", "deploy", "tools", "bench", "tests")
# Hashes in locks look like secrets to an entropy detector; so do the integrity lines of an npm lock.
NO_SECRETS_IN = r"^(requirements.*\.txt|.*package-lock\.json|LICENSE)$"


def tool(name: str, *arguments: str) -> list[str]:
    """Return the command line of a tool in the project's environment."""
    return [str(BIN / name), *arguments]


def own(name: str) -> list[str]:
    """Return the command line of a gate of this package."""
    return [sys.executable, "-m", f"tools.{name}"]


def secrets(files: Iterable[str], *options: str) -> list[str]:
    """Return the command line that looks for keys and passwords."""
    return tool("detect-secrets-hook", "--no-verify", "--exclude-files", NO_SECRETS_IN, *options, *files)


def checks() -> dict[str, list[str]]:
    """Return name -> command line, the slow ones first."""
    files = tracked()
    python = [path for path in files if path.endswith(".py")]
    present = [package for package in PACKAGES if any(path.startswith(f"{package}/") for path in python)]
    return {
        "mypy": tool("mypy", *present),
        "duplicates": tool("pylint", "--disable=all", "--enable=duplicate-code", *present[:-1]),
        "secrets": secrets(path for path in files if not path.startswith("tests/")),
        # Tests hold made-up passwords; keys and tokens are looked for all the same.
        "test-secrets": secrets(
            (path for path in files if path.startswith("tests/")), "--disable-plugin", "KeywordDetector"
        ),
        "web": ["tools/npm", "run", "--silent", "lint"],
        "imports": tool("lint-imports", "--no-cache", "--no-logo"),
        "dependencies": tool("deptry", "services", "shared", "--no-ansi"),
        "ruff": tool("ruff", "check", "--quiet", "."),
        "format": tool("ruff", "format", "--check", "--quiet", "--diff", "."),
        "spelling": tool("typos", "--force-exclude"),
        "ceilings": own("ceilings"),
        "addresses": own("addresses"),
        "wellformed": own("wellformed"),
        "locks": own("locks"),
    }


async def run(name: str, command: Sequence[str], turn: asyncio.Semaphore) -> bool:
    """Run one gate when its turn comes and print how it went; return whether it passed."""
    async with turn:
        started = time.monotonic()
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        try:
            output, _ = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
    passed = process.returncode == 0
    print(f"{name:<14}{'ok' if passed else 'FAILED':<8}{time.monotonic() - started:5.1f} s", flush=True)
    if not passed:
        print(output.decode(errors="replace").rstrip(), flush=True)
    return passed


async def run_all(chosen: dict[str, list[str]]) -> int:
    """Run the gates, as many at once as there are cores; return the exit status."""
    turn = asyncio.Semaphore(os.process_cpu_count() or 1)
    passed = await asyncio.gather(*(run(name, command, turn) for name, command in chosen.items()))
    return 0 if all(passed) else 1


def main(names: Sequence[str]) -> int:
    """Run the named gates, or all; 2 when a name is unknown."""
    known = checks()
    if unknown := [name for name in names if name not in known]:
        print(f"no such gate: {', '.join(unknown)}; there are: {', '.join(known)}")
        return 2
    return asyncio.run(run_all({name: known[name] for name in names or known}))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
