"""Small planning problems to change one thing in."""

from datetime import UTC, date, datetime, timedelta

from services.courses.planning.problem import (
    Assignment,
    Demand,
    Offer,
    Options,
    Plan,
    PlannedSession,
    Problem,
    Room,
    Slot,
    Span,
    Trainer,
)
from shared.events.courses import SessionDay

MONDAY = date(2027, 4, 12)
REPEATABLE = Options(time_limit_s=20, workers=1, deterministic=True)


def at(day: date, hour: int = 7, hours: int = 8) -> SessionDay:
    """Return a block of teaching on a day, UTC."""
    start = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
    return SessionDay(starts_at=start, ends_at=start + timedelta(hours=hours))


def demand(name: str, heads: int = 3, **more: object) -> Demand:
    values = {"id": name, "company_id": f"of-{name}", "topic_code": "emob-hv1", "heads": heads}
    return Demand.model_validate({**values, "place": "08111", **more})


def offer(name: str = "offer", days: tuple[date, ...] = (MONDAY,), **more: object) -> Offer:
    """Return an offer with one slot a day, for 4 to 8 seats at 1,000 € and 10 € a seat."""
    values: dict[str, object] = {
        "id": name,
        "provider_id": "provider",
        "topic_code": "emob-hv1",
        "slots": tuple(Slot(id=day.isoformat(), days=(at(day),)) for day in days),
        "room_ids": ("room",),
        "trainer_ids": ("trainer",),
        "minimum_seats": 4,
        "maximum_seats": 8,
        "fixed_cents": 100_000,
        "variable_cents": 1_000,
    }
    return Offer.model_validate({**values, **more})


ROOM = Room(id="room", seats=10, place="08111")
TRAINER = Trainer(id="trainer")


def problem(*demands: Demand, offers: tuple[Offer, ...] = (), **more: object) -> Problem:
    values: dict[str, object] = {"rooms": (ROOM,), "trainers": (TRAINER,), **more}
    return Problem.model_validate({"demands": demands, "offers": offers or (offer(),), **values})


def planned(**seats: int) -> PlannedSession:
    """Return the one session of `offer()` with these seats."""
    return PlannedSession(
        offer_id="offer",
        slot_id=MONDAY.isoformat(),
        room_id="room",
        trainer_id="trainer",
        seats=tuple(Assignment(demand_id=key, seats=count) for key, count in seats.items()),
    )


def plan(*sessions: PlannedSession) -> Plan:
    return Plan(sessions=sessions)


def span(first: date, days: int = 0) -> Span:
    return Span(first=first, last=first + timedelta(days=days))
