"""Password hashes: argon2id with RFC 9106's second recommended option, off the event loop."""

import asyncio
import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

# One hash takes 64 MiB and about a tenth of a second of four lanes: more at once only swaps.
_TURN = 2
_hasher = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)


class Passwords:
    """Hashes and checks, a few at a time."""

    def __init__(self) -> None:
        self._turn = asyncio.Semaphore(_TURN)

    async def hash(self, password: str) -> str:
        async with self._turn:
            return await asyncio.to_thread(_hasher.hash, _prepared(password))

    async def fits(self, password: str, hashed: str | None) -> bool:
        """Tell whether it is right; without a hash it takes as long and is wrong."""
        async with self._turn:
            right = await asyncio.to_thread(_verify, _prepared(password), hashed)
        return right and hashed is not None


def _prepared(password: str) -> str:
    # The same password typed on another keyboard may arrive in another normal form (RFC 8265, section 4.2).
    return unicodedata.normalize("NFC", password)


def _verify(password: str, hashed: str | None) -> bool:
    try:
        return _hasher.verify(hashed or _dummy(), password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _dummy() -> str:
    return _hasher.hash("nobody has this password")
