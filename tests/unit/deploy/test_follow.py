"""Logs of all processes come as one stream, and none of a line is lost over a rotation."""

from pathlib import Path

from deploy.local.follow import LogFile, follow


def test_the_last_lines_of_each_log_carry_their_name(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text("1\n2\n3\n", encoding="utf-8")
    (tmp_path / "long.log").write_text("x\n", encoding="utf-8")
    lines = list(follow(tmp_path, ["a", "long", "missing"], lines=2, forever=False))
    assert lines == ["a       | 2", "a       | 3", "long    | x"]


def test_a_half_line_waits_for_its_end(tmp_path: Path) -> None:
    file = tmp_path / "a.log"
    file.write_text("", encoding="utf-8")
    log = LogFile(file, lines=0)
    with file.open("a", encoding="utf-8") as out:
        out.write("hal")
        out.flush()
        assert list(log.new_lines()) == []
        out.write("f\n")
    assert list(log.new_lines()) == ["half"]
    log.close()


def test_a_rotated_log_is_read_to_its_end_and_then_the_new_one(tmp_path: Path) -> None:
    file = tmp_path / "a.log"
    file.write_text("old\n", encoding="utf-8")
    log = LogFile(file, lines=0)
    with file.open("a", encoding="utf-8") as out:
        out.write("last\n")
    file.rename(tmp_path / "a.log.1")
    file.write_text("first\n", encoding="utf-8")
    assert [*log.new_lines(), *log.new_lines()] == ["last", "first"]
    log.close()
