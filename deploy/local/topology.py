"""Every process of the local runtime in start order, and what its environment says."""

import os
import shutil
import sys
import urllib.error
import urllib.request
from functools import partial
from pathlib import Path

from deploy.local import parts
from deploy.local.credentials import Credentials, offers_key
from deploy.local.errors import LocalError
from deploy.local.parts import Part
from deploy.local.ports import HOST
from deploy.local.settings import REPOSITORY, Settings

CADDYFILE = REPOSITORY / "deploy" / "gateway" / "Caddyfile"
WEB_ROOT = REPOSITORY / "web" / "dist"
HTTP_OK = 200

# Process name, service, role, name of its port.
SERVICES = (
    ("membership-api", "membership", "api", "membership"),
    ("membership-worker", "membership", "worker", "membership-worker"),
    ("courses-api-1", "courses", "api", "courses"),
    ("courses-api-2", "courses", "api", "courses-2"),
    ("courses-worker", "courses", "worker", "courses-worker"),
    ("notifications-api", "notifications", "api", "notifications"),
    ("notifications-worker", "notifications", "worker", "notifications-worker"),
    ("reporting-api", "reporting", "api", "reporting"),
    ("reporting-worker", "reporting", "worker", "reporting-worker"),
)


def infrastructure(settings: Settings) -> list[Part]:
    """Return Kafka, store and mail, without those that are given from outside."""
    ports = settings.ports
    found: list[Part] = []
    if not settings.kafka_servers:
        found.append(parts.kafka(settings.data / "kafka", ports["kafka"], ports["controller"]))
    if not settings.mongodb_url:
        found.append(parts.store(settings.data / "store", ports["store"]))
    if not settings.smtp_host:
        found.append(parts.mail(settings.mail, ports["mail"]))
    return found


def services(settings: Settings, credentials: Credentials) -> list[Part]:
    """Return the api and worker processes of the four services."""
    return [
        Part(
            name=name,
            command=(settings.python, "-m", f"services.{service}", role),
            env={
                **environment(settings, credentials, service, settings.ports[port]),
                "TRACES_FILE": str(settings.traces / f"{name}.jsonl"),
            },
            ready=partial(answers, f"{settings.url(port)}/readyz"),
            port=settings.ports[port],
            stop_seconds=25,  # the services' own limit for a clean end is 20 s
        )
        for name, service, role, port in SERVICES
    ]


def gateway(settings: Settings) -> Part:
    """Return Caddy with deploy/gateway/Caddyfile in front of the services."""
    state = str(settings.data / "caddy")
    upstreams = {
        f"{service.upper()}_UPSTREAMS": " ".join(
            f"{HOST}:{settings.ports[port]}"
            for _, owner, role, port in SERVICES
            if (owner, role) == (service, "api")
        )
        for service in ("membership", "courses", "notifications", "reporting")
    }
    return Part(
        name="gateway",
        command=(_caddy(), "run", "--config", str(CADDYFILE), "--adapter", "caddyfile"),
        env={
            **upstreams,
            "GATEWAY_ADDRESS": f"http://:{settings.ports['gateway']}",
            "GATEWAY_BIND": HOST,
            "WEB_ROOT": str(WEB_ROOT),
            "DEMO_ROOT": str(settings.demo),
            "XDG_DATA_HOME": state,
            "XDG_CONFIG_HOME": state,
        },
        ready=partial(answers, f"{settings.public_url}/healthz"),
        port=settings.ports["gateway"],
        stop_seconds=15,
    )


def environment(settings: Settings, credentials: Credentials, service: str, port: int) -> dict[str, str]:
    """Return the environment of one service process."""
    common = {
        "HOST": HOST,
        "PORT": str(port),
        "KAFKA_BOOTSTRAP_SERVERS": kafka_servers(settings),
        "MONGODB_URL": mongodb_url(settings),
        "MONGODB_DATABASE": f"verbund_{service}",
        "MEMBERSHIP_URL": settings.url("membership"),
        "COURSES_URL": settings.url("courses"),
        "PUBLIC_URL": settings.public_url,
        # As in docker-compose.yml; benchmarks and tests that hammer set them to 0.
        "RATE_PER_CLIENT": os.environ.get("RATE_PER_CLIENT", "100"),
        "RATE_PER_PERSON": os.environ.get("RATE_PER_PERSON", "30"),
    }
    return common | _own(settings, credentials, service)


def kafka_servers(settings: Settings) -> str:
    """Return the brokers that the services use: the outside ones or ours."""
    return settings.kafka_servers or f"{HOST}:{settings.ports['kafka']}"


def mongodb_url(settings: Settings) -> str:
    """Return the store that the services use: the outside one or ours."""
    return settings.mongodb_url or f"mongodb://{HOST}:{settings.ports['store']}"


def inherited() -> dict[str, str]:
    """Return this process's environment, as a base for a child's."""
    return dict(os.environ)


def _own(settings: Settings, credentials: Credentials, service: str) -> dict[str, str]:
    if service == "membership":
        return {
            "SIGNING_KEY_FILE": str(credentials.signing_key_file),
            "SERVICE_CLIENTS_FILE": str(credentials.clients_file),
            "SECOND_FACTOR_KEY_FILE": str(credentials.second_factor_key_file),
            "BOOTSTRAP_ADMIN_EMAIL": credentials.admin_email,
            "BOOTSTRAP_ADMIN_PASSWORD": credentials.admin_password,
            "NOTIFICATIONS_URL": settings.url("notifications"),
        }
    own = {"SERVICE_CLIENT_SECRET": credentials.client_secrets[service]}
    if service == "courses":
        own["OFFERS_KEY"] = offers_key(settings.secrets)
    if service == "notifications" and not settings.smtp_host:
        own |= {
            "SMTP_HOST": HOST,
            "SMTP_PORT": str(settings.ports["mail"]),
            "MAIL_FROM": "verbundwerk@localhost",
        }
    return own


def answers(url: str) -> bool:
    """Tell whether this URL answers 200 within two seconds."""
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310  our own processes, always http
            return bool(answer.status == HTTP_OK)
    except (OSError, urllib.error.URLError):
        return False


def _caddy() -> str:
    beside = Path(sys.executable).with_name("caddy")
    found = str(beside) if beside.exists() else shutil.which("caddy")
    if not found:
        raise LocalError(
            "The gateway `caddy` is missing: run `make setup`, which installs it with the other tools."
        )
    return found
