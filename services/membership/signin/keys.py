"""The signing keys: Ed25519, from PEM files; the first signs, all of them verify until they are taken away."""

import base64
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from shared.auth import ALGORITHM
from shared.errors import Failed, Unauthenticated


class Unusable(Exception):  # noqa: N818  it names the condition
    """A file that the process cannot do without; `str()` is one sentence that says what to do."""


class Keyring:
    """Signs with the first key and gives the public half of every one; empty until `load`."""

    def __init__(self, keys: Sequence[Ed25519PrivateKey] = ()) -> None:
        self._signing = keys[0] if keys else None
        self._public = {document["kid"]: document for document in map(_jwk, keys)}
        self._parsed = {kid: jwt.PyJWK(document) for kid, document in self._public.items()}
        self._kid = next(iter(self._public), "")

    @classmethod
    def load(cls, files: Sequence[Path]) -> "Keyring":
        """Errors: `Unusable`."""
        if not files:
            raise Unusable("SIGNING_KEY_FILE is not set: it names a PEM file with an Ed25519 key (PKCS 8).")
        return cls([_read(file) for file in files])

    async def key(self, key_id: str) -> jwt.PyJWK:
        """Errors: `Unauthenticated` 401 for a key that is not ours."""
        try:
            return self._parsed[key_id]
        except KeyError:
            raise Unauthenticated from None

    def jwks(self) -> list[dict[str, str]]:
        return list(self._public.values())

    def sign(self, claims: dict[str, Any]) -> str:
        """Errors: `Failed` 503 when the process has no key."""
        if self._signing is None:
            raise Failed
        return jwt.encode(
            claims, self._signing, algorithm=ALGORITHM, headers={"kid": self._kid, "typ": "at+jwt"}
        )


def thumbprint(public: Ed25519PublicKey) -> str:
    """Return the RFC 7638 thumbprint; the required members of an OKP key are crv, kty and x (RFC 8037)."""
    members = json.dumps({"crv": "Ed25519", "kty": "OKP", "x": _x(public)}, separators=(",", ":"))
    return _base64url(hashlib.sha256(members.encode()).digest())


def _jwk(key: Ed25519PrivateKey) -> dict[str, str]:
    public = key.public_key()
    return {
        "kty": "OKP",
        "crv": "Ed25519",
        "x": _x(public),
        "kid": thumbprint(public),
        "use": "sig",
        "alg": ALGORITHM,
    }


def _x(public: Ed25519PublicKey) -> str:
    return _base64url(public.public_bytes(Encoding.Raw, PublicFormat.Raw))


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _read(file: Path) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(file.read_bytes(), password=None)
    except OSError:
        raise Unusable("A file that SIGNING_KEY_FILE names cannot be read.") from None
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise Unusable("A file that SIGNING_KEY_FILE names is no unencrypted PEM private key.") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise Unusable("A key that SIGNING_KEY_FILE names is not an Ed25519 key.")
    return key
