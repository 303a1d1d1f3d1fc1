"""Set a second factor up, ask for it, switch it off."""

import secrets
import string
from dataclasses import dataclass

import pyotp
import structlog

from services.membership.secondfactors import domain
from services.membership.secondfactors.domain import (
    SecondFactorOff,
    SecondFactorOn,
    SecondFactorRequired,
    WrongCode,
    WrongFreshCode,
    cleaned,
    is_time_code,
    matching_step,
)
from services.membership.secondfactors.store import Factor, SecondFactors
from services.membership.signin.limits import Limits
from shared.clock import Clock

log = structlog.get_logger()

_LETTERS = string.ascii_uppercase + string.digits[2:8]  # base32, without 0, 1, 8 and 9, which are misread


@dataclass(frozen=True, slots=True)
class Enrolment:
    secret: str
    uri: str


async def begin(person_id: str, account: str, *, factors: SecondFactors) -> Enrolment:
    """Make a secret, to be confirmed with a code. Errors: `SecondFactorOn`, `SecondFactorUnavailable` 409."""
    secret = pyotp.random_base32()
    if not await factors.begin(person_id, secret):
        raise SecondFactorOn
    return Enrolment(secret, domain.enrolment_uri(secret, account))


async def confirm(
    person_id: str, code: str, *, factors: SecondFactors, limits: Limits, clock: Clock
) -> list[str]:
    """Switch it on with a first code; return the recovery codes, which are shown this once.

    Errors: `SecondFactorOff`, `SecondFactorOn` 409, `WrongFreshCode` 403, `TooManyRequests` 429.
    """
    factor = await factors.of(person_id)
    if factor is None:
        raise SecondFactorOff
    if factor.on:
        raise SecondFactorOn
    await limits.guess(_subject(person_id))
    step = matching_step(factor.secret, cleaned(code), int(clock().timestamp()))
    if step is None:
        raise WrongFreshCode(pointer="#/code")
    recovery = _recovery_codes()
    if not await factors.confirm(person_id, step, recovery):
        raise SecondFactorOn
    await limits.forgive(_subject(person_id))
    log.info("second_factor.on")
    return recovery


async def require(
    person_id: str, code: str | None, *, factors: SecondFactors, limits: Limits, clock: Clock
) -> bool:
    """Ask for the second factor of somebody who signs in; return whether there is one.

    Errors: `SecondFactorRequired`, `WrongCode` 401, `TooManyRequests` 429.
    """
    factor = await factors.of(person_id)
    if factor is None or not factor.on:
        return False
    if code is None:
        raise SecondFactorRequired
    await limits.guess(_subject(person_id))
    if not await _use(person_id, factor, code, factors, clock):
        raise WrongCode(pointer="#/code")
    await limits.forgive(_subject(person_id))
    return True


async def require_fresh(
    person_id: str, code: str, *, factors: SecondFactors, limits: Limits, clock: Clock
) -> None:
    """Ask somebody who is signed in. Errors: `SecondFactorOff` 409, `WrongFreshCode` 403, 429."""
    try:
        if not await require(person_id, code, factors=factors, limits=limits, clock=clock):
            raise SecondFactorOff
    except WrongCode:
        raise WrongFreshCode(pointer="#/code") from None


async def renew_recovery(
    person_id: str, code: str, *, factors: SecondFactors, limits: Limits, clock: Clock
) -> list[str]:
    """Return new recovery codes; the old ones are void. Errors as `require_fresh`."""
    await require_fresh(person_id, code, factors=factors, limits=limits, clock=clock)
    recovery = _recovery_codes()
    await factors.renew_recovery(person_id, recovery)
    return recovery


async def disable(person_id: str, code: str, *, factors: SecondFactors, limits: Limits, clock: Clock) -> None:
    """Switch it off. Errors as `require_fresh`."""
    await require_fresh(person_id, code, factors=factors, limits=limits, clock=clock)
    await factors.remove(person_id)
    log.info("second_factor.off")


async def _use(person_id: str, factor: Factor, code: str, factors: SecondFactors, clock: Clock) -> bool:
    typed = cleaned(code)
    if not is_time_code(typed):
        return await factors.use_recovery(person_id, typed)
    step = matching_step(factor.secret, typed, int(clock().timestamp()))
    return step is not None and await factors.use_step(person_id, step)


def _recovery_codes() -> list[str]:
    return [
        domain.grouped(secrets.choice(_LETTERS) for _ in range(domain.RECOVERY_LENGTH))
        for _ in range(domain.RECOVERY_CODES)
    ]


def _subject(person_id: str) -> str:
    return f"second-factor:{person_id}"
