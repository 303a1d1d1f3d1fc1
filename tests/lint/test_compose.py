"""docker-compose.yml starts the same system as the local runtime, and starts it safely."""

import os
import re
import shutil
import subprocess
import sys
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
        "second_factor_key_file",
        "second_factor_required_for",
        "oidc_issuer",
        "oidc_client_id",
        "oidc_client_secret",
        "oidc_label",
        "bootstrap_admin_email",
        "bootstrap_admin_password",
        "trusted_proxies",
        "notifications_url",
    },
    "courses": {"offers_key"},
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


@pytest.mark.parametrize("name", sorted(PARTS.keys() - ONE_SHOT))
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
    read_by_entrypoint = {"service_client_secret_file", "bootstrap_admin_password_file", "offers_key_file"}
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


def test_membership_trusts_the_gateway_only() -> None:
    address = PARTS["gateway"]["networks"]["verbundwerk"]["ipv4_address"]

    assert PARTS["membership-api"]["environment"]["TRUSTED_PROXIES"] == address


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
        "courses/offers_key",
        "notifications/client_secret",
        "reporting/client_secret",
    }
    assert all(path.stat().st_mode & 0o077 == 0 for path in tmp_path.rglob("*"))


def copied() -> list[tuple[str, str]]:
    """Return source and destination of each COPY from the build context."""
    dockerfile = (ROOT / "deploy/images/Dockerfile").read_text("utf-8").replace("\\\n", " ")
    lines = [line.split()[1:] for line in dockerfile.splitlines() if line.startswith("COPY ")]
    return [
        (source, words[-1]) for words in lines if not words[0].startswith("--from") for source in words[:-1]
    ]


def test_image_copies_only_what_its_context_has() -> None:
    allowed = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]

    assert copied()
    for source, _ in copied():
        assert (ROOT / source).exists()
        assert any(Path(source).full_match(pattern) for pattern in allowed), source


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """Lay out the image's folder /app."""
    for source, destination in copied():
        if destination.startswith("/app/"):
            target = tmp_path / destination.removeprefix("/")
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                target.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / source, target)
    return tmp_path / "app"


MODULES = sorted({part["command"][2] for part in PARTS.values() if part.get("command", [""])[0] == "python"})


@pytest.mark.parametrize("module", MODULES)
def test_image_holds_all_that_a_process_imports(image: Path, module: str) -> None:
    if module.startswith("services."):
        module += ".main"
    subprocess.run([sys.executable, "-c", f"import {module}"], cwd=image, check=True, timeout=50)


def test_entrypoint_takes_secrets_from_files(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("s3cret value\n")
    ran = subprocess.run(
        ["sh", ROOT / "deploy/images/entrypoint", "env"],
        env={
            "PATH": os.environ["PATH"],
            "SERVICE_CLIENT_SECRET_FILE": str(tmp_path / "secret"),
            "X_FILE": "x",
        },
        capture_output=True,
        text=True,
        check=True,
    )

    assert "SERVICE_CLIENT_SECRET=s3cret value" in ran.stdout.splitlines()
    assert "SERVICE_CLIENT_SECRET_FILE" not in ran.stdout
    assert "X_FILE=x" in ran.stdout.splitlines()
