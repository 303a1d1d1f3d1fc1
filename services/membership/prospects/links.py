"""The link by which a prospect joins: the prospect and the link's number, signed like access tokens.

An Ed25519 signature is deterministic (RFC 8032, 5.1.6), so a repeated command answers with the same link, and the
store holds nothing that would let somebody in.
"""

from typing import Any

import jwt

from services.membership.prospects.domain import LinkNotValid
from services.membership.signin.keys import Keyring
from shared.auth import ALGORITHM
from shared.errors import Unauthenticated

AUDIENCE = "verbundwerk-invitation"  # no access token has it, and no service takes it for one
MAX_LENGTH = 600


def token_of(keyring: Keyring, prospect_id: str, invitation: int) -> str:
    """Errors: `Failed` 503 when the process has no key."""
    return keyring.sign({"aud": AUDIENCE, "sub": prospect_id, "num": invitation})


async def read_token(keyring: Keyring, token: str) -> tuple[str, int]:
    """Return prospect and number. Errors: `LinkNotValid` 404 for anything but a link of ours."""
    try:
        header = jwt.get_unverified_header(token)
        key = await keyring.key(str(header.get("kid")))
        claims: dict[str, Any] = jwt.decode(
            token, key, algorithms=[ALGORITHM], audience=AUDIENCE, options={"require": ["sub", "aud"]}
        )
    except (jwt.PyJWTError, Unauthenticated):
        raise LinkNotValid from None
    return str(claims["sub"]), int(claims["num"])
