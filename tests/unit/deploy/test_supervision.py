"""The process control's configuration says what our parts say, whatever characters they have."""

import configparser
from pathlib import Path

import pytest

from deploy.local import settings, supervision
from deploy.local.errors import LocalError
from deploy.local.parts import Part
from deploy.local.settings import Settings


@pytest.fixture
def chosen(tmp_path: Path) -> Settings:
    return settings.load({"VERBUNDWERK_VAR": str(tmp_path)})


def _part(**env: str) -> Part:
    return Part("one", ("run", "a b", "100%"), ready=lambda: True, port=1, env=env, stop_seconds=7)


def _read(chosen: Settings, part: Part) -> configparser.SectionProxy:
    parser = configparser.ConfigParser()
    parser.read_string(supervision.configuration(chosen, [part]))
    return parser["program:one"]


def test_a_process_is_restarted_when_it_ends_but_started_only_when_told(chosen: Settings) -> None:
    program = _read(chosen, _part())
    assert (program["autostart"], program["autorestart"], program["stopwaitsecs"]) == ("false", "true", "7")


def test_blanks_and_percent_signs_survive(chosen: Settings) -> None:
    program = _read(chosen, _part(URL="http://x/%20"))
    assert program["command"] == "run 'a b' 100%"
    assert 'URL="http://x/%20"' in program["environment"]


@pytest.mark.parametrize("value", ['say "x"', "two\nlines"])
def test_a_value_that_cannot_be_passed_on_is_refused_by_name(chosen: Settings, value: str) -> None:
    with pytest.raises(LocalError, match="SECRET"):
        supervision.configuration(chosen, [_part(SECRET=value)])


def test_the_socket_of_a_deep_folder_has_a_short_name(tmp_path: Path) -> None:
    deep = settings.load({"VERBUNDWERK_VAR": str(tmp_path / ("x" * 120))})
    assert len(str(supervision.socket_file(deep))) <= supervision.LONGEST_SOCKET_PATH
    assert supervision.socket_file(deep) == supervision.socket_file(deep)
