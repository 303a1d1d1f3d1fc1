"""Keys, delays, passwords and addresses without a store."""

import unicodedata
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from services.membership.main import build, main
from services.membership.people.domain import GrantIncomplete, check_grants, email_key
from services.membership.signin.handlers import Issuer
from services.membership.signin.keys import Keyring, Unusable, thumbprint
from services.membership.signin.limits import DELAY_MAX_S, delay_s
from services.membership.signin.passwords import Passwords
from shared.auth import Verifier
from shared.clock import utc_now
from shared.errors import Unauthenticated
from shared.roles import Grant, Role


def write(file: Path, key: Ed25519PrivateKey | ec.EllipticCurvePrivateKey) -> Path:
    file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return file


def test_the_thumbprint_is_that_of_the_rfc() -> None:
    # RFC 8037, appendix A.3.
    raw = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"  # pragma: allowlist secret
    public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(raw))
    assert thumbprint(public) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"  # pragma: allowlist secret


async def test_the_first_key_signs_and_the_old_one_still_verifies(tmp_path: Path) -> None:
    old = write(tmp_path / "old.pem", Ed25519PrivateKey.generate())
    new = write(tmp_path / "new.pem", Ed25519PrivateKey.generate())
    before, after = Keyring.load([old]), Keyring.load([new, old])
    token = Issuer(before, utc_now).for_service("reporting", ())
    assert (await Verifier(after).principal(token)).id == "reporting"
    fresh = Issuer(after, utc_now).for_service("reporting", ("a:b", "c:d"))
    assert jwt.get_unverified_header(fresh)["kid"] == after.jwks()[0]["kid"]
    assert (await Verifier(after).principal(fresh)).scopes == {"a:b", "c:d"}
    with pytest.raises(Unauthenticated):
        await Verifier(before).principal(fresh)


def test_a_key_file_that_cannot_serve_is_named_in_one_sentence(tmp_path: Path) -> None:
    text = tmp_path / "text.pem"
    text.write_text("hello")
    curve = write(tmp_path / "ec.pem", ec.generate_private_key(ec.SECP256R1()))
    for files in ([], [tmp_path / "missing.pem"], [text], [curve]):
        with pytest.raises(Unusable, match="SIGNING_KEY_FILE"):
            Keyring.load(files)


def test_the_process_ends_with_a_sentence_without_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SIGNING_KEY_FILE", raising=False)
    with pytest.raises(SystemExit, match="SIGNING_KEY_FILE is not set"):
        main("api")


def test_the_delay_grows_and_is_bounded() -> None:
    delays = [delay_s(failures) for failures in range(1, 100)]
    assert delays[:6] == [0, 0, 0, 0, 30, 60]
    assert delays == sorted(delays)
    assert delays[-1] == DELAY_MAX_S


async def test_a_password_fits_in_every_normal_form_and_no_hash_fits_none() -> None:
    passwords = Passwords()
    hashed = await passwords.hash("Zwölf Zeichen ß")
    assert hashed.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert await passwords.fits(unicodedata.normalize("NFD", "Zwölf Zeichen ß"), hashed)
    assert not await passwords.fits("zwölf zeichen ß", hashed)
    assert not await passwords.fits("nobody has this password", None)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("A.B@Demo.Example", "a.b@demo.example"),
        ("straße@x.example", "STRASSE@x.example"),
        ("é@x.example", "É@x.example"),
    ],
)
def test_case_makes_no_second_address(one: str, other: str) -> None:
    assert email_key(one) == email_key(other)


@pytest.mark.parametrize(
    "grant",
    [
        Grant(role=Role.PLATFORM_ADMIN, network_id="n"),
        Grant(role=Role.NETWORK_MANAGER),
        Grant(role=Role.NETWORK_MANAGER, organisation_id="o"),
        Grant(role=Role.COMPANY_HR, network_id="n"),
        Grant(role=Role.COMPANY_HR, network_id="n", organisation_id="o"),
    ],
)
def test_a_role_names_exactly_its_place(grant: Grant) -> None:
    with pytest.raises(GrantIncomplete):
        check_grants([grant])


async def test_every_operation_has_a_name_and_its_refusals() -> None:
    service = build("api")
    names = []
    for path, methods in service.app.openapi()["paths"].items():
        for operation in methods.values():
            names.append(operation["operationId"])
            assert operation["summary"]
            assert operation["tags"]
            if "jwks" not in path:
                assert {"401", "422", "503"} <= operation["responses"].keys()
    assert len(names) == len(set(names))
    await service.mongo.close()
    await service.http.aclose()
