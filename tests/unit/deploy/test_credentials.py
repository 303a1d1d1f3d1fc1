"""Keys and passwords are made once, are random, and only their owner can read them."""

import json
import stat
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from deploy.local import credentials


def test_they_stay_the_same(tmp_path: Path) -> None:
    first = credentials.ensure(tmp_path / "secrets")
    key = first.signing_key_file.read_bytes()
    assert credentials.ensure(tmp_path / "secrets") == first
    assert first.signing_key_file.read_bytes() == key


def test_another_instance_has_others(tmp_path: Path) -> None:
    one, other = credentials.ensure(tmp_path / "one"), credentials.ensure(tmp_path / "other")
    assert one.admin_password != other.admin_password
    assert one.client_secrets != other.client_secrets
    assert one.signing_key_file.read_bytes() != other.signing_key_file.read_bytes()


def test_nobody_else_can_read_them(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    credentials.ensure(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}


def test_the_key_signs_with_ed25519(tmp_path: Path) -> None:
    file = credentials.ensure(tmp_path).signing_key_file
    assert isinstance(load_pem_private_key(file.read_bytes(), password=None), Ed25519PrivateKey)


def test_every_calling_service_has_a_secret_of_its_own(tmp_path: Path) -> None:
    made = credentials.ensure(tmp_path)
    assert json.loads(made.clients_file.read_text(encoding="utf-8")) == made.client_secrets
    assert set(made.client_secrets) == {"courses", "notifications", "reporting"}
    assert len(set(made.client_secrets.values())) == 3


def test_a_half_written_file_of_an_interrupted_start_is_in_nobodys_way(tmp_path: Path) -> None:
    (tmp_path / "admin.new").write_text("{", encoding="utf-8")
    assert credentials.ensure(tmp_path).admin_password
