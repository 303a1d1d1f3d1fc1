"""Seats kept for one company, until so many days before the start. Pure.

A company's own bookings fill its contingent first; what is left of it nobody else can book. Domain notes 2.10: back to
the pool at T-28 days.
"""

from datetime import datetime

from services.courses.rules import step
from services.courses.sessions.domain.errors import ContingentPast, ContingentTooLarge, SessionStarted
from services.courses.sessions.domain.parts import Contingent
from services.courses.sessions.domain.queue import Events, fill, without
from services.courses.sessions.domain.schedule import days_earlier
from services.courses.sessions.domain.state import Session
from services.courses.sessions.domain.table import TABLE, SessionCommand
from shared.decisions import Change
from shared.errors import NotFound
from shared.events.seats import ContingentReleased, ContingentReserved
from shared.ids import OrganisationId

RELEASE_DAYS_BEFORE = 28


def release_at(session: Session, contingent: Contingent) -> datetime:
    """Return the instant of the release: local midnight of the day."""
    return days_earlier(session.starts_at, contingent.release_days_before, session.time_zone)


def reserve(
    session: Session, organisation_id: OrganisationId, seats: int, release_days_before: int, at: datetime
) -> Change[Session]:
    """Keep seats for a company; 0 takes the contingent back. Repeating it changes nothing.

    Errors: `WrongState`, `SessionStarted`, `ContingentPast`, `ContingentTooLarge` 409.
    """
    step(TABLE, session.state, SessionCommand.RESERVE, "session")
    if at >= session.starts_at:
        raise SessionStarted
    known = session.contingents.get(organisation_id)
    contingent = Contingent(seats=seats, release_days_before=release_days_before)
    if known == contingent or (known is None and seats == 0):
        return Change(session)
    moment = release_at(session, contingent)
    if seats and moment <= at:
        raise ContingentPast(pointer="#/release_days_before")
    # What others hold, could take or have reserved is not to be had; its own bookings count as part of it.
    most = session.available(organisation_id) + session.taken_by(organisation_id)
    if seats > most:
        raise ContingentTooLarge(pointer="#/seats", free=max(0, most))
    contingents = without(session.contingents, (organisation_id,))
    if seats:
        contingents[organisation_id] = contingent
    after = session.model_copy(update={"contingents": contingents})
    event = ContingentReserved(
        session_id=session.id,
        network_id=session.network_id,
        organisation_id=organisation_id,
        reserved_seats=seats,
        release_at=moment,
        seats=after.counts(),
    )
    after, events = fill(after, at)
    return Change(after, (event, *events))


def release(session: Session, organisation_id: OrganisationId, at: datetime) -> Change[Session]:
    """Give unbooked seats of a contingent back to everybody. Errors: `NotFound` 404, `WrongState` 409."""
    step(TABLE, session.state, SessionCommand.RESERVE, "session")
    contingent = session.contingents.get(organisation_id)
    if contingent is None:
        raise NotFound(kind="contingent")
    if contingent.released:
        return Change(session)
    after, events = released(session, organisation_id)
    after, more = fill(after, at)
    return Change(after, events + more)


def released(session: Session, organisation_id: OrganisationId) -> tuple[Session, Events]:
    """Return the session with the contingent released; fills no seats."""
    contingent = session.contingents[organisation_id]
    left = max(0, contingent.seats - session.taken_by(organisation_id))
    kept = contingent.model_copy(update={"released": True})  # a cost key may ask for it later
    after = session.model_copy(update={"contingents": {**session.contingents, organisation_id: kept}})
    event = ContingentReleased(
        session_id=session.id,
        network_id=session.network_id,
        organisation_id=organisation_id,
        released_seats=left,
        seats=after.counts(),
    )
    return after, (event,)
