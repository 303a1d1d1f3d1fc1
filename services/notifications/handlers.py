"""What an event does here: it refreshes a local copy, or it becomes notifications."""

from collections.abc import Callable

from services.notifications import domain
from services.notifications.store import Copies, Notifications
from services.notifications.texts import table
from shared.events import courses, membership
from shared.events.envelope import Envelope
from shared.mongo import Document

type SeatEvent = (
    courses.CourseBooked
    | courses.BookingWaitlisted
    | courses.WaitlistPromoted
    | courses.BookingCancelled
    | courses.ParticipantSubstituted
)


async def keep_session(event: courses.SessionScheduled, envelope: Envelope, *, copies: Copies) -> None:
    """Keep what texts say about a session. Safe to repeat, in any order."""
    values = event.model_dump(mode="json", include={"network_id", "topic_code", "days", "time_zone"})
    await copies.put_session(event.session_id, envelope.sequence, values)


async def keep_policy(
    event: membership.NetworkPoliciesChanged, envelope: Envelope, *, copies: Copies
) -> None:
    """Keep until when cancelling is free. Safe to repeat, in any order."""
    values = event.model_dump(mode="json", include={"cancellation"})
    await copies.put_policy(event.network_id, envelope.sequence, values)


async def tell_of_seat(
    event: SeatEvent,
    envelope: Envelope,
    *,
    notifications: Notifications,
    copies: Copies,
    wake: Callable[[], None],
) -> None:
    """Keep that the booking exists or has ended, then tell. Safe to repeat."""
    values: Document = {
        "session_id": event.session_id,
        "organisation_id": event.organisation_id,
        "active": not isinstance(event, courses.BookingCancelled),
    }
    if isinstance(event, courses.CourseBooked | courses.BookingWaitlisted | courses.WaitlistPromoted):
        values["waiting"] = isinstance(event, courses.BookingWaitlisted)
    known = None
    if isinstance(event, courses.ParticipantSubstituted):
        known = {"waiting": await copies.is_waiting(event.booking_id)}
    await copies.put_booking(event.booking_id, envelope.sequence, values)
    if await notifications.add(domain.drafts(event, table(), known=known), envelope):
        wake()


async def tell_of_session(
    event: courses.SessionCancelled,
    envelope: Envelope,
    *,
    notifications: Notifications,
    copies: Copies,
    wake: Callable[[], None],
) -> None:
    """Tell everybody who has a booking in the session. Safe to repeat.

    The session's events come in order in this group, so its bookings are known when it is cancelled.
    """
    seats = await copies.seats(event.session_id)
    if await notifications.add(domain.drafts(event, table(), seats), envelope):
        wake()
