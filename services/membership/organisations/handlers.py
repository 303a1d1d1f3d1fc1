"""Commands on organisations."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from services.membership.organisations import domain
from services.membership.organisations.domain import Organisation, Particulars
from services.membership.sizes.domain import Declaration, Threshold
from shared.clock import Clock, epoch_ms
from shared.store import Aggregates, Cause, Outcome

_ZONE = ZoneInfo("Europe/Berlin")


async def register_organisation(
    new: Organisation, *, cause: Cause, organisations: Aggregates[Organisation]
) -> Outcome[Organisation]:
    """Register an organisation. Safe to repeat with the same cause."""
    return await organisations.put(new.id, lambda present: domain.register(present, new), cause)


async def revise_organisation(
    organisation_id: str, particulars: Particulars, *, cause: Cause, organisations: Aggregates[Organisation]
) -> Outcome[Organisation]:
    """Correct an organisation's particulars. Errors: `NotFound` 404, `ProvidersOnly` 422."""
    return await organisations.change(
        organisation_id, lambda organisation: domain.revise(organisation, particulars), cause
    )


async def declare_size(
    organisation_id: str,
    declaration: Declaration,
    *,
    cause: Cause,
    organisations: Aggregates[Organisation],
    rules: Sequence[Threshold],
    clock: Clock,
) -> Outcome[Organisation]:
    """Declare a year's size. Errors: `NotFound` 404, `YearNotBegun`, `NoSizeRule` 422."""
    now = clock()
    year = now.astimezone(_ZONE).year
    return await organisations.change(
        organisation_id,
        lambda organisation: domain.declare_size(
            organisation, declaration, rules=rules, at_ms=epoch_ms(now), year=year
        ),
        cause,
    )
