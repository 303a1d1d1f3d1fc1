"""One-click unsubscribing (RFC 8058): a link that says who and which kind, and that only we can make."""

import base64
import hashlib
import hmac
import json

from pydantic import SecretStr

from shared.errors import NotFound

_BYTES = 16  # 128 bit of the tag: beyond guessing, and the link stays short


class Links:
    """Makes and reads the links of one installation; without a secret there are none."""

    def __init__(self, secret: SecretStr | None, base_url: str) -> None:
        key = secret.get_secret_value().encode() if secret is not None else b""
        # Derived, so that a link says nothing about the secret it comes from.
        self._key = hmac.digest(key, b"verbundwerk unsubscribe 1", "sha256") if key else None
        self._base = base_url.rstrip("/")

    def make(self, person_id: str, kind: str) -> str | None:
        """Return the link by which the person switches mail of this kind off."""
        if self._key is None:
            return None
        told = json.dumps([person_id, kind], separators=(",", ":")).encode()
        token = base64.urlsafe_b64encode(self._tag(told) + told).decode().rstrip("=")
        return f"{self._base}/api/notifications/v1/unsubscribe/{token}"

    def read(self, token: str) -> tuple[str, str]:
        """Return person and kind. Errors: `NotFound` 404 for a token that we did not make."""
        try:
            raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        except ValueError as error:
            raise NotFound(kind="unsubscribe-link") from error
        tag, told = raw[:_BYTES], raw[_BYTES:]
        if self._key is None or not hmac.compare_digest(tag, self._tag(told)):
            raise NotFound(kind="unsubscribe-link")
        person_id, kind = json.loads(told)
        return person_id, kind

    def _tag(self, told: bytes) -> bytes:
        assert self._key is not None  # noqa: S101  asked by the callers
        return hmac.digest(self._key, told, hashlib.sha256)[:_BYTES]
