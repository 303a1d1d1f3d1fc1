"""Each process is told what it needs, and no secret that is not its own."""

from pathlib import Path

import pytest

from deploy.local import credentials, settings, topology
from deploy.local.credentials import Credentials
from deploy.local.settings import Settings


@pytest.fixture
def made(tmp_path: Path) -> Credentials:
    return credentials.ensure(tmp_path / "secrets")


@pytest.fixture
def chosen(tmp_path: Path) -> Settings:
    return settings.load({"VERBUNDWERK_VAR": str(tmp_path)})


def test_there_is_a_process_per_service_role_and_courses_has_two_replicas(
    chosen: Settings, made: Credentials
) -> None:
    parts = topology.services(chosen, made)
    assert len(parts) == 9
    assert len({part.name for part in parts}) == len({part.port for part in parts}) == 9
    commands = [" ".join(part.command[1:]) for part in parts]
    assert commands.count("-m services.courses api") == 2


def test_only_membership_knows_the_signing_key_and_the_first_password(
    chosen: Settings, made: Credentials
) -> None:
    for part in topology.services(chosen, made):
        secret = {
            "SIGNING_KEY_FILE",
            "BOOTSTRAP_ADMIN_PASSWORD",
            "SERVICE_CLIENTS_FILE",
            "SECOND_FACTOR_KEY_FILE",
        }
        knows = secret & set(part.env)
        assert bool(knows) == part.name.startswith("membership")


@pytest.mark.parametrize("service", credentials.CLIENTS)
def test_a_service_gets_its_own_client_secret_only(chosen: Settings, made: Credentials, service: str) -> None:
    given = topology.environment(chosen, made, service, 1)
    others = {secret for name, secret in made.client_secrets.items() if name != service}
    assert given["SERVICE_CLIENT_SECRET"] == made.client_secrets[service]
    assert not others & set(given.values())


def test_services_have_a_database_each(chosen: Settings, made: Credentials) -> None:
    databases = {part.env["MONGODB_DATABASE"] for part in topology.services(chosen, made)}
    assert databases == {
        "verbund_membership",
        "verbund_courses",
        "verbund_notifications",
        "verbund_reporting",
    }


def test_outside_parts_are_used_and_not_started(tmp_path: Path, made: Credentials) -> None:
    given = {"KAFKA_BOOTSTRAP_SERVERS": "k:1", "MONGODB_URL": "mongodb://m", "SMTP_HOST": "s"}
    outside = settings.load({"VERBUNDWERK_VAR": str(tmp_path), **given})
    assert topology.infrastructure(outside) == []
    told = topology.environment(outside, made, "notifications", 1)
    assert (told["KAFKA_BOOTSTRAP_SERVERS"], told["MONGODB_URL"]) == ("k:1", "mongodb://m")
    assert "SMTP_HOST" not in told  # inherited, with its user and password


def test_the_gateway_knows_every_replica_and_listens_on_this_machine_only(chosen: Settings) -> None:
    env = topology.gateway(chosen).env
    assert env["COURSES_UPSTREAMS"] == "127.0.0.1:8002 127.0.0.1:8012"
    assert env["GATEWAY_BIND"] == "127.0.0.1"


def test_the_gateways_file_reads_the_variables_that_it_is_given(chosen: Settings) -> None:
    text = topology.CADDYFILE.read_text(encoding="utf-8")
    own = [name for name in topology.gateway(chosen).env if not name.startswith("XDG_")]
    assert [name for name in own if f"{{${name}:" not in text] == []
