"""A company's training need. Pure."""

from datetime import date
from enum import StrEnum

from services.courses.rules import OtherNetwork, require_district, require_topic, step
from shared.decisions import Change
from shared.errors import IdempotencyKeyReused, Invalid, Rejected
from shared.events.courses import CourseFormat, NeedPooled, NeedPosted, NeedReleased, NeedWithdrawn
from shared.events.envelope import Value
from shared.ids import NeedId, NetworkId, OrganisationId, PoolId


class NeedState(StrEnum):
    POSTED = "posted"
    POOLED = "pooled"
    COVERED = "covered"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class NeedCommand(StrEnum):
    POOL = "pool"
    RELEASE = "release"
    COVER = "cover"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"


TABLE: dict[tuple[NeedState, NeedCommand], NeedState] = {
    (NeedState.POSTED, NeedCommand.POOL): NeedState.POOLED,
    (NeedState.POSTED, NeedCommand.WITHDRAW): NeedState.WITHDRAWN,
    (NeedState.POSTED, NeedCommand.EXPIRE): NeedState.EXPIRED,
    (NeedState.POOLED, NeedCommand.RELEASE): NeedState.POSTED,
    (NeedState.POOLED, NeedCommand.COVER): NeedState.COVERED,
}


class NeedPooledElsewhere(Rejected):
    status = 409
    en = "The need is in another pool already."
    de = "Der Bedarf liegt schon in einem anderen Bündel."


class TopicDiffers(Rejected):
    status = 409
    en = "The need asks for another topic than the pool."
    de = "Der Bedarf betrifft ein anderes Thema als das Bündel."


class Need(Value):
    """The state of a need; `request` tells a repeated posting from a changed one."""

    id: NeedId
    network_id: NetworkId
    organisation_id: OrganisationId
    topic_code: str
    headcount: int
    window_from: date
    window_to: date
    format: CourseFormat
    kldb: str | None = None
    ags: str | None = None
    state: NeedState = NeedState.POSTED
    pool_id: PoolId | None = None
    request: str = ""
    created_ms: int


def post(existing: Need | None, need: Need) -> Change[Need]:
    """Post a need. Errors: `Invalid` 422, `IdempotencyKeyReused` 422."""
    if existing is not None:
        if existing.request != need.request:
            raise IdempotencyKeyReused
        return Change(existing)
    require_topic(need.topic_code)
    require_district(need.ags, "#/ags")
    if need.window_from > need.window_to:
        raise Invalid(
            pointer="#/window_to",
            reason_en="The time window ends before it begins.",
            reason_de="Das Zeitfenster endet vor seinem Beginn.",
        )
    event = NeedPosted(
        need_id=need.id,
        network_id=need.network_id,
        organisation_id=need.organisation_id,
        topic_code=need.topic_code,
        kldb=need.kldb,
        headcount=need.headcount,
        window_from=need.window_from,
        window_to=need.window_to,
        format=need.format,
        ags=need.ags,
    )
    return Change(need, (event,))


def withdraw(need: Need) -> Change[Need]:
    """Withdraw a need that is in no pool. Errors: `WrongState` 409."""
    state = step(TABLE, need.state, NeedCommand.WITHDRAW, "need")
    after = need.model_copy(update={"state": state})
    return Change(after, (NeedWithdrawn(need_id=need.id, network_id=need.network_id),))


def poolable(need: Need, pool_id: PoolId | None, network_id: str, topic_code: str) -> None:
    """Check that the need may go into the pool. Errors: `Rejected` 409."""
    if need.network_id != network_id:
        raise OtherNetwork
    if need.topic_code != topic_code:
        raise TopicDiffers
    if need.state is NeedState.POOLED:
        if need.pool_id == pool_id:
            return
        raise NeedPooledElsewhere
    step(TABLE, need.state, NeedCommand.POOL, "need")


def pool(need: Need, pool_id: PoolId, network_id: str, topic_code: str) -> Change[Need]:
    """Mark the need as pooled; changes nothing if it is in this pool. Errors: `Rejected` 409."""
    poolable(need, pool_id, network_id, topic_code)
    if need.pool_id == pool_id:
        return Change(need)
    after = need.model_copy(update={"state": NeedState.POOLED, "pool_id": pool_id})
    return Change(after, (NeedPooled(need_id=need.id, network_id=need.network_id, pool_id=pool_id),))


def release(need: Need, pool_id: PoolId) -> Change[Need]:
    """Take the need out of a pool that refused it; changes nothing if it is not in this pool."""
    if need.pool_id != pool_id or need.state is not NeedState.POOLED:
        return Change(need)
    after = need.model_copy(update={"state": NeedState.POSTED, "pool_id": None})
    return Change(after, (NeedReleased(need_id=need.id, network_id=need.network_id, pool_id=pool_id),))
