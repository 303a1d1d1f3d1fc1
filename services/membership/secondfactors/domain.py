"""Codes of a second factor: time-based ones (RFC 6238) and recovery codes. Pure."""

import hmac
import string
from collections.abc import Iterable

import pyotp

from shared.errors import Rejected

ISSUER = "Verbundwerk"
STEP_S = 30  # RFC 6238, section 5.2: the recommended time step
DRIFT_STEPS = (
    1  # the same section: at most one step back for the delay of the network; one ahead for wrong clocks
)
DIGITS = 6
RECOVERY_CODES = 10  # [P]
RECOVERY_LENGTH = 16  # base32 characters, 80 random bits: a fast hash is enough to keep them
RECOVERY_GROUP = 4
_BASE32 = frozenset(string.ascii_uppercase + string.digits[2:8])


class SecondFactorRequired(Rejected):
    """The password was right; the same request with `code` goes on."""

    status = 401
    en = "Please add the code of your authenticator app, or a recovery code."
    de = "Bitte geben Sie zusätzlich den Code Ihrer Authenticator-App oder einen Wiederherstellungscode ein."


class WrongCode(Rejected):
    status = 401
    en = "The code is wrong, too old, or was used before. A new one appears every 30 seconds."
    de = "Der Code ist falsch, abgelaufen oder schon benutzt. Alle 30 Sekunden erscheint ein neuer."


class WrongFreshCode(Rejected):
    """As `WrongCode`, for somebody who is signed in."""

    status = 403
    en = WrongCode.en
    de = WrongCode.de


class SecondFactorOff(Rejected):
    status = 409
    en = "There is no second factor to confirm or change. Please begin to set one up."
    de = "Es gibt keinen zweiten Faktor zu bestätigen oder zu ändern. Bitte beginnen Sie mit der Einrichtung."


class SecondFactorOn(Rejected):
    status = 409
    en = "The second factor is on already. Switch it off first to set up another device."
    de = "Der zweite Faktor ist schon eingeschaltet. Für ein anderes Gerät schalten Sie ihn zuerst aus."


class SecondFactorUnavailable(Rejected):
    status = 409
    en = "This installation keeps no second factors: its operator has set no key for them."
    de = "Diese Installation führt keine zweiten Faktoren: Der Betrieb hat keinen Schlüssel dafür gesetzt."


def step_at(second: int) -> int:
    """Return the number of the time step of a Unix time in seconds."""
    return second // STEP_S


def matching_step(secret: str, code: str, second: int) -> int | None:
    """Return the step whose code this is, from one before to one after `second`; None for no such step.

    Every step is compared, so that the time taken tells nothing.
    """
    totp = pyotp.TOTP(secret, digits=DIGITS, interval=STEP_S)
    now = step_at(second)
    found = None
    for step in range(now - DRIFT_STEPS, now + DRIFT_STEPS + 1):
        if step >= 0 and hmac.compare_digest(totp.generate_otp(step).encode(), code.encode()):
            found = step
    return found


def is_time_code(code: str) -> bool:
    """Whether the text looks like an authenticator's code and not like a recovery code."""
    return len(code) == DIGITS and code.isascii() and code.isdigit()


def cleaned(code: str) -> str:
    """Return a code as people type it, without blanks and hyphens, in capitals."""
    return "".join(code.split()).replace("-", "").upper()


def grouped(letters: Iterable[str]) -> str:
    """Return a recovery code as it is shown, in groups of four. Errors: `ValueError` for a wrong letter."""
    code = "".join(letters)
    if len(code) != RECOVERY_LENGTH or not set(code) <= _BASE32:
        raise ValueError("a recovery code has 16 base32 characters")
    return "-".join(code[at : at + RECOVERY_GROUP] for at in range(0, RECOVERY_LENGTH, RECOVERY_GROUP))


def enrolment_uri(secret: str, account: str) -> str:
    """Return the otpauth URI that an authenticator app reads from a QR code."""
    totp = pyotp.TOTP(secret, digits=DIGITS, interval=STEP_S)
    return str(totp.provisioning_uri(name=account, issuer_name=ISSUER))
