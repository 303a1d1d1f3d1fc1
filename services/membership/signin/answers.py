"""Tokens as they are answered."""

from services.membership.signin.handlers import ACCESS_LIFE_S, Tokens
from shared.web import View


class TokenView(View):
    """`second_factor_missing`: a role needs a second factor first; until one is set up no token carries roles."""

    access_token: str
    token_type: str = "Bearer"  # noqa: S105  the scheme's name
    expires_in: int = ACCESS_LIFE_S
    refresh_token: str
    second_factor_missing: bool = False


def token_view(tokens: Tokens) -> TokenView:
    return TokenView(
        access_token=tokens.access, refresh_token=tokens.refresh, second_factor_missing=tokens.factor_missing
    )
