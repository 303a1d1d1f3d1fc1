"""Write the locks, or check offline that they belong to pyproject.toml.

`requirements.txt` pins what a service needs, `requirements-dev.txt` what the repository needs. Both carry hashes and no
address of a registry, so that any mirror can serve them. The first line of each is a fingerprint of the
dependencies in pyproject.toml that it was made from.
"""

import hashlib
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

RUNTIME = Path("requirements.txt")
DEV = Path("requirements-dev.txt")
PIN = re.compile(r"^(?P<name>[a-z0-9][a-z0-9._-]*)==(?P<version>[^ ;\\]+)", re.MULTILINE)


def fingerprint(lock: Path) -> str:
    """Return the first line that the lock must have."""
    config = tomllib.loads(Path("pyproject.toml").read_text("utf-8"))
    inputs = [config["project"]["requires-python"], sorted(config["project"]["dependencies"])]
    if lock == DEV:
        inputs.append(config["dependency-groups"])
    digest = hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()
    return f"# made by `make lock` from pyproject.toml, dependencies {digest[:16]}"


def pins(text: str) -> dict[str, str]:
    """Return name -> version of a lock."""
    return {match["name"]: match["version"] for match in PIN.finditer(text)}


def complaints() -> list[str]:
    """Return what is wrong with the locks, without asking a registry."""
    texts = {lock: lock.read_text("utf-8") for lock in (RUNTIME, DEV)}
    found = []
    for lock, text in texts.items():
        if text.split("\n", 1)[0] != fingerprint(lock):
            found.append(f"{lock}: made from other dependencies than pyproject.toml has; run `make lock`")
        if "://" in text:
            found.append(f"{lock}: names an address")
        if unhashed := [line for line in text.splitlines() if "==" in line and not line.endswith("\\")]:
            found.append(f"{lock}: without a hash: {unhashed[0]}")
    runtime, dev = pins(texts[RUNTIME]), pins(texts[DEV])
    found += [
        f"{name}: {version} in {RUNTIME}, {dev.get(name)} in {DEV}; run `make lock`"
        for name, version in runtime.items()
        if dev.get(name) != version
    ]
    return found


def write(*, upgrade: bool) -> None:
    """Resolve both locks with uv; versions stay as they are where they still fit, unless `upgrade`."""
    compile_lock = [".tools/bin/uv", "pip", "compile", "--quiet", "--universal", "--generate-hashes"]
    compile_lock += ["--no-header", "--no-annotate", *(["--upgrade"] if upgrade else [])]
    for lock, source in (
        (RUNTIME, ["pyproject.toml"]),
        (DEV, ["pyproject.toml", "--group", "dev", "--constraint", str(RUNTIME)]),
    ):
        subprocess.run([*compile_lock, *source, "--output-file", str(lock)], check=True)
        lock.write_text(f"{fingerprint(lock)}\n{lock.read_text('utf-8')}", "utf-8")


def main(arguments: list[str]) -> int:
    """`write [--upgrade]` or, without arguments, the check."""
    if arguments[:1] == ["write"]:
        write(upgrade="--upgrade" in arguments)
        return 0
    found = complaints()
    print(*found, sep="\n", end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
