"""A company's training need. Pure."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from services.courses.needs.windows import DateRange, DayTimes, hull, require_order
from services.courses.rules import (
    OtherNetwork,
    related_topics,
    require_district,
    require_skills,
    require_topic,
    step,
)
from shared.decisions import Change
from shared.errors import IdempotencyKeyReused, Invalid, Rejected
from shared.events.course_values import CourseFormat
from shared.events.courses import (
    NeedLevel,
    NeedOrigin,
    NeedPooled,
    NeedPosted,
    NeedReleased,
    NeedWithdrawn,
)
from shared.events.envelope import Value
from shared.events.needs import NeedCovered, NeedExpired, NeedRevised
from shared.ids import NeedId, NetworkId, OrganisationId, PoolId, SessionId, WaveId
from shared.zones import local_day


class NeedState(StrEnum):
    POSTED = "posted"
    POOLED = "pooled"
    COVERED = "covered"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class NeedCommand(StrEnum):
    REVISE = "revise"
    POOL = "pool"
    RELEASE = "release"
    COVER = "cover"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"


_S, _C = NeedState, NeedCommand
TABLE: dict[tuple[NeedState, NeedCommand], NeedState] = {
    (_S.POSTED, _C.REVISE): _S.POSTED,
    (_S.POSTED, _C.POOL): _S.POOLED,
    (_S.POSTED, _C.WITHDRAW): _S.WITHDRAWN,
    (_S.POSTED, _C.EXPIRE): _S.EXPIRED,
    (_S.POSTED, _C.COVER): _S.COVERED,
    (_S.POOLED, _C.REVISE): _S.POOLED,
    (_S.POOLED, _C.RELEASE): _S.POSTED,
    (_S.POOLED, _C.COVER): _S.COVERED,
    (_S.COVERED, _C.RELEASE): _S.POSTED,
}


class NeedPooledElsewhere(Rejected):
    status = 409
    en = "The need is in another pool already."
    de = "Der Bedarf liegt schon in einem anderen Bündel."


class OthersCountOnNeed(Rejected):
    """A pool was opened with the need; only the network's manager may take it out by calling it covered."""

    status = 409
    en = "This need is in a pool, and others count on it. Ask the network's manager."
    de = "Dieser Bedarf ist gebündelt, andere rechnen damit. Bitte wenden Sie sich an das Netzwerkmanagement."


class TopicDiffers(Rejected):
    """A pool holds needs of one group of the topic tree: docs/adr/0017."""

    status = 409
    en = "The need asks for a topic of another group than the pool."
    de = "Der Bedarf betrifft ein Thema einer anderen Gruppe als das Bündel."


class Terms(Value):
    """What a company asks for; all of it may be revised. Money in cents, distances in km, travel in minutes.

    `window_from` to `window_to` holds everything; `windows` narrows it (empty: all of it), `blocked` cuts out of it.
    `weekdays` are ISO numbers, 1 = Monday (empty: any). `level` None means any. `kldb` is the target group's
    occupation (KldB 2010, 5 digits). `recurs_every_months` repeats the need when it is covered or has expired.
    """

    topic_code: str
    headcount: int
    window_from: date
    window_to: date
    format: CourseFormat
    kldb: str | None = None
    ags: str | None = None
    level: NeedLevel | None = None
    esco_uris: tuple[str, ...] = ()
    goal: str = ""
    windows: tuple[DateRange, ...] = ()
    blocked: tuple[DateRange, ...] = ()
    weekdays: tuple[int, ...] = ()
    day_times: DayTimes | None = None
    max_distance_km: int | None = None
    max_travel_minutes: int | None = None
    budget_cents_per_seat: int | None = None
    mandatory: bool = False
    recurs_every_months: int | None = None
    company_visible: bool = False

    def allows(self, day: date) -> bool:
        """Whether the company's people can be taught on `day`."""
        if not self.window_from <= day <= self.window_to:
            return False
        if self.weekdays and day.isoweekday() not in self.weekdays:
            return False
        if self.windows and not any(each.holds(day) for each in self.windows):
            return False
        return not any(each.holds(day) for each in self.blocked)


class Need(Terms):
    """The state of a need; `request` tells a repeated posting from a changed one.

    `expires_on` is the last day on which it stands (Europe/Berlin). `cycle` counts recurrences from 0.
    """

    id: NeedId
    network_id: NetworkId
    organisation_id: OrganisationId
    state: NeedState = NeedState.POSTED
    pool_id: PoolId | None = None
    session_id: SessionId | None = None
    origin: NeedOrigin = NeedOrigin.POSTED
    wave_id: WaveId | None = None
    expires_on: date | None = None
    cycle: int = 0
    request: str = ""
    created_ms: int

    @property
    def last_day(self) -> date:
        """The last day on which the need stands."""
        return self.expires_on or self.window_to


def checked(terms: Terms) -> None:
    """Refuse terms that cannot be. Errors: `Invalid` 422."""
    require_topic(terms.topic_code)
    require_district(terms.ags, "#/ags")
    require_skills(terms.esco_uris, "#/esco_uris")
    whole = DateRange(first=terms.window_from, last=terms.window_to)
    if whole.first > whole.last:
        raise Invalid(
            pointer="#/window_to",
            reason_en="The time window ends before it begins.",
            reason_de="Das Zeitfenster endet vor seinem Beginn.",
        )
    require_order(terms.windows, "#/windows")
    require_order(terms.blocked, "#/blocked")
    if terms.windows and hull(terms.windows) != whole:
        raise Invalid(
            pointer="#/windows",
            reason_en="The first window begins on window_from and the last one ends on window_to.",
            reason_de="Das erste Fenster beginnt am window_from, das letzte endet am window_to.",
        )
    if terms.day_times is not None and terms.day_times.starts >= terms.day_times.ends:
        raise Invalid(
            pointer="#/day_times",
            reason_en="The teaching day ends before it begins.",
            reason_de="Der Unterrichtstag endet vor seinem Beginn.",
        )


def _told(need: Need) -> dict[str, Any]:
    # Goal, budget and reach stay here: free text, and what a competitor could use.
    return need.model_dump(include=set(NeedRevised.model_fields) - {"type", "need_id"})


def require_future(last_day: date, window_to: date, today: date) -> None:
    """Refuse a last day that is over, or lies after the time window. Errors: `Invalid` 422."""
    if not today <= last_day <= window_to:
        raise Invalid(
            pointer="#/expires_on",
            reason_en="A need stands until a day between today and the end of its time window.",
            reason_de="Ein Bedarf gilt bis zu einem Tag zwischen heute und dem Ende seines Zeitfensters.",
        )


def post(existing: Need | None, need: Need, today: date = date.min) -> Change[Need]:
    """Post a need. Errors: `Invalid` 422, `IdempotencyKeyReused` 422."""
    if existing is not None:
        if existing.request != need.request:
            raise IdempotencyKeyReused
        return Change(existing)
    checked(need)
    require_future(need.last_day, need.window_to, today)
    event = NeedPosted(need_id=need.id, origin=need.origin, wave_id=need.wave_id, **_told(need))
    return Change(need, (event,))


def revise(need: Need, terms: Terms, expires_on: date | None, today: date) -> Change[Need]:
    """Replace what is asked for; the same terms again change nothing. Errors: `Invalid` 422, `Rejected` 409.

    A need in a pool keeps its topic; everything else may change, and the manager sees it.
    """
    state = step(TABLE, need.state, NeedCommand.REVISE, "need")
    checked(terms)
    require_future(expires_on or terms.window_to, terms.window_to, today)
    if need.pool_id is not None and terms.topic_code != need.topic_code:
        raise TopicDiffers(pointer="#/topic_code")
    after = need.model_copy(update={**dict(terms), "state": state, "expires_on": expires_on})
    if after == need:
        return Change(need)
    return Change(after, (NeedRevised(need_id=need.id, **_told(after)),))


def withdraw(need: Need) -> Change[Need]:
    """Withdraw a need that is in no pool. Errors: `WrongState` 409."""
    state = step(TABLE, need.state, NeedCommand.WITHDRAW, "need")
    after = need.model_copy(update={"state": state})
    return Change(after, (NeedWithdrawn(need_id=need.id, network_id=need.network_id),))


def due(need: Need, at: datetime) -> Change[Need]:
    """Let a need expire whose last day is over; changes nothing before that or when it is no longer open."""
    if need.state is not NeedState.POSTED or local_day(at) <= need.last_day:
        return Change(need)
    after = need.model_copy(update={"state": step(TABLE, need.state, NeedCommand.EXPIRE, "need")})
    return Change(after, (NeedExpired(need_id=need.id, network_id=need.network_id),))


def cover(need: Need, session_id: SessionId | None) -> Change[Need]:
    """Mark the need as met, by a session or otherwise; changes nothing if it is. Errors: `WrongState` 409."""
    if need.state is NeedState.COVERED and need.session_id == session_id:
        return Change(need)
    state = step(TABLE, need.state, NeedCommand.COVER, "need")
    after = need.model_copy(update={"state": state, "session_id": session_id})
    event = NeedCovered(need_id=need.id, network_id=need.network_id, session_id=session_id)
    return Change(after, (event,))


def cover_elsewhere(need: Need, *, by_manager: bool) -> Change[Need]:
    """Mark the need as met without a session of ours. Errors: `WrongState`, `OthersCountOnNeed` 409."""
    if need.pool_id is not None and not by_manager:
        raise OthersCountOnNeed
    return cover(need, None)


def cover_in_pool(need: Need, pool_id: PoolId, session_id: SessionId) -> Change[Need]:
    """Cover a need by its pool's session; changes nothing if it has left the pool."""
    if need.pool_id != pool_id or need.state is not NeedState.POOLED:
        return Change(need)
    return cover(need, session_id)


def poolable(need: Need, pool_id: PoolId | None, network_id: str, topic_code: str) -> None:
    """Check that the need may go into the pool. Errors: `Rejected` 409."""
    if need.network_id != network_id:
        raise OtherNetwork
    if not related_topics(need.topic_code, topic_code):
        raise TopicDiffers
    if need.state in {NeedState.POOLED, NeedState.COVERED} and need.pool_id == pool_id:
        return  # a repeated request, perhaps long after the pool's course has opened
    if need.state is NeedState.POOLED:
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
    """Take the need out of a pool that refused it or came to nothing; changes nothing if it is not in it."""
    if need.pool_id != pool_id or need.state not in {NeedState.POOLED, NeedState.COVERED}:
        return Change(need)
    after = need.model_copy(update={"state": NeedState.POSTED, "pool_id": None, "session_id": None})
    return Change(after, (NeedReleased(need_id=need.id, network_id=need.network_id, pool_id=pool_id),))
