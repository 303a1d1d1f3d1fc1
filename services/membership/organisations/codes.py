"""Codes that a request names have to exist."""

from services.membership.reference import industry_codes
from shared.errors import Invalid
from shared.reference import districts


def check_codes(ags: str, scheme: str | None, code: str | None, *, at: str = "#") -> None:
    """Errors: `Invalid` 422 for a district or an industry code that does not exist."""
    if ags not in districts():
        raise no_such(f"{at}/ags")
    if scheme is None and code is None:
        return
    if code not in industry_codes().get(scheme or "", {}):
        raise Invalid(
            pointer=f"{at}/industry_code",
            reason_en="The industry code is not in this edition; give scheme and code together.",
            reason_de="Den Code gibt es in dieser Ausgabe nicht; Ausgabe und Code gehören zusammen.",
        )


def no_such(pointer: str) -> Invalid:
    return Invalid(
        pointer=pointer,
        reason_en="There is no such district or municipality.",
        reason_de="Diesen Kreis oder diese Gemeinde gibt es nicht.",
    )
