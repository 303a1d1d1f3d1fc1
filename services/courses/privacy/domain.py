"""A booking loses its person and keeps everything else. Pure."""

from services.courses.sessions.domain import Session
from shared.decisions import Change
from shared.errors import NotFound
from shared.events.envelope import Value
from shared.events.erasures import ParticipantErased, PersonUnlinked
from shared.ids import BookingId, ErasureId, PersonId, derived_id
from shared.personal import keys_mentioning, mentions, replaced


class Unlinking(Value):
    """What courses did for one erasure: the proof, without the person."""

    id: str
    erasure_id: ErasureId
    sessions: int
    bookings: int
    at_ms: int


def mark_of(person_id: str) -> str:
    """Return the mark by which an erased person is recognised if an old page books her once more."""
    return derived_id("erased", person_id)


def unlinking_id(erasure_id: str) -> str:
    """Return the id of the proof; its own, as the erasure's belongs to membership."""
    return derived_id("unlinking", erasure_id)


def bookings_of(session: Session, person_id: str) -> tuple[BookingId, ...]:
    """Return the session's bookings that name the person, also ended ones."""
    keys = keys_mentioning(session.model_dump(mode="json"), person_id)
    return tuple(sorted({BookingId(key) for key in keys if session.knows(BookingId(key))}))


def unlink(session: Session, person_id: PersonId) -> Change[Session]:
    """Put an id that belongs to nobody in the person's place; another one in every session, so that none leads on."""
    state = session.model_dump(mode="json")
    if not mentions(state, person_id):
        return Change(session)
    nobody = derived_id("nobody", session.id, person_id)
    after = Session.model_validate(replaced(state, person_id, nobody))
    event = ParticipantErased(
        session_id=session.id, network_id=session.network_id, booking_ids=bookings_of(session, person_id)
    )
    return Change(after, (event,))


def prove(present: Unlinking | None, new: Unlinking) -> Change[Unlinking]:
    """Keep the proof once. The event says it again for whoever missed it: a repeat is harmless."""
    if present is not None:
        return Change(present)
    event = PersonUnlinked(erasure_id=new.erasure_id, sessions=new.sessions, bookings=new.bookings)
    return Change(new, (event,))


def participant_of(session: Session, booking_id: BookingId) -> PersonId | None:
    """Return who has the booking, None where it is not there any more."""
    try:
        return session.booking(booking_id).participant_id
    except NotFound:
        return None
