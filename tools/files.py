"""Which files the gates look at."""

import subprocess
from pathlib import Path


def tracked() -> list[str]:
    """Return every file of the work tree that git tracks or would track, sorted."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        check=True,
        capture_output=True,
        text=True,
    )
    return sorted({path for path in listed.stdout.split("\0") if path and Path(path).is_file()})
