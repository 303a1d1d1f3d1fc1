"""Seals: an offer is encrypted with the public key of its call; the private key is used once, at the opening.

Envelope = ephemeral X25519 public key (32 bytes) + AES-256-GCM ciphertext, base64. The content key comes from
HKDF-SHA256 over the shared secret, salted with both public keys; the nonce is zero because a content key seals one text
only (as in RFC 9180, DHKEM). Call, offer and provider are authenticated with it, so that an envelope cannot be moved.
The call's private key lies in a collection of its own, sealed with a key that only processes of this service get from
their environment.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import SecretStr

from services.courses.calls.errors import SealingUnavailable
from shared.mongo import Collection, DuplicateKey

KEYS = "call_keys"
_KEY_BYTES = 32
_NONCE = bytes(12)


class Unreadable(Exception):  # noqa: N818  it names what the envelope is
    """The envelope does not belong to this key, call, offer and provider, or was changed."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an envelope belongs."""

    call_id: str
    offer_id: str
    provider_id: str

    def aad(self) -> bytes:
        """Return what is authenticated with the envelope."""
        return f"{self.call_id}/{self.offer_id}/{self.provider_id}".encode()


def seal(public_key: str, text: bytes, place: Place) -> str:
    """Encrypt `text` so that only the holder of the call's private key can read it."""
    recipient = base64.b64decode(public_key)
    ephemeral = X25519PrivateKey.generate()
    mine = ephemeral.public_key().public_bytes_raw()
    secret = ephemeral.exchange(X25519PublicKey.from_public_bytes(recipient))
    sealed = AESGCM(_content_key(secret, mine, recipient)).encrypt(_NONCE, text, place.aad())
    return base64.b64encode(mine + sealed).decode()


def unseal(private_key: bytes, envelope: str, place: Place) -> bytes:
    """Decrypt an envelope. Errors: `Unreadable`."""
    try:
        raw = base64.b64decode(envelope, validate=True)
        key = X25519PrivateKey.from_private_bytes(private_key)
        secret = key.exchange(X25519PublicKey.from_public_bytes(raw[:_KEY_BYTES]))
        content_key = _content_key(secret, raw[:_KEY_BYTES], key.public_key().public_bytes_raw())
        return AESGCM(content_key).decrypt(_NONCE, raw[_KEY_BYTES:], place.aad())
    except (ValueError, InvalidTag) as error:
        raise Unreadable from error


def digest(envelope: str) -> str:
    """Return the SHA-256 of an envelope in hex: the provider's proof of what it sent."""
    return hashlib.sha256(envelope.encode()).hexdigest()


def _content_key(secret: bytes, ephemeral: bytes, recipient: bytes) -> bytes:
    salt = ephemeral + recipient
    return HKDF(SHA256(), _KEY_BYTES, salt, b"verbundwerk sealed offer 1").derive(secret)


class CallKeys:
    """The private keys of calls, each sealed with the service's key; one is read at the opening and then deleted."""

    def __init__(self, collection: Collection, master: SecretStr | None) -> None:
        self._collection = collection
        self._master = master

    def _derived(self, purpose: bytes) -> bytes:
        if self._master is None:
            raise SealingUnavailable
        secret = self._master.get_secret_value().encode()
        return HKDF(SHA256(), _KEY_BYTES, None, purpose).derive(secret)

    def _own(self, public: str) -> AESGCM:
        # The key depends on the public key, so it seals one text only and a zero nonce is safe.
        return AESGCM(self._derived(b"verbundwerk call key 1 " + public.encode()))

    def blind(self, fingerprint: str) -> str:
        """Return a keyed print of a request's print, from which nobody can guess the request."""
        key = self._derived(b"verbundwerk request prints 1")
        return hmac.new(key, fingerprint.encode(), hashlib.sha256).hexdigest()[:32]

    async def make(self, call_id: str) -> str:
        """Make the key pair of a call, once, and return its public key in base64. Errors: `SealingUnavailable`."""
        private = X25519PrivateKey.generate()
        public = base64.b64encode(private.public_key().public_bytes_raw()).decode()
        sealed = self._own(public).encrypt(_NONCE, private.private_bytes_raw(), call_id.encode())
        document = {"_id": call_id, "public": public, "sealed": base64.b64encode(sealed).decode()}
        try:
            await self._collection.insert(document)
        except DuplicateKey:
            found = await self._collection.find_one({"_id": call_id}, {"public": 1})
            if found is None:
                raise SealingUnavailable from None
            return str(found["public"])
        return public

    async def private(self, call_id: str) -> bytes:
        """Return the private key of a call. The one caller is the opening. Errors: `SealingUnavailable`."""
        found = await self._collection.find_one({"_id": call_id})
        if found is None:
            raise SealingUnavailable
        try:
            return self._own(found["public"]).decrypt(
                _NONCE, base64.b64decode(found["sealed"]), call_id.encode()
            )
        except InvalidTag as error:
            raise SealingUnavailable from error

    async def forget(self, call_id: str) -> None:
        """Delete the key of a call that was opened or cancelled."""
        await self._collection.delete_one({"_id": call_id})
