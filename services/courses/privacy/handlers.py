"""What courses does when a person is erased."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from services.courses.privacy import domain
from services.courses.privacy.domain import Unlinking
from services.courses.privacy.store import Marks, sessions_with
from services.courses.sessions.domain import Session
from shared.clock import Clock, epoch_ms
from shared.errors import NotFound
from shared.events.courses import BookingWaitlisted, CourseBooked, ParticipantSubstituted
from shared.events.envelope import Envelope
from shared.events.erasures import PersonErased
from shared.ids import PersonId
from shared.mongo import Collection
from shared.scrub import scrub
from shared.store import Aggregates, Cause

type SeatEvent = CourseBooked | BookingWaitlisted | ParticipantSubstituted


class Asked(Protocol):
    """Membership's API."""

    async def get(self, path: str) -> Mapping[str, str]:
        """GET. Errors: `NotFound` 404, `PeerDown` 503."""


async def unlink_person(
    event: PersonErased,
    envelope: Envelope,
    *,
    membership: Asked,
    sessions: Aggregates[Session],
    unlinkings: Aggregates[Unlinking],
    marks: Marks,
    mentioning: Sequence[Collection],
    clock: Clock,
) -> None:
    """Unlink the person from every booking, then prove it. Safe to repeat.

    When membership does not know the person any more, everybody has confirmed already, this service included.
    """
    try:
        answer = await membership.get(f"/api/membership/v1/erasures/{event.erasure_id}/person")
    except NotFound:
        return
    person_id = PersonId(answer["person_id"])
    # The mark first: a booking that comes meanwhile is unlinked by its own event.
    await marks.add(person_id)
    found = bookings = 0
    cause = Cause(causation_id=envelope.id)
    async for session in sessions_with(sessions.collection, person_id):
        found += 1
        bookings += len(domain.bookings_of(session, person_id))
        await sessions.change(session.id, lambda one: domain.unlink(one, person_id), cause)
    await scrub(mentioning, person_id)
    new = Unlinking(
        id=domain.unlinking_id(event.erasure_id),
        erasure_id=event.erasure_id,
        sessions=found,
        bookings=bookings,
        at_ms=epoch_ms(clock()),
    )
    await unlinkings.put(new.id, lambda present: domain.prove(present, new), cause)


async def unlink_late(
    event: SeatEvent, envelope: Envelope, *, sessions: Aggregates[Session], marks: Marks
) -> None:
    """Unlink a booking that names somebody erased, e.g. one made on a page that was open for long."""
    if not await marks.any():
        return
    try:
        session = await sessions.get(event.session_id)
    except NotFound:
        return
    person_id = domain.participant_of(session, event.booking_id)
    if person_id is not None and await marks.has(person_id):
        await sessions.change(
            session.id, lambda one: domain.unlink(one, person_id), Cause(causation_id=envelope.id)
        )
