"""Commands of calls for offers.

A pool and its call are two documents. The pool is bound first and freed last, every step changes nothing when it is
repeated, and the call decides: so whoever repeats after a crash in between completes what was begun.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from services.courses.calls import domain, opening, rules, specifying
from services.courses.calls.domain import Call, CallState
from services.courses.calls.providers import Providers
from services.courses.calls.sealing import CallKeys, Place, Unreadable, unseal
from services.courses.calls.terms import OfferContent, Specification
from services.courses.needs.domain import Need
from services.courses.pools import offers as pool_offers
from services.courses.pools.domain import Pool
from shared.clock import Clock
from shared.errors import Rejected
from shared.events.calls import AwardReason, CallEndReason
from shared.ids import OfferId, PersonId
from shared.store import Aggregates, Cause
from shared.zones import local_day


@dataclass(frozen=True, slots=True)
class Stores:
    """What the commands of calls work on."""

    calls: Aggregates[Call]
    pools: Aggregates[Pool]
    needs: Aggregates[Need]
    keys: CallKeys
    providers: Providers
    clock: Clock


async def propose(pool: Pool, *, stores: Stores) -> Specification:
    """Return the specification that a pool's needs suggest. Errors: `Invalid` 422."""
    needs = [await stores.needs.get(need_id) for need_id in pool.needs]
    return specifying.proposed(pool, needs)


async def draft(call: Call, by: PersonId, cause: Cause, *, stores: Stores) -> Call:
    """Draft a call. Errors: `Invalid` 422, `ProviderUnknown` 409."""
    await stores.providers.require(list(call.providers))
    at = stores.clock()
    return (await stores.calls.put(call.id, lambda known: domain.draft(known, call, by, at), cause)).state


async def revise(call_id: str, terms: Call, by: PersonId, cause: Cause, *, stores: Stores) -> Call:
    """Replace what a draft says. Errors: `Invalid` 422, `Rejected` 409."""
    await stores.providers.require(list(terms.providers))
    at = stores.clock()
    return (await stores.calls.change(call_id, lambda call: domain.revise(call, terms, by, at), cause)).state


async def request(call_id: str, by: PersonId, cause: Cause, *, stores: Stores) -> Call:
    """Ask the providers. Errors: `Rejected` 409, 422, `SealingUnavailable` 503."""
    call = await stores.calls.get(call_id)
    minimum = rules.minimum_providers(local_day(stores.clock()))
    if not call.public_key:  # asked before anything is stored; a repeat goes on from where it was
        domain.requestable(call, minimum, stores.clock())
    public_key = await stores.keys.make(call.id)
    await stores.pools.change(
        call.pool_id,
        lambda pool: pool_offers.request_offers(pool, call.id, call.network_id),
        _within(cause),
    )
    try:
        changed = await stores.calls.change(
            call_id, lambda now: domain.request(now, public_key, minimum, by, stores.clock()), cause
        )
    except Rejected:
        if (await stores.calls.get(call_id)).state in {CallState.DRAFT, CallState.CANCELLED}:
            await _free(call, cause, stores)
        raise
    return changed.state


async def extend(call_id: str, due_at: datetime, by: PersonId, cause: Cause, *, stores: Stores) -> Call:
    """Move the due time to a later one. Errors: `DueTooEarly` 422, `Rejected` 409."""
    return (
        await stores.calls.change(
            call_id, lambda call: domain.extend(call, due_at, by, stores.clock()), cause
        )
    ).state


async def cancel(
    call_id: str, reason: CallEndReason, note: str, by: PersonId, cause: Cause, *, stores: Stores
) -> Call:
    """End a call without an award; sealed offers are deleted unread. Errors: `WrongState` 409."""
    call = (
        await stores.calls.change(
            call_id, lambda now: domain.cancel(now, reason, note, by, stores.clock()), cause
        )
    ).state
    await _free(call, cause, stores)
    await stores.keys.forget(call.id)
    return call


async def open_offers(call_id: str, by: PersonId, cause: Cause, *, stores: Stores) -> Call:
    """Open all offers of a call whose due time has come. Errors: `OffersSealed` 409, `SealingUnavailable` 503.

    The key is asked for after the due time only, and deleted when the opened offers are stored.
    """
    call = await stores.calls.get(call_id)
    opening.require_due(call, stores.clock())
    if call.state is CallState.OPEN:  # nobody has come by to close it yet
        call = (
            await stores.calls.change(call_id, lambda now: domain.due(now, stores.clock()), _within(cause))
        ).state
    contents = await _contents(call, stores) if call.sealed else {}
    opened = await stores.calls.change(
        call_id, lambda now: opening.open_offers(now, contents, by, stores.clock()), cause
    )
    await stores.keys.forget(call.id)
    return opened.state


async def _contents(call: Call, stores: Stores) -> dict[OfferId, OfferContent | None]:
    key = await stores.keys.private(call.id)
    found: dict[OfferId, OfferContent | None] = {}
    for offer_id, sealed in call.sealed.items():
        place = Place(call.id, offer_id, sealed.provider_id)
        try:
            found[offer_id] = OfferContent.model_validate_json(unseal(key, sealed.envelope, place))
        except (Unreadable, ValueError):
            found[offer_id] = None
    return found


async def read(call_id: str, offer_id: OfferId, by: PersonId, cause: Cause, *, stores: Stores) -> Call:
    """Note that a person reads an opened offer. Errors: `OffersSealed` 409, `NotFound` 404."""
    return (
        await stores.calls.change(
            call_id, lambda call: opening.read(call, offer_id, by, stores.clock()), cause
        )
    ).state


async def score(
    call_id: str,
    offer_id: OfferId,
    points: Mapping[str, int],
    note: str,
    by: PersonId,
    cause: Cause,
    *,
    stores: Stores,
) -> Call:
    """Judge an opened offer. Errors: `NotFound` 404, `Invalid` 422, `WrongState` 409."""
    return (
        await stores.calls.change(
            call_id, lambda call: opening.score(call, offer_id, points, note, by, stores.clock()), cause
        )
    ).state


async def award(
    call_id: str,
    offer_id: OfferId,
    reason_code: AwardReason,
    reason: str,
    by: PersonId,
    cause: Cause,
    *,
    stores: Stores,
) -> Call:
    """Choose an offer and tell the pool. Errors: `Rejected` 404, 409, 422."""
    call = (
        await stores.calls.change(
            call_id,
            lambda now: opening.award(now, offer_id, reason_code, reason, by, stores.clock()),
            cause,
        )
    ).state
    assert call.award is not None  # noqa: S101  an awarded call has its award
    provider_id = call.award.provider_id
    await stores.pools.change(
        call.pool_id, lambda pool: pool_offers.award(pool, call.id, provider_id), _within(cause)
    )
    return call


async def _free(call: Call, cause: Cause, stores: Stores) -> None:
    await stores.pools.change(call.pool_id, lambda pool: pool_offers.end_call(pool, call.id), _within(cause))


def _within(cause: Cause) -> Cause:
    # These steps are safe to repeat by themselves; the key belongs to the whole command.
    return Cause(causation_id=cause.causation_id)
