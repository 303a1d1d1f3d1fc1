"""Make the keys and passwords of the containers once: `python -m deploy.compose.make_secrets <folder>`.

The folder has one subfolder per service, each a volume of its own, so that a service sees only what is its.
"""

import os
import sys
from pathlib import Path

from deploy.local import credentials


def make(folder: Path) -> None:
    """Make what is missing; what is there stays, so that running it again changes nothing."""
    made = credentials.ensure(folder / "membership")
    keep(folder / "membership" / "admin_password", made.admin_password)
    credentials.offers_key(folder / "courses")  # nobody else's business
    for service, secret in made.client_secrets.items():
        keep(folder / service / "client_secret", secret)


def keep(file: Path, content: str) -> None:
    """Write the file unless it is there, readable by its owner only from its first moment."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not file.exists():
        with os.fdopen(
            os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
        ) as out:
            out.write(content)


if __name__ == "__main__":
    make(Path(sys.argv[1]))
