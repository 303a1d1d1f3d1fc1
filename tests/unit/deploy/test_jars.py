"""What is missing on the machine is said in one sentence; the cache is shared by content."""

from pathlib import Path

import pytest

from deploy.local import jars
from deploy.local.errors import LocalError


@pytest.mark.parametrize(
    ("said", "version"),
    [
        ('openjdk version "17.0.15" 2025-04-15', 17),
        ('java version "1.8.0_392"', 8),
        ('openjdk version "25" 2025-09-16', 25),
        ("command not understood", 0),
    ],
)
def test_the_java_version_is_read(said: str, version: int) -> None:
    assert jars.java_version(said) == version


def test_a_missing_tool_is_named_with_the_package_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(LocalError, match=r"`mvn` is missing: install Maven"):
        jars.tool("mvn", "Maven")


def test_java_home_wins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    own = tmp_path / "bin" / "java"
    own.touch()
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert jars.tool("java", "a JDK") == str(own)


def test_the_cache_follows_the_users_choice(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv("VERBUNDWERK_CACHE", raising=False)
    assert jars.cache_folder() == tmp_path / "verbundwerk"
    monkeypatch.setenv("VERBUNDWERK_CACHE", str(tmp_path / "mine"))
    assert jars.cache_folder() == tmp_path / "mine"
