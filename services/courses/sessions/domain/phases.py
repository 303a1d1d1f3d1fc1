"""Who may book when: the pool's companies first, then the network's, then those of other networks. Pure."""

from datetime import datetime

from services.courses.sessions.domain.schedule import days_earlier
from services.courses.sessions.domain.state import Session
from shared.events.sessions import BookingPhase
from shared.ids import OrganisationId

ORDER = (BookingPhase.POOL, BookingPhase.NETWORK, BookingPhase.OTHERS)


def phase_of(session: Session, organisation_id: OrganisationId, *, member: bool) -> BookingPhase:
    """Return the first phase in which this company may book."""
    if organisation_id in session.pool_members:
        return BookingPhase.POOL
    return BookingPhase.NETWORK if member else BookingPhase.OTHERS


def others_from(session: Session) -> datetime | None:
    """Return when companies of other networks may book, None if never; local midnight of the day."""
    if session.others_days_before is None:
        return None
    opens = days_earlier(session.starts_at, session.others_days_before, session.time_zone)
    return opens if session.pool_until is None else max(opens, session.pool_until)


def bookable_from(session: Session, phase: BookingPhase) -> datetime | None:
    """Return from when companies of this phase may book an open session, None if never."""
    always = datetime.min.replace(tzinfo=session.starts_at.tzinfo)
    if phase is BookingPhase.POOL:
        return always
    if phase is BookingPhase.NETWORK:
        return session.pool_until or always
    return others_from(session)


def current_phase(session: Session, at: datetime) -> BookingPhase:
    """Return the latest phase that has begun."""
    begun = [
        phase for phase in ORDER if (begins := bookable_from(session, phase)) is not None and begins <= at
    ]
    return begun[-1]


def next_phase(session: Session, after: BookingPhase) -> datetime | None:
    """Return when the phase after this one begins, None if there is none."""
    later = ORDER[ORDER.index(after) + 1 :]
    begins = (bookable_from(session, phase) for phase in later)
    return min((moment for moment in begins if moment is not None), default=None)
