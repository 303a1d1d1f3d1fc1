"""The Java half of the local runtime: jars by Maven and the compiled store, in a cache that clones share.

Nothing is fetched twice: the folders are named by the hash of what they were made from.
"""

import fcntl
import functools
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.local.errors import LocalError

HERE = Path(__file__).parent
POM = HERE / "pom.xml"
STORE_SOURCES = HERE / "store"
LOGGING = HERE / "log4j2.properties"
OLDEST_JAVA = 17  # Kafka 4 needs 17; the store uses pattern matching of 16 and records


@dataclass(frozen=True)
class Jars:
    """Where the jars and the compiled store lie on this machine."""

    java: str
    folder: Path
    store_classes: Path

    @property
    def kafka_classpath(self) -> str:
        """Class path of the broker and of its tools."""
        return f"{self.folder}/*"

    @property
    def store_classpath(self) -> str:
        """Class path of the document store."""
        return f"{self.store_classes}{os.pathsep}{self.folder}/*"


def cache_folder() -> Path:
    """Return the folder that clones share: VERBUNDWERK_CACHE, else a folder in the user's cache."""
    if chosen := os.environ.get("VERBUNDWERK_CACHE"):
        return Path(chosen)
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "verbundwerk"


def ensure() -> Jars:
    """Return the jars and the compiled store, fetching and compiling them on first use (about 10 s).

    Errors: LocalError when Java 17, its compiler or Maven is missing, or when the fetch fails.
    """
    java = _java()
    cache = cache_folder()
    cache.mkdir(parents=True, exist_ok=True)
    jars = cache / f"jars-{_hash([POM])}"
    classes = cache / f"store-{_hash([POM, *store_sources()])}"
    if not (jars.is_dir() and classes.is_dir()):
        with _alone(cache):
            if not jars.is_dir():
                _fetch(jars)
            if not classes.is_dir():
                _compile(jars, classes)
    return Jars(java=java, folder=jars, store_classes=classes)


def store_sources() -> list[Path]:
    """Return the Java files of the document store."""
    return sorted(STORE_SOURCES.glob("*.java"))


def _hash(files: list[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


@contextmanager
def _alone(cache: Path) -> Iterator[None]:
    """Hold the cache's lock, so that parallel test workers fetch once."""
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@functools.cache
def _java() -> str:
    java = tool("java", "a Java 17 JDK (Debian: openjdk-17-jdk-headless)")
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    version = java_version(said)
    if version < OLDEST_JAVA:
        raise LocalError(
            f"Java {OLDEST_JAVA} or newer is needed and {java} is {version}: "
            "install a newer JDK or set JAVA_HOME."
        )
    return java


def java_version(said: str) -> int:
    """Return the major version in the output of `java -version`, 0 if there is none (1.8 counts as 8)."""
    found = re.search(r'version "(?:1\.)?(\d+)', said)
    return int(found[1]) if found else 0


def tool(name: str, package: str) -> str:
    """Return the path of a command, JAVA_HOME's first. Errors: LocalError that names what to install."""
    home = os.environ.get("JAVA_HOME")
    beside = Path(home) / "bin" / name if home else None
    if beside and beside.is_file():
        return str(beside)
    found = shutil.which(name)
    if not found:
        raise LocalError(f"The command `{name}` is missing: install {package} and try again.")
    return found


def _fetch(target: Path) -> None:
    maven = tool("mvn", "Maven 3.8 or newer (Debian: maven)")
    goal = ["-q", "-B", "-f", str(POM), "dependency:copy-dependencies", "-DincludeScope=runtime"]
    with _made_whole(target) as folder:
        _run(
            [maven, *goal, f"-DoutputDirectory={folder}"],
            "Maven could not fetch the jars of Kafka and the store",
        )


def _compile(jars: Path, target: Path) -> None:
    compiler = tool("javac", "a Java 17 JDK, not only a JRE (Debian: openjdk-17-jdk-headless)")
    options = [
        "--release",
        str(OLDEST_JAVA),
        "-encoding",
        "UTF-8",
        "-cp",
        f"{jars}/*",
        "-Xlint:all,-processing,-serial",
    ]
    with _made_whole(target) as folder:
        files = [str(file) for file in store_sources()]
        _run([compiler, *options, "-d", str(folder), *files], "The document store does not compile")


def _run(command: list[str], trouble: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        said = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        reason = next(
            (line for line in said if "ERROR" in line or "error:" in line), said[-1] if said else "no output"
        )
        raise LocalError(f"{trouble}: {reason}")


@contextmanager
def _made_whole(target: Path) -> Iterator[Path]:
    """Give a folder beside the target that takes its place only when the block ends well."""
    folder = Path(tempfile.mkdtemp(prefix=f"{target.name}.", dir=target.parent))
    try:
        yield folder
        folder.rename(target)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
