"""Ports, folders and outside parts come from the environment; a running instance's ports from its record."""

from pathlib import Path

import pytest

from deploy.local import settings
from deploy.local.errors import LocalError


def test_without_variables_everything_has_its_default(tmp_path: Path) -> None:
    chosen = settings.load({"VERBUNDWERK_VAR": str(tmp_path)})
    assert chosen.ports == settings.PORTS
    assert chosen.public_url == "http://127.0.0.1:8080"
    assert (chosen.kafka_servers, chosen.mongodb_url, chosen.smtp_host) == (None, None, None)


def test_all_data_lies_in_the_repositorys_var_folder_unless_told_otherwise(tmp_path: Path) -> None:
    assert settings.load({}).var == settings.REPOSITORY / "var"
    other = settings.load({"VERBUNDWERK_VAR": str(tmp_path)})
    assert {folder.parent for folder in (other.data, other.logs, other.run, other.secrets, other.mail)} == {
        tmp_path
    }


def test_one_port_can_be_changed(tmp_path: Path) -> None:
    chosen = settings.load({"VERBUNDWERK_VAR": str(tmp_path), "VERBUNDWERK_PORT_COURSES_2": "9999"})
    assert chosen.ports == settings.PORTS | {"courses-2": 9999}


@pytest.mark.parametrize("text", ["0", "65536", "-1", "http", "80 80"])
def test_what_is_no_port_is_refused_by_its_variables_name(tmp_path: Path, text: str) -> None:
    with pytest.raises(LocalError, match="VERBUNDWERK_PORT_KAFKA"):
        settings.load({"VERBUNDWERK_VAR": str(tmp_path), "VERBUNDWERK_PORT_KAFKA": text})


def test_the_ports_of_a_running_instance_win_until_it_stops(tmp_path: Path) -> None:
    environment = {"VERBUNDWERK_VAR": str(tmp_path), "VERBUNDWERK_PORT_STORE": "5555"}
    settings.save_ports(settings.load(environment))
    environment["VERBUNDWERK_PORT_STORE"] = "6666"
    running = settings.load(environment)
    assert running.ports["store"] == 5555
    settings.forget_ports(running)
    assert settings.load(environment).ports["store"] == 6666


def test_outside_parts_are_taken_over(tmp_path: Path) -> None:
    given = {"KAFKA_BOOTSTRAP_SERVERS": "k:1", "MONGODB_URL": "mongodb://m", "SMTP_HOST": "s"}
    chosen = settings.load({"VERBUNDWERK_VAR": str(tmp_path), **given})
    assert (chosen.kafka_servers, chosen.mongodb_url, chosen.smtp_host) == ("k:1", "mongodb://m", "s")
