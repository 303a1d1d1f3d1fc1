"""The gates that are our own find what they are for."""

import subprocess
from pathlib import Path

import pytest

from tools import addresses, ceilings, lint, locks, wellformed

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "line",
    [
        "url = https://files.python" + "hosted.org/packages/x.whl",
        '"resolved": ' + '"https://registry.npm' + 'js.org/x"',
        "cd /" + "work/main",
        "open('/" + "home/me/x')",
    ],
)
def test_address_is_found(line: str) -> None:
    assert addresses.complaints("x", line)


@pytest.mark.parametrize(
    "line", ["xmlns=http://maven.apache.org/POM/4.0.0", "/api/work/v1", "var/home/x", "/app/shared"]
)
def test_other_text_is_no_address(line: str) -> None:
    assert addresses.complaints("x", line) == []


def body(statements: int) -> str:
    return "    x = 1\n" * statements


def test_function_is_too_long_from_the_41st_line_without_its_docstring() -> None:
    docstring = '    """Say what it does.\n\n    And more.\n    """\n'

    assert list(ceilings.too_long_functions(f"def f():\n{docstring}{body(40)}")) == []
    assert list(ceilings.too_long_functions(f"def f():\n{docstring}{body(41)}")) == [("f", 41)]


def test_functions_inside_count_for_themselves() -> None:
    inner = "    @route\n    def g():\n" + "        x = 1\n" * 38
    too_long_inside = "    def h():\n" + "        x = 1\n" * 41

    assert list(ceilings.too_long_functions(f"def f():\n{inner}{body(40)}")) == []
    assert list(ceilings.too_long_functions(f"def f():\n{too_long_inside}{body(1)}")) == [("h", 41)]


def test_file_is_too_long_from_the_301st_line() -> None:
    assert list(ceilings.too_long("x.ts", "\n" * 300)) == []
    assert [key for key, _ in ceilings.too_long("x.ts", "\n" * 301)] == ["x.ts"]


@pytest.mark.parametrize(("path", "text"), [("x.yaml", "a: [1"), ("x.toml", "a ="), ("x.json", "{'a': 1}")])
def test_file_that_does_not_parse_is_found(path: str, text: str) -> None:
    assert wellformed.complaint(path, text)


def test_yaml_with_tags_and_several_documents_parses() -> None:
    assert wellformed.complaint("x.yaml", "a: !custom 1\n---\nb: 2\n") is None


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("pyproject.toml", "requirements.txt", "requirements-dev.txt"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    monkeypatch.chdir(tmp_path)
    return tmp_path


def replace(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


def test_locks_of_this_repository_are_up_to_date(project: Path) -> None:
    assert locks.complaints() == []


def test_lock_is_refused_when_a_dependency_was_added(project: Path) -> None:
    replace(project / "pyproject.toml", "dependencies = [", 'dependencies = [\n    "left-pad",')

    assert [text.split(":")[0] for text in locks.complaints()] == ["requirements.txt", "requirements-dev.txt"]


def test_lock_is_refused_when_it_names_an_address_or_lacks_a_hash(project: Path) -> None:
    with (project / "requirements.txt").open("a") as lock:
        lock.write("--extra-index https://example.org\nleft-pad==1.0\n")

    assert {"names an address", "without a hash"} <= {text.split(": ")[1] for text in locks.complaints()}


def test_locks_are_refused_when_they_disagree(project: Path) -> None:
    version = locks.pins((project / "requirements.txt").read_text())["fastapi"]
    replace(project / "requirements.txt", f"fastapi=={version}", "fastapi==0.1")

    assert any(text.startswith("fastapi: 0.1") for text in locks.complaints())


def test_every_gate_is_documented() -> None:
    documented = (ROOT / "CONTRIBUTING.md").read_text("utf-8")

    for gate in lint.checks():
        assert gate in documented


def test_unknown_gate_is_refused() -> None:
    assert lint.main(["no-such-gate"]) == 2


def test_make_help_lists_every_target() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    phony = next(line for line in makefile.splitlines() if line.startswith(".PHONY:"))
    shown = subprocess.run(["make", "help"], cwd=ROOT, check=True, capture_output=True, text=True).stdout

    for target in phony.split()[1:]:
        assert f"make {target} " in shown
