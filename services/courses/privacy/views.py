"""A person's bookings, with what the person needs to recognise them."""

from services.courses.privacy import domain
from services.courses.privacy.store import sessions_with
from services.courses.sessions.views import BookingView, booking_view
from shared.events.course_values import SessionDay
from shared.mongo import Collection


class PersonBooking(BookingView):
    """A booking and its session."""

    network_id: str
    topic_code: str
    days: list[SessionDay]


async def bookings_of(sessions: Collection, person_id: str, language: str) -> list[PersonBooking]:
    """Return every booking that names the person, also ended ones."""
    found = []
    async for session in sessions_with(sessions, person_id):
        for booking_id in domain.bookings_of(session, person_id):
            shown = booking_view(session, booking_id, language).model_dump()
            about = session.model_dump(include={"network_id", "topic_code", "days"})
            found.append(PersonBooking.model_validate({**shown, **about}))
    return sorted(found, key=lambda one: (one.days[0].starts_at, one.id))
