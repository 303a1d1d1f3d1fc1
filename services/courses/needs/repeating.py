"""Needs that come again: by themselves every so many months, or because proofs end.

Ids are derived from what led to the need, so a repeated event posts nothing twice.
"""

from datetime import date

from services.courses.needs import domain
from services.courses.needs.domain import Need
from services.courses.needs.windows import DateRange, shifted
from shared.clock import Clock, epoch_ms
from shared.events.courses import CourseFormat, NeedOrigin
from shared.events.envelope import Envelope
from shared.events.needs import NeedCovered, NeedExpired
from shared.events.renewals import RenewalDue
from shared.ids import NeedId, derived_id
from shared.store import Aggregates, Cause
from shared.zones import local_day


def next_cycle(need: Need, months: int, today: date, created_ms: int) -> Need:
    """Return the need of the next cycle whose time window is not over; blocked times were meant once."""
    steps = months
    whole = DateRange(first=need.window_from, last=need.window_to)
    while shifted(whole, steps).last < today:
        steps += months
    moved = shifted(whole, steps)
    return need.model_copy(
        update={
            "id": NeedId(derived_id("need-cycle", need.id)),
            "window_from": moved.first,
            "window_to": moved.last,
            "windows": (),
            "blocked": (),
            "expires_on": None,
            "state": domain.NeedState.POSTED,
            "pool_id": None,
            "session_id": None,
            "wave_id": None,
            "origin": NeedOrigin.RECURRING,
            "cycle": need.cycle + 1,
            "request": "",
            "created_ms": created_ms,
        }
    )


def renewal_need(event: RenewalDue, today: date, created_ms: int) -> Need:
    """Return the need for people whose proofs end: from today until the proofs' last day, or for a year if late."""
    last = event.expires_on if event.expires_on > today else today.replace(month=12, day=31)
    return Need(
        id=NeedId(derived_id("renewal-need", event.renewal_id, event.expires_on.isoformat())),
        network_id=event.network_id,
        organisation_id=event.organisation_id,
        topic_code=event.topic_code,
        headcount=event.headcount,
        window_from=today,
        window_to=last,
        format=CourseFormat.ANY,
        mandatory=True,
        origin=NeedOrigin.RENEWAL,
        created_ms=created_ms,
    )


async def repeat_need(
    event: NeedCovered | NeedExpired, envelope: Envelope, *, needs: Aggregates[Need], clock: Clock
) -> None:
    """Post the next cycle of a need that recurs."""
    need = await needs.get(event.need_id)
    if need.recurs_every_months is None:
        return
    at = clock()
    fresh = next_cycle(need, need.recurs_every_months, local_day(at), epoch_ms(at))
    await needs.put(fresh.id, lambda known: domain.post(known, fresh), Cause(causation_id=envelope.id))


async def renew(event: RenewalDue, envelope: Envelope, *, needs: Aggregates[Need], clock: Clock) -> None:
    """Post the need for proofs that end."""
    at = clock()
    fresh = renewal_need(event, local_day(at), epoch_ms(at))
    await needs.put(fresh.id, lambda known: domain.post(known, fresh), Cause(causation_id=envelope.id))
