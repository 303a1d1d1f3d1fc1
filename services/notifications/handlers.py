"""What an event does here: it refreshes a local copy, or it becomes notifications."""

from collections.abc import Callable
from dataclasses import dataclass

from services.notifications import planning
from services.notifications.copies import Copies
from services.notifications.members import Members
from services.notifications.store import Notifications
from services.notifications.texts import table
from shared.events import courses, membership, notifications, sessions
from shared.events import seats as events_of_seats
from shared.events.envelope import Envelope, Event
from shared.mongo import Document

SEAT_EVENTS = (
    courses.CourseBooked,
    courses.BookingWaitlisted,
    courses.WaitlistPromoted,
    courses.BookingCancelled,
    courses.ParticipantSubstituted,
)
# What concerns those who have a seat only; everything else about a session also concerns who waits.
_OF_CONFIRMED = (sessions.SessionReminderDue, sessions.SessionConfirmed)
_TO_MEMBERS = (courses.BookingOpened,)
_SETTLING = (events_of_seats.SeatOfferDeclined, events_of_seats.SeatOfferWithdrawn)
_NAMED = {row.event for row in table()}
TOLD: tuple[type[Event], ...] = (
    *_SETTLING,
    *(event for event in courses.EVENTS if event.type_name() in _NAMED),
)
OWN_EVENTS = (notifications.WebhookStopped,)


@dataclass(frozen=True, slots=True)
class Parts:
    """What the handlers work with; `wake` is called when there is something new to send."""

    notifications: Notifications
    copies: Copies
    members: Members
    wake: Callable[[], None]


async def keep_session(event: courses.SessionScheduled, envelope: Envelope, *, copies: Copies) -> None:
    """Keep what texts say about a session. Safe to repeat, in any order."""
    values = event.model_dump(mode="json", include={"network_id", "topic_code", "days", "time_zone"})
    await copies.put_session(event.session_id, envelope.sequence, values)


async def keep_dates(event: sessions.SessionRescheduled, envelope: Envelope, *, copies: Copies) -> None:
    """Keep a session's new dates. Safe to repeat; the session's events come in order."""
    values = event.model_dump(mode="json", include={"network_id", "days", "time_zone"})
    await copies.put_session(event.session_id, envelope.sequence, values)


async def keep_cancelled(event: courses.SessionCancelled, envelope: Envelope, *, copies: Copies) -> None:
    """Keep that a session does not take place. Safe to repeat."""
    values: Document = {"network_id": event.network_id, "cancelled": True}
    await copies.put_session(event.session_id, envelope.sequence, values)


async def keep_policy(
    event: membership.NetworkPoliciesChanged, envelope: Envelope, *, copies: Copies
) -> None:
    """Keep until when cancelling is free, in this version and the earlier ones. Safe to repeat, in any order."""
    tiers = event.model_dump(mode="json", include={"cancellation"})["cancellation"]
    await copies.put_policy(event.network_id, envelope.sequence, event.version, tiers)


async def tell(event: Event, envelope: Envelope, *, parts: Parts) -> None:
    """Keep what the event says of a booking, drop reminders that it settles, then tell. Safe to repeat.

    The session's events come in order in this group, so its bookings are known when something concerns them all.
    """
    known = await _keep_booking(event, envelope, parts.copies) if isinstance(event, SEAT_EVENTS) else None
    await parts.notifications.drop(planning.settled_keys(event))
    seats, members = [], []
    session_id = getattr(event, "session_id", None)
    if session_id is not None and not isinstance(event, SEAT_EVENTS):
        seats = await parts.copies.seats(session_id, confirmed_only=isinstance(event, _OF_CONFIRMED))
    if isinstance(event, _TO_MEMBERS):
        members = await parts.members.organisations(event.network_id)
    drafts = planning.drafts(event, table(), seats, at=envelope.time, known=known, members=members)
    if await parts.notifications.add(drafts, envelope):
        parts.wake()


async def _keep_booking(event: Event, envelope: Envelope, copies: Copies) -> Document | None:
    assert isinstance(event, SEAT_EVENTS)  # noqa: S101  asked by the caller
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
    return known
