"""Commands on organisations."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from services.membership.organisations import declaring, domain
from services.membership.organisations.declaring import SizeRules
from services.membership.organisations.domain import Organisation
from services.membership.sizes.domain import Declaration
from shared.clock import Clock, epoch_ms
from shared.decisions import Change
from shared.store import Aggregates, Cause, Outcome

_ZONE = ZoneInfo("Europe/Berlin")


async def register_organisation(
    new: Organisation, *, cause: Cause, organisations: Aggregates[Organisation]
) -> Outcome[Organisation]:
    """Register an organisation. Safe to repeat with the same cause. Errors: `ProvidersOnly` 422."""
    return await organisations.put(new.id, lambda present: domain.register(present, new), cause)


async def change_organisation(
    organisation_id: str,
    decide: Callable[[Organisation], Change[Organisation]],
    *,
    cause: Cause,
    organisations: Aggregates[Organisation],
) -> Outcome[Organisation]:
    """Revise, verify or archive an organisation, set its sites or group. Errors: `NotFound` 404, those of `decide`."""
    return await organisations.change(organisation_id, decide, cause)


async def declare_size(
    organisation_id: str,
    declaration: Declaration,
    *,
    cause: Cause,
    organisations: Aggregates[Organisation],
    rules: SizeRules,
    clock: Clock,
) -> Outcome[Organisation]:
    """Declare a year's size. Errors: `NotFound` 404, `YearNotBegun`, `NoSizeRule` 422."""
    now = clock()
    year = now.astimezone(_ZONE).year
    return await organisations.change(
        organisation_id,
        lambda organisation: declaring.declare_size(
            organisation, declaration, rules=rules, at_ms=epoch_ms(now), year=year
        ),
        cause,
    )
