"""What members see of a session without its bookings; written with the state, so that lists read nothing else."""

from datetime import datetime

from services.courses.sessions.domain import Session, SessionState
from services.courses.sessions.domain.parts import Promotion
from services.courses.sessions.domain.phases import others_from
from shared.events.course_values import CostKey, CourseFormat, SeatCounts, SessionDay
from shared.events.sessions import DecidedBy, GoNoGo
from shared.web import View


class DecisionView(View):
    """Go or no go; until `takes_effect_at` a "no go" by rule can be overruled."""

    decision: GoNoGo
    by: DecidedBy
    reason_code: str
    at: datetime
    takes_effect_at: datetime | None


class SessionView(View):
    """One session with its counters; money in cents, instants in UTC to be read in `time_zone`."""

    id: str
    network_id: str
    course_id: str
    pool_id: str | None
    provider_id: str | None
    topic_code: str
    teaching_units: int
    days: list[SessionDay]
    time_zone: str
    venue_ags: str | None
    format: CourseFormat
    minimum_seats: int
    capacity: int
    price_cents: int
    cost_key: CostKey
    prerequisites: list[str]
    promotion: Promotion
    company_cap: int | None
    state: SessionState
    pool_until: datetime | None
    others_from: datetime | None
    decide_at: datetime | None
    decision: DecisionView | None
    answer_by: datetime | None
    revision: int
    seats: SeatCounts


_COMPUTED = {"seats", "others_from", "decision", "answer_by"}


def session_view(session: Session) -> SessionView:
    """Return what the members of the network may see."""
    shown = session.model_dump(include=set(SessionView.model_fields) - _COMPUTED)
    decided = session.decided
    return SessionView(
        **shown,
        seats=session.counts(),
        others_from=others_from(session),
        decision=None if decided is None else DecisionView(**decided.model_dump(exclude={"note"})),
        answer_by=None if session.question is None else session.question.answer_by,
    )
