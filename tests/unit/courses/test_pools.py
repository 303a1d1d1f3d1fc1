"""Needs and pools: decisions, and the handlers' two steps with a store in memory."""

from collections.abc import Callable
from datetime import date

import pytest

from services.courses.needs import domain as needs
from services.courses.needs.domain import Need, NeedPooledElsewhere, NeedState, TopicDiffers
from services.courses.pools import domain as pools
from services.courses.pools import handlers
from services.courses.pools.domain import Pool, PoolPlannedElsewhere, PoolState
from services.courses.rules import OtherNetwork
from shared.decisions import Change
from shared.errors import IdempotencyKeyReused, Invalid, NotFound, WrongState
from shared.events.course_values import CourseFormat
from shared.events.courses import (
    NeedPosted,
    NeedReleased,
    NeedWithdrawn,
    PoolBecameViable,
    PoolPlanned,
    SeatsPledged,
)
from shared.ids import NeedId, PoolId, SessionId, derived_id
from shared.store import Cause, Outcome
from tests.unit.courses.examples import NETWORK, company

POOL = PoolId(derived_id("pool", "1"))


def need(name: object = 1, **more: object) -> Need:
    values = {
        "id": NeedId(derived_id("need", str(name))),
        "network_id": NETWORK,
        "organisation_id": company(name),
        "topic_code": "emob-hv1",
        "headcount": 2,
        "window_from": date(2027, 1, 1),
        "window_to": date(2027, 1, 1),
        "format": CourseFormat.ON_SITE,
        "created_ms": 1,
    }
    return Need.model_validate({**values, **more})


def pool(**more: object) -> Pool:
    values = {"id": POOL, "network_id": NETWORK, "topic_code": "emob-hv1", "minimum_seats": 5}
    return Pool.model_validate({**values, "created_ms": 1, **more})


class Memory[S]:
    """Aggregates in memory, with the two calls that handlers make."""

    def __init__(self, *states: S) -> None:
        self.states: dict[str, S] = {state.id: state for state in states}  # type: ignore[attr-defined]

    async def get(self, key: str) -> S:
        if key not in self.states:
            raise NotFound(kind="thing")
        return self.states[key]

    async def change(self, key: str, decide: Callable[[S], Change[S]], cause: Cause) -> Outcome[S]:
        change = decide(await self.get(key))
        self.states[key] = change.state
        return Outcome(change.state, change.result)

    async def put(self, key: str, decide: Callable[[S | None], Change[S]], cause: Cause) -> Outcome[S]:
        change = decide(self.states.get(key))
        self.states[key] = change.state
        return Outcome(change.state, change.result)


def test_need_is_posted_when_it_is_valid() -> None:
    (event,) = needs.post(None, need()).events
    assert isinstance(event, NeedPosted)
    assert not needs.post(need(), need()).events
    with pytest.raises(IdempotencyKeyReused):
        needs.post(need(), need(request="other"))


@pytest.mark.parametrize(
    ("more", "pointer"),
    [
        ({"topic_code": "emob"}, "#/topic_code"),
        ({"topic_code": "nothing"}, "#/topic_code"),
        ({"ags": "99999"}, "#/ags"),
        ({"window_to": date(2026, 12, 31)}, "#/window_to"),
    ],
)
def test_need_is_refused_when_a_value_breaks_a_rule(more: dict[str, object], pointer: str) -> None:
    with pytest.raises(Invalid) as refused:
        needs.post(None, need(**more))
    assert refused.value.pointer == pointer


def test_need_may_leave_only_when_it_is_in_no_pool() -> None:
    assert [type(event) for event in needs.withdraw(need()).events] == [NeedWithdrawn]
    pooled = needs.pool(need(), POOL, NETWORK, "emob-hv1").state
    with pytest.raises(WrongState):
        needs.withdraw(pooled)
    assert not needs.pool(pooled, POOL, NETWORK, "emob-hv1").events
    with pytest.raises(NeedPooledElsewhere):
        needs.pool(pooled, PoolId(derived_id("pool", "2")), NETWORK, "emob-hv1")
    assert [type(event) for event in needs.release(pooled, POOL).events] == [NeedReleased]
    with pytest.raises(OtherNetwork):
        needs.pool(need(), POOL, "other", "emob-hv1")
    with pytest.raises(TopicDiffers):
        needs.pool(need(), POOL, NETWORK, "lead-change")


def test_pool_becomes_viable_once_when_two_companies_pledge_enough() -> None:
    change = pools.pledge(pool(), company(1), 9)
    assert [type(event) for event in change.events] == [SeatsPledged]
    change = pools.pledge(change.state, company(2), 1)
    assert [type(event) for event in change.events] == [SeatsPledged, PoolBecameViable]
    change = pools.pledge(change.state, company(2), 0)
    assert change.state.pledges == {company(1): 9}
    change = pools.pledge(change.state, company(2), 3)
    assert [type(event) for event in change.events] == [SeatsPledged]
    assert not pools.pledge(change.state, company(2), 3).events


def test_pool_stays_open_when_seats_or_companies_are_too_few() -> None:
    change = pools.pledge(pools.pledge(pool(), company(1), 2).state, company(2), 2)
    assert change.state.state is PoolState.OPEN


def test_one_session_is_planned_when_two_are_asked_for() -> None:
    session_id = SessionId(derived_id("session", POOL))
    with pytest.raises(WrongState):
        pools.plan(pool(), session_id, NETWORK)
    change = pools.plan(pool(state=PoolState.VIABLE), session_id, NETWORK)
    assert [type(event) for event in change.events] == [PoolPlanned]
    assert not pools.plan(change.state, session_id, NETWORK).events
    with pytest.raises(PoolPlannedElsewhere):
        pools.plan(change.state, SessionId("other"), NETWORK)
    with pytest.raises(OtherNetwork):
        pools.plan(change.state, session_id, "other")


async def test_second_step_is_completed_when_a_crash_came_between() -> None:
    marked = needs.pool(need(), POOL, NETWORK, "emob-hv1").state
    known, opened = Memory(marked), Memory(pool())
    for _ in range(2):
        await handlers.add_need(pool(), marked.id, Cause(), pools=opened, needs=known)
    assert opened.states[POOL].needs == (marked.id,)


async def test_need_is_released_when_the_pool_refuses_it() -> None:
    planned = pool(state=PoolState.PLANNED)
    known, opened = Memory(need()), Memory(planned)
    with pytest.raises(WrongState):
        await handlers.add_need(planned, need().id, Cause(), pools=opened, needs=known)
    assert known.states[need().id].state is NeedState.POSTED


async def test_nothing_is_stored_when_one_need_of_a_new_pool_is_refused() -> None:
    known: Memory[Need] = Memory(need(1), need(2, topic_code="lead-change"))
    opened: Memory[Pool] = Memory()
    with pytest.raises(TopicDiffers):
        await handlers.open_pool(
            pool(),
            [need(1).id, need(2).id],
            Cause(),
            pools=opened,
            needs=known,
        )
    assert not opened.states
    assert known.states[need(1).id].state is NeedState.POSTED
