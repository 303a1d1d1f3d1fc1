"""docker-compose.yml starts the same system as the local runtime, and starts it safely."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.compose import make_secrets
from deploy.local.topology import SERVICES
from shared.settings import Settings

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
PARTS: dict[str, dict[str, Any]] = COMPOSE["services"]
ONE_SHOT = {name for name, part in PARTS.items() if part["restart"] == "no"}
PROCESSES = [name for name, *_ in SERVICES]
# Settings that one service adds to the common ones, as its README documents them.
OWN_SETTINGS: dict[str, set[str]] = {
    "membership": {
        "signing_key_file",
        "service_clients_file",
        "bootstrap_admin_email",
        "bootstrap_admin_password",
    },
    "courses": set(),
    "notifications": {"smtp_host", "smtp_port", "mail_from"},
    "reporting": set(),
}


def docker_compose() -> list[str] | None:
    docker = shutil.which("docker")
    if (
        docker
        and subprocess.run([docker, "compose", "version"], capture_output=True, check=False).returncode == 0
    ):
        return [docker, "compose"]
    return None


@pytest.mark.skipif(docker_compose() is None, reason="docker compose is not on this machine")
def test_docker_takes_the_file() -> None:
    command = docker_compose() or []
    subprocess.run([*command, "config", "--quiet"], cwd=ROOT, check=True)


def test_it_runs_the_processes_of_the_local_runtime() -> None:
    found = {
        name: (part["command"][2], part["command"][3])
        for name, part in PARTS.items()
        if part["image"].startswith("verbundwerk/") and name not in ONE_SHOT
    }
    assert found == {name: (f"services.{service}", role) for name, service, role, _ in SERVICES}


@pytest.mark.parametrize("name", PARTS)
def test_every_part_is_pinned_bounded_and_on_the_network(name: str) -> None:
    part = PARTS[name]

    assert re.search(r":v?\d+\.\d+", part["image"])
    assert {"cpus", "memory"} <= part["deploy"]["resources"]["limits"].keys()
    assert "verbundwerk" in part["networks"]


@pytest.mark.parametrize("name", PARTS.keys() - ONE_SHOT)
def test_everything_that_stays_up_says_whether_it_is_healthy(name: str) -> None:
    assert PARTS[name]["healthcheck"]["test"]
    assert PARTS[name]["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", PROCESSES)
def test_service_process_has_no_rights_that_it_does_not_need(name: str) -> None:
    part = PARTS[name]

    assert part["read_only"] is True
    assert part["cap_drop"] == ["ALL"]
    assert part["security_opt"] == ["no-new-privileges:true"]
    assert "ports" not in part
    assert all(volume.endswith(":ro") for volume in part["volumes"])


@pytest.mark.parametrize(("name", "service"), [(name, service) for name, service, *_ in SERVICES])
def test_environment_names_only_settings(name: str, service: str) -> None:
    # The image's entrypoint turns these X_FILE into X.
    read_by_entrypoint = {"service_client_secret_file", "bootstrap_admin_password_file"}
    names = {
        name.removesuffix("_file") if name in read_by_entrypoint else name
        for name in map(str.lower, PARTS[name]["environment"])
    }

    assert names <= Settings.model_fields.keys() | OWN_SETTINGS[service]


@pytest.mark.parametrize("name", PARTS)
def test_it_waits_only_for_what_can_come(name: str) -> None:
    for other, wait in PARTS[name].get("depends_on", {}).items():
        expected = "service_completed_successfully" if other in ONE_SHOT else "service_healthy"
        assert wait["condition"] == expected


def test_gateway_gets_the_variables_of_its_configuration() -> None:
    configuration = (ROOT / "deploy/gateway/Caddyfile").read_text("utf-8")
    wanted = set(re.findall(r"\{\$([A-Z_]+)", configuration))

    assert PARTS["gateway"]["environment"].keys() <= wanted
    upstreams = " ".join(
        PARTS["gateway"]["environment"][name] for name in wanted if name.endswith("UPSTREAMS")
    )
    apis = {name for name, _, role, _ in SERVICES if role == "api"}
    assert {upstream.removesuffix(":8000") for upstream in upstreams.split()} == apis


def test_only_loopback_is_published() -> None:
    published = [port for part in PARTS.values() for port in part.get("ports", ())]

    assert published
    assert all(port.startswith("127.0.0.1:") for port in published)


def test_secrets_are_made_once_and_each_service_gets_its_own(tmp_path: Path) -> None:
    make_secrets.make(tmp_path)
    first = {path.relative_to(tmp_path): path.read_text() for path in tmp_path.rglob("*") if path.is_file()}
    make_secrets.make(tmp_path)
    again = {path.relative_to(tmp_path): path.read_text() for path in tmp_path.rglob("*") if path.is_file()}

    assert first == again
    assert {str(path) for path in first if path.parts[0] != "membership"} == {
        "courses/client_secret",
        "notifications/client_secret",
        "reporting/client_secret",
    }
    assert all(path.stat().st_mode & 0o077 == 0 for path in tmp_path.rglob("*"))


def test_image_copies_only_what_its_context_has() -> None:
    dockerfile = (ROOT / "deploy/images/Dockerfile").read_text("utf-8")
    sources = [
        source
        for line in dockerfile.splitlines()
        if line.startswith("COPY ") and "--from" not in line
        for source in line.split()[1:-1]
    ]
    allowed = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]

    assert sources
    for source in sources:
        assert (ROOT / source).exists()
        assert any(Path(source).full_match(pattern) for pattern in allowed), source
