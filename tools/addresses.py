"""Refuse addresses of package registries and paths of one machine in files of the repository.

A registry's address makes the build depend on one mirror; a machine's path works on that machine only.
"""

import re
import sys
from pathlib import Path

from tools.files import tracked

REGISTRIES = re.compile(
    r"pypi\.org|pythonhosted\.org|registry\.(npmjs\.org|yarnpkg\.com)|repo1?\.maven\.(apache\.)?org|maven\.google\.com"
    r"|search\.maven\.org|proxy\.golang\.org|sum\.golang\.org|(static|index)\.crates\.io|deb\.debian\.org|security\.debian\.org"
    r'|index-url\s*=?\s*"?http|"resolved":\s*"http|[-]-find-links',
)
MACHINE_PATHS = re.compile(r"(?<![\w.}/$-])/(work|root|home|Users)/\w")


def complaints(path: str, text: str) -> list[str]:
    """Return one complaint per line that names a registry or a machine's path."""
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        for kind, pattern in (("a registry address", REGISTRIES), ("a machine path", MACHINE_PATHS)):
            if match := pattern.search(line):
                found.append(f"{path}:{number}: {kind}: {match.group()}")
    return found


def main() -> int:
    """Print each place; binary files are left out."""
    found: list[str] = []
    for path in tracked():
        try:
            found += complaints(path, Path(path).read_text("utf-8"))
        except UnicodeDecodeError:
            continue
    print(*found, sep="\n", end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
