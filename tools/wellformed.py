"""Parse every YAML, TOML and JSON file; a file that does not parse fails the gate."""

import json
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import yaml

from tools.files import tracked


def parse_yaml(text: str) -> None:
    """Parse all documents of a YAML file, unknown tags included, without building objects."""
    for _ in yaml.compose_all(text, Loader=yaml.SafeLoader):
        pass


PARSERS: dict[str, Callable[[str], object]] = {
    ".yaml": parse_yaml,
    ".yml": parse_yaml,
    ".toml": tomllib.loads,
    ".json": json.loads,
}


def complaint(path: str, text: str) -> str | None:
    """Return why the file is not well-formed, or None."""
    try:
        PARSERS[Path(path).suffix](text)
    except (yaml.YAMLError, ValueError) as error:
        return f"{path}: {error}"
    return None


def main() -> int:
    """Print each file that does not parse."""
    paths = [path for path in tracked() if Path(path).suffix in PARSERS]
    found = [text for path in paths if (text := complaint(path, Path(path).read_text("utf-8")))]
    print(*found, sep="\n", end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
