"""What an event has to tell: whom, by which text, from when, and until when it makes sense. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from pydantic import JsonValue

from services.notifications.domain import Audience, Draft, Row, Seat
from shared.events.envelope import Event
from shared.ids import BookingId, OrganisationId

HOUR_MS = 60 * 60 * 1000

# What texts may be filled with: codes, counts, days, instants and money of the event; never a name.
FACTS = (
    "price_cents",
    "position",
    "was_confirmed",
    "days_before",
    "fee_percent",
    "fee_cents",
    "refilled",
    "policy_version",
    "expires_at",
    "answer_by",
    "seats_offered",
    "confirmed",
    "minimum_seats",
    "takes_effect_at",
    "reason",
    "webhook_id",
)
# A reminder so many days before the start is pointless once the next one is due (domain notes 1.10).
_NEXT_REMINDER_DAYS = {14: 3, 3: 1}


def drafts(
    event: Event,
    rows: Sequence[Row],
    seats: Sequence[Seat] = (),
    *,
    at: datetime,
    known: Mapping[str, JsonValue] | None = None,
    members: Iterable[OrganisationId] = (),
) -> tuple[Draft, ...]:
    """Return what `event`, which happened `at`, has to tell.

    `seats` are the bookings of its session that are concerned, looked at only where the event names no booking:
    then every organisation is told once and every participant once. `members` are the network's organisations,
    for the audience of that name. `known` adds facts that the event leaves out.
    """
    body = event.model_dump(mode="json")
    facts = {name: body[name] for name in FACTS if body.get(name) is not None} | dict(known or {})
    found = []
    for row in rows:
        if row.event != event.type_name() or any(body.get(k) != v for k, v in row.when.items()):
            continue
        window = _window(row, body, at)
        if window is None:
            continue
        not_before, expires = window
        found += [
            Draft(
                template=row.template,
                audience=row.audience,
                urgency=row.urgency,
                kind=row.kind,
                invite=row.invite,
                session_id=body.get("session_id"),
                network_id=body.get("network_id"),
                organisation_id=organisation_id,
                booking_id=booking_id,
                facts=facts,
                target=target,
                not_before_ms=not_before,
                expires_ms=expires,
                starts=body.get("starts_at"),
                keys=_keys(body),
            )
            for organisation_id, booking_id, target in _concerned(body, row.audience, seats, members)
        ]
    return tuple(found)


def settled_keys(event: Event) -> tuple[str, ...]:
    """Return what this event settles: reminders that wait for one of these are dropped."""
    return _keys(event.model_dump(mode="json"))


def _keys(body: Mapping[str, Any]) -> tuple[str, ...]:
    keys = [body.get("offer_id"), body.get("booking_id"), *body.get("booking_ids", ())]
    return tuple(str(key) for key in keys if key)


def _window(row: Row, body: Mapping[str, Any], at: datetime) -> tuple[int | None, int | None] | None:
    """Return from when and until when the message makes sense (ms), None if it never does."""
    if row.deadline is not None:
        if body.get(row.deadline) is None:
            return None
        deadline = _ms(datetime.fromisoformat(body[row.deadline]))
        if row.hours_before is None:
            return None, deadline
        not_before = deadline - row.hours_before * HOUR_MS
        # Shortly after the first message a reminder would only annoy.
        return (not_before, deadline) if not_before - _ms(at) >= row.hours_before * HOUR_MS else None
    if "starts_at" in body and "days_before" in body:
        starts = datetime.fromisoformat(body["starts_at"])
        following = _NEXT_REMINDER_DAYS.get(body["days_before"], 0)
        return None, _ms(starts - timedelta(days=following))
    return None, None


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def _concerned(
    body: Mapping[str, Any], audience: Audience, seats: Sequence[Seat], members: Iterable[OrganisationId]
) -> list[tuple[OrganisationId | None, BookingId | None, str | None]]:
    if audience in {Audience.NETWORK_MANAGER, Audience.OWNER}:
        return [(body.get("organisation_id"), None, None)]
    if audience is Audience.MEMBER_HR:
        return [(one, None, one) for one in sorted(set(members))]
    if "booking_id" in body:
        return [(body["organisation_id"], body["booking_id"], None)]
    if "organisation_id" in body:
        return [(body["organisation_id"], None, None)]
    if audience is Audience.PARTICIPANT:
        return [(seat.organisation_id, seat.booking_id, seat.booking_id) for seat in seats]
    chosen = {seat.organisation_id for seat in seats}
    if body.get("answer_by") and body.get("organisation_ids") and "days" not in body:
        chosen &= set(body["organisation_ids"])
    return [(one, None, one) for one in sorted(chosen)]


def obsolete(
    document: Mapping[str, Any], *, now_ms: int, starts: str | None, cancelled: bool, seat_active: bool
) -> str | None:
    """Return why a waiting message makes no sense any more, None if it does.

    `starts`: the session's first instant as known now; `cancelled`: the session does not take place;
    `seat_active`: the booking that the message is about, if it is about one, still holds.
    """
    if document.get("expires") is not None and now_ms >= document["expires"]:
        return "too-late"
    if document.get("kind") not in {"reminders", "deadlines"}:
        return None
    if cancelled:
        return "session-cancelled"
    if document.get("starts") is not None and starts is not None and not _same(document["starts"], starts):
        return "session-moved"
    return None if seat_active else "booking-ended"


def _same(one: str, other: str) -> bool:
    return datetime.fromisoformat(one) == datetime.fromisoformat(other)
