"""A pool: needs of several companies for one topic, and the seats they pledge. Pure."""

from enum import StrEnum

from pydantic import Field

from services.courses.rules import OtherNetwork, require_topic, step
from shared.decisions import Change
from shared.errors import IdempotencyKeyReused, Rejected
from shared.events.courses import (
    NeedAddedToPool,
    PoolBecameViable,
    PoolOpened,
    PoolPlanned,
    SeatsPledged,
)
from shared.events.envelope import Event, Value
from shared.ids import CallId, NeedId, NetworkId, OrganisationId, PoolId, SessionId

MIN_COMPANIES = 2  # a joint course joins at least two


class PoolState(StrEnum):
    OPEN = "open"
    VIABLE = "viable"
    OFFERS_REQUESTED = "offers_requested"
    AWARDED = "awarded"
    PLANNED = "planned"
    DISSOLVED = "dissolved"


class PoolCommand(StrEnum):
    ADD_NEED = "add_need"
    REMOVE_NEED = "remove_need"
    PLEDGE = "pledge"
    BECOME_VIABLE = "become_viable"
    REQUEST_OFFERS = "request_offers"
    END_CALL = "end_call"
    AWARD = "award"
    PLAN = "plan"
    DISSOLVE = "dissolve"


TABLE: dict[tuple[PoolState, PoolCommand], PoolState] = {
    (PoolState.OPEN, PoolCommand.ADD_NEED): PoolState.OPEN,
    (PoolState.OPEN, PoolCommand.REMOVE_NEED): PoolState.OPEN,
    (PoolState.OPEN, PoolCommand.PLEDGE): PoolState.OPEN,
    (PoolState.OPEN, PoolCommand.BECOME_VIABLE): PoolState.VIABLE,
    (PoolState.OPEN, PoolCommand.DISSOLVE): PoolState.DISSOLVED,
    (PoolState.VIABLE, PoolCommand.ADD_NEED): PoolState.VIABLE,
    (PoolState.VIABLE, PoolCommand.REMOVE_NEED): PoolState.VIABLE,
    (PoolState.VIABLE, PoolCommand.PLEDGE): PoolState.VIABLE,
    (PoolState.VIABLE, PoolCommand.REQUEST_OFFERS): PoolState.OFFERS_REQUESTED,
    (PoolState.OFFERS_REQUESTED, PoolCommand.PLEDGE): PoolState.OFFERS_REQUESTED,
    (PoolState.OFFERS_REQUESTED, PoolCommand.END_CALL): PoolState.VIABLE,
    (PoolState.OFFERS_REQUESTED, PoolCommand.AWARD): PoolState.AWARDED,
    (PoolState.AWARDED, PoolCommand.PLEDGE): PoolState.AWARDED,
    (PoolState.AWARDED, PoolCommand.PLAN): PoolState.PLANNED,
    (PoolState.VIABLE, PoolCommand.PLAN): PoolState.PLANNED,
    (PoolState.VIABLE, PoolCommand.DISSOLVE): PoolState.DISSOLVED,
}


class PoolPlannedElsewhere(Rejected):
    status = 409
    en = "Another session was planned from this pool."
    de = "Aus diesem Bündel ist schon eine andere Durchführung geplant."


class Pool(Value):
    """The state of a pool; pledges by organisation; `partners`: other networks that were asked, and have agreed."""

    id: PoolId
    network_id: NetworkId
    topic_code: str
    minimum_seats: int
    state: PoolState = PoolState.OPEN
    needs: tuple[NeedId, ...] = ()
    pledges: dict[OrganisationId, int] = Field(default_factory=dict)
    partners: dict[NetworkId, bool] = Field(default_factory=dict)
    session_id: SessionId | None = None
    call_id: CallId | None = None
    provider_id: OrganisationId | None = None
    request: str = ""
    created_ms: int

    @property
    def pledged_seats(self) -> int:
        """Seats over all companies."""
        return sum(self.pledges.values())

    @property
    def networks(self) -> tuple[NetworkId, ...]:
        """The networks whose needs may be in the pool, its own first."""
        return self.network_id, *sorted(key for key, agreed in self.partners.items() if agreed)


def open_pool(existing: Pool | None, pool: Pool) -> Change[Pool]:
    """Open a pool. Errors: `Invalid`, `IdempotencyKeyReused` 422."""
    if existing is not None:
        if existing.request != pool.request:
            raise IdempotencyKeyReused
        return Change(existing)
    require_topic(pool.topic_code)
    event = PoolOpened(
        pool_id=pool.id,
        network_id=pool.network_id,
        topic_code=pool.topic_code,
        minimum_seats=pool.minimum_seats,
    )
    return Change(pool, (event,))


def add_need(pool: Pool, need_id: NeedId, headcount: int) -> Change[Pool]:
    """Add a need; changes nothing if it is in. Errors: `WrongState` 409."""
    if need_id in pool.needs:
        return Change(pool)
    state = step(TABLE, pool.state, PoolCommand.ADD_NEED, "pool")
    after = pool.model_copy(update={"state": state, "needs": (*pool.needs, need_id)})
    event = NeedAddedToPool(pool_id=pool.id, network_id=pool.network_id, need_id=need_id, headcount=headcount)
    return Change(after, (event,))


def pledge(pool: Pool, organisation_id: OrganisationId, seats: int) -> Change[Pool]:
    """Set how many seats a company pledges: the latest number counts, 0 withdraws. Errors: `WrongState` 409.

    A pool becomes viable once; a pledge withdrawn later does not make it open again, the manager decides.
    """
    step(TABLE, pool.state, PoolCommand.PLEDGE, "pool")
    if pool.pledges.get(organisation_id, 0) == seats:
        return Change(pool)
    pledges = {key: value for key, value in pool.pledges.items() if key != organisation_id}
    if seats:
        pledges[organisation_id] = seats
    after = pool.model_copy(update={"pledges": pledges})
    companies = len(pledges)
    events: tuple[Event, ...] = (
        SeatsPledged(
            pool_id=pool.id,
            network_id=pool.network_id,
            organisation_id=organisation_id,
            seats=seats,
            pledged_seats=after.pledged_seats,
            pledging_companies=companies,
        ),
    )
    enough = after.pledged_seats >= pool.minimum_seats and companies >= MIN_COMPANIES
    if pool.state is PoolState.OPEN and enough:
        viable = step(TABLE, pool.state, PoolCommand.BECOME_VIABLE, "pool")
        after = after.model_copy(update={"state": viable})
        events += (
            PoolBecameViable(
                pool_id=pool.id,
                network_id=pool.network_id,
                pledged_seats=after.pledged_seats,
                pledging_companies=companies,
            ),
        )
    return Change(after, events)


def plan(pool: Pool, session_id: SessionId, network_id: str) -> Change[Pool]:
    """Plan the session of this pool; changes nothing if that is done. Errors: `Rejected` 409."""
    if pool.network_id != network_id:
        raise OtherNetwork
    if pool.state is PoolState.PLANNED:
        if pool.session_id != session_id:
            raise PoolPlannedElsewhere
        return Change(pool)
    state = step(TABLE, pool.state, PoolCommand.PLAN, "pool")
    after = pool.model_copy(update={"state": state, "session_id": session_id})
    return Change(after, (PoolPlanned(pool_id=pool.id, network_id=pool.network_id, session_id=session_id),))
