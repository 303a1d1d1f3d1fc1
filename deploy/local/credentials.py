"""Keys and passwords of the local runtime, made once at random and kept in files of mode 0600."""

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

# The services that call another one's API in their own name.
CLIENTS = ("courses", "notifications", "reporting")
ADMIN_EMAIL = "admin@verbundwerk.example"
RANDOM_BYTES = 24  # 192 bit: beyond guessing, short enough to copy


@dataclass(frozen=True)
class Credentials:
    """What the services get in their environment, and the first sign-in for a person."""

    signing_key_file: Path
    clients_file: Path
    client_secrets: dict[str, str]
    admin_email: str
    admin_password: str
    second_factor_key_file: Path


def ensure(folder: Path) -> Credentials:
    """Return the credentials in this folder, making what is missing."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = folder / "signing_key.pem"
    if not key.exists():
        _write(key, _new_key())
    clients = folder / "clients.json"
    if not clients.exists():
        _write(clients, json.dumps({name: secrets.token_urlsafe(RANDOM_BYTES) for name in CLIENTS}, indent=2))
    factor_key = folder / "second_factor_key"
    if not factor_key.exists():
        _write(factor_key, Fernet.generate_key().decode() + "\n")
    admin = folder / "admin.json"
    if not admin.exists():
        first = {"email": ADMIN_EMAIL, "password": secrets.token_urlsafe(RANDOM_BYTES)}
        _write(admin, json.dumps(first, indent=2))
    person = json.loads(admin.read_text(encoding="utf-8"))
    return Credentials(
        signing_key_file=key,
        clients_file=clients,
        client_secrets=json.loads(clients.read_text(encoding="utf-8")),
        admin_email=person["email"],
        admin_password=person["password"],
        second_factor_key_file=factor_key,
    )


def offers_key(folder: Path) -> str:
    """Return the key that seals calls for offers, from its file in this folder; made where it is missing."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = folder / "offers_key"
    if not file.exists():
        _write(file, secrets.token_urlsafe(RANDOM_BYTES))
    return file.read_text(encoding="utf-8")


def _new_key() -> str:
    key = Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _write(file: Path, content: str) -> None:
    """Write whole or not at all, never readable by others, not even for a moment."""
    draft = file.with_suffix(".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        out.write(content)
    draft.replace(file)
