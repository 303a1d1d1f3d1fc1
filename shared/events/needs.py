"""Events of needs after their posting; on the topic of the courses service."""

from datetime import date
from typing import Literal

from shared.events.course_values import CourseFormat, NeedLevel
from shared.events.envelope import Event
from shared.ids import NeedId, NetworkId, OrganisationId, SessionId


class NeedRevised(Event):
    """The need as it stands after the revision."""

    type: Literal["verbund.courses.need-revised.v1"] = "verbund.courses.need-revised.v1"
    need_id: NeedId
    network_id: NetworkId
    organisation_id: OrganisationId
    topic_code: str
    kldb: str | None = None
    headcount: int
    window_from: date
    window_to: date
    format: CourseFormat
    ags: str | None = None
    level: NeedLevel | None = None
    mandatory: bool = False
    esco_uris: tuple[str, ...] = ()


class NeedExpired(Event):
    """Nobody pooled the need before its last day was over."""

    type: Literal["verbund.courses.need-expired.v1"] = "verbund.courses.need-expired.v1"
    need_id: NeedId
    network_id: NetworkId


class NeedCovered(Event):
    """The need is met: by a session of its pool, or elsewhere if `session_id` is null."""

    type: Literal["verbund.courses.need-covered.v1"] = "verbund.courses.need-covered.v1"
    need_id: NeedId
    network_id: NetworkId
    session_id: SessionId | None = None


EVENTS: tuple[type[Event], ...] = (NeedRevised, NeedExpired, NeedCovered)
