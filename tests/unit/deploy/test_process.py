"""A part is ready when the block begins and gone when it ends; a failed start says why."""

import sys
from functools import partial
from pathlib import Path

import pytest

from deploy.local.errors import LocalError
from deploy.local.parts import Part
from deploy.local.process import Running, log_tail, running, wait_until

SERVE = """
import pathlib, signal, sys
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
print("starting", flush=True)
pathlib.Path(sys.argv[1]).write_text("ready")
while True:
    signal.pause()
"""


def _serve(folder: Path) -> Part:
    flag = folder / "flag"
    return Part(
        name="server",
        command=(sys.executable, "-c", SERVE, str(flag)),
        ready=flag.exists,
        port=0,
        prepare=partial(flag.unlink, missing_ok=True),
    )


def test_it_runs_for_the_length_of_the_block(tmp_path: Path) -> None:
    with running(_serve(tmp_path), tmp_path / "log") as process:
        assert process.alive
    assert not process.alive


def test_after_a_kill_it_starts_again_as_another_process(tmp_path: Path) -> None:
    with running(_serve(tmp_path), tmp_path / "log") as process:
        killed = process.pid
        process.kill9()
        assert not process.alive
        process.start()
        assert process.pid != killed


def test_a_clean_stop_has_status_0(tmp_path: Path) -> None:
    with running(_serve(tmp_path), tmp_path / "log") as process:
        assert process.terminate() == 0


def test_a_paused_one_is_ended_too(tmp_path: Path) -> None:
    with running(_serve(tmp_path), tmp_path / "log") as process:
        process.pause()
    assert not process.alive


def test_one_that_ends_at_once_is_named_with_the_end_of_its_log(tmp_path: Path) -> None:
    broken = Part(
        "broken", (sys.executable, "-c", "raise SystemExit('no disk')"), ready=lambda: False, port=0
    )
    with (
        pytest.raises(LocalError, match=r"(?s)broken did not become ready.*no disk"),
        running(broken, tmp_path / "log"),
    ):
        pass


def test_one_that_is_never_ready_is_not_left_behind(tmp_path: Path) -> None:
    part = _serve(tmp_path)
    deaf = Running(Part("deaf", part.command, ready=lambda: False, port=0), tmp_path / "log")
    with pytest.raises(LocalError, match="deaf"):
        deaf.start(seconds=0)
    assert not deaf.alive


def test_waiting_ends_when_it_is_in_vain() -> None:
    with pytest.raises(TimeoutError):
        wait_until(lambda: False, 1000, gone=lambda: True)


def test_the_tail_of_a_missing_log_is_a_word(tmp_path: Path) -> None:
    assert log_tail(tmp_path / "none") == "(no log)"
