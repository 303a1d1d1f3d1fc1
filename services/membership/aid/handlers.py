"""Commands on de-minimis ledgers."""

from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from services.membership.aid import domain
from services.membership.aid.domain import AidGrant, AidLedger, Ceiling
from services.membership.aid.store import ledger_id
from shared.clock import Clock, epoch_ms
from shared.ids import OrganisationId
from shared.store import Aggregates, Cause, Outcome

ZONE = ZoneInfo("Europe/Berlin")


async def record_grant(
    organisation_id: OrganisationId,
    new: AidGrant,
    linked: Iterable[str],
    *,
    cause: Cause,
    ledgers: Aggregates[AidLedger],
    table: Sequence[Ceiling],
    clock: Clock,
) -> Outcome[AidLedger]:
    """Record a grant; `linked` are the other organisations of the single undertaking.

    Two linked organisations that record in the same instant do not see each other: both grants are facts by then,
    and the standing shows what they add up to. Errors: as `domain.record`.
    """
    others = await counted(linked, ledgers)
    now = clock()
    empty = AidLedger(
        id=ledger_id(organisation_id), organisation_id=organisation_id, created_ms=epoch_ms(now)
    )
    today = now.astimezone(ZONE).date()
    return await ledgers.put(
        empty.id,
        lambda present: domain.record(present or empty, new, others=others, table=table, today=today),
        cause,
    )


async def withdraw_grant(
    organisation_id: str, grant_id: str, *, cause: Cause, ledgers: Aggregates[AidLedger]
) -> Outcome[AidLedger]:
    """Take a grant out of the count. Errors: `NotFound` 404."""
    return await ledgers.change(
        ledger_id(organisation_id), lambda ledger: domain.withdraw(ledger, grant_id), cause
    )


async def counted(organisations: Iterable[str], ledgers: Aggregates[AidLedger]) -> list[AidGrant]:
    """Return the grants of several organisations that count."""
    ids = [ledger_id(one) for one in sorted(organisations)]
    found = await ledgers.collection.find({"_id": {"$in": ids}}, {"state": 1}) if ids else []
    states = (AidLedger.model_validate(document["state"]) for document in found)
    return [grant for ledger in states for grant in ledger.counted]
