"""What a membership that rests or ends does to a company's part in a session. Pure.

A confirmed booking is a contract and stays: it can be kept, substituted, or cancelled at the terms it froze. What is
not yet promised ends with the membership: waiting bookings, open offers, an unbooked contingent.
"""

from datetime import datetime

from services.courses.sessions.domain.contingents import released
from services.courses.sessions.domain.endings import end_free, withdraw
from services.courses.sessions.domain.parts import KeptStanding, Outcome
from services.courses.sessions.domain.queue import Events, fill, offers_of
from services.courses.sessions.domain.state import Session
from services.courses.sessions.domain.table import SessionState
from shared.decisions import Change
from shared.events.seats import CancellationCause, CompanyStandingChanged, Standing
from shared.ids import OrganisationId

_KEPT = frozenset({SessionState.DRAFT, SessionState.OPEN, SessionState.CONFIRMED, SessionState.POSTPONED})


def concerned(session: Session, organisation_id: OrganisationId) -> bool:
    """Whether the company has a part in the session that its membership could change."""
    seats = (*session.confirmed.values(), *session.waiting.values())
    return (
        organisation_id in session.contingents
        or organisation_id in session.standings
        or any(seat.organisation_id == organisation_id for seat in seats)
    )


def change_standing(
    session: Session, organisation_id: OrganisationId, standing: Standing, sequence: int, at: datetime
) -> Change[Session]:
    """Apply a membership's event number `sequence`; an older or repeated one changes nothing."""
    known = session.standings.get(organisation_id)
    if session.state not in _KEPT or not concerned(session, organisation_id):
        return Change(session)
    if known is not None and known.sequence >= sequence:
        return Change(session)
    kept = {**session.standings, organisation_id: KeptStanding(standing=standing, sequence=sequence)}
    after = session.model_copy(update={"standings": kept})
    told = CompanyStandingChanged(
        session_id=session.id,
        network_id=session.network_id,
        organisation_id=organisation_id,
        standing=standing,
    )
    events: Events = (told,)
    if standing is not Standing.ACTIVE:
        after, more = withdraw(after, tuple(offers_of(after, organisation_id)))
        events += more
    if standing is Standing.TERMINATED:
        after, more = _ended(after, organisation_id, at)
        events += more
    after, more = fill(after, at)
    return Change(after, events + more)


def _ended(session: Session, organisation_id: OrganisationId, at: datetime) -> tuple[Session, Events]:
    waiting = [key for key, seat in session.waiting.items() if seat.organisation_id == organisation_id]
    waiting.sort(key=lambda each: session.waiting[each].number)
    after, events = end_free(
        session, waiting, Outcome.MEMBERSHIP_ENDED, CancellationCause.MEMBERSHIP_ENDED, at
    )
    contingent = after.contingents.get(organisation_id)
    if contingent is not None and not contingent.released:
        after, more = released(after, organisation_id)
        events += more
    return after, events
