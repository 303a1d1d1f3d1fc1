"""Proofs that end become needs in time, once; and needs that recur come again."""

from datetime import UTC, date, datetime, timedelta

import pytest

from services.courses.needs.domain import NeedState
from services.courses.needs.repeating import next_cycle, renew, renewal_need, repeat_need
from services.courses.renewals import domain, handlers
from services.courses.renewals.domain import NoEnd, Renewal, RenewalState
from services.courses.renewals.reference import validity_of
from shared.clock import epoch_ms
from shared.events.courses import NeedOrigin
from shared.events.envelope import Envelope
from shared.events.needs import NeedCovered
from shared.events.renewals import RenewalDue, RenewalPlanned
from shared.store import Cause
from tests.unit.courses.examples import NETWORK, company
from tests.unit.courses.test_needs import need
from tests.unit.courses.test_pools import Memory

ISSUED = date(2026, 11, 2)
AT = datetime(2027, 7, 5, 9, tzinfo=UTC)
ENVELOPE = Envelope("x:1", "/s", "t", "x", AT, 1, b"{}")


async def counted(renewals: Memory[Renewal], heads: int, batch: str, issued_on: date = ISSUED) -> Renewal:
    return await handlers.count_in(
        NETWORK, company(1), "emob-hv1", issued_on, heads, batch, Cause(), renewals=renewals
    )


async def test_proofs_of_a_month_become_one_renewal_when_they_are_counted_once_each() -> None:
    renewals: Memory[Renewal] = Memory()
    await counted(renewals, 2, "a")
    await counted(renewals, 2, "a")
    kept = await counted(renewals, 3, "b", ISSUED + timedelta(days=7))
    assert len(renewals.states) == 1
    assert (kept.headcount, kept.expires_on, kept.ask_on) == (5, date(2027, 11, 2), date(2027, 7, 5))
    other = await counted(renewals, 1, "c", date(2026, 12, 1))
    assert other.id != kept.id
    with pytest.raises(NoEnd):
        domain.expiry(ISSUED, validity_of("lean-basic", ISSUED))
    assert validity_of("emob-hv1", date(2019, 1, 1)) is None


async def test_company_is_asked_once_when_the_day_has_come() -> None:
    kept = await counted(Memory(), 2, "a")
    assert not domain.due(kept, AT - timedelta(days=1)).events
    change = domain.due(kept, AT)
    (event,) = change.events
    assert isinstance(event, RenewalDue)
    assert not domain.due(change.state, AT).events
    late = domain.plan(change.state, kept, "b", domain.Proofs(headcount=1, expires_on=kept.expires_on))
    assert isinstance(late.events[0], RenewalPlanned)
    assert (late.state.headcount, late.state.state) == (1, RenewalState.PLANNED)


async def test_one_mandatory_need_is_posted_when_the_event_comes_twice() -> None:
    (event,) = domain.due(await counted(Memory(), 2, "a"), AT).events
    assert isinstance(event, RenewalDue)
    needs: Memory = Memory()
    for _ in range(2):
        await renew(event, ENVELOPE, needs=needs, clock=lambda: AT)  # type: ignore[arg-type]
    (posted,) = needs.states.values()
    assert (posted.origin, posted.mandatory, posted.headcount) == (NeedOrigin.RENEWAL, True, 2)
    assert (posted.window_from, posted.window_to) == (date(2027, 7, 5), date(2027, 11, 2))
    assert renewal_need(event, date(2028, 1, 1), 1).window_to == date(2028, 12, 31)


async def test_need_comes_again_when_it_recurs_and_is_covered() -> None:
    first = need(recurs_every_months=12, state=NeedState.COVERED, company_visible=True)
    needs = Memory(first)
    event = NeedCovered(need_id=first.id, network_id=NETWORK)
    for _ in range(2):
        await repeat_need(event, ENVELOPE, needs=needs, clock=lambda: AT)  # type: ignore[arg-type]
    again = next(each for each in needs.states.values() if each.id != first.id)
    assert len(needs.states) == 2
    assert (again.window_from, again.window_to) == (date(2028, 2, 1), date(2028, 6, 29))
    assert (again.state, again.origin, again.cycle) == (NeedState.POSTED, NeedOrigin.RECURRING, 1)
    once = need(state=NeedState.COVERED)
    alone = Memory(once)
    await repeat_need(event, ENVELOPE, needs=alone, clock=lambda: AT)  # type: ignore[arg-type]
    assert len(alone.states) == 1


def test_cycles_in_the_past_are_left_out_when_nobody_was_there_for_years() -> None:
    later = next_cycle(need(recurs_every_months=6), 6, date(2031, 1, 1), epoch_ms(AT))
    assert later.window_to >= date(2031, 1, 1)
    assert later.window_from == date(2031, 2, 1) or later.window_from == date(2030, 8, 1)
