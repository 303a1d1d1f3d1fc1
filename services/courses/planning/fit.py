"""Which sessions are possible, which demand fits which of them, and the first rule that keeps it out. Pure."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

from services.courses.planning.problem import Demand, Forbid, Offer, Pin, Problem, Room, Slot
from services.courses.planning.times import overlap
from services.courses.planning.workdays import free_day
from shared.events.courses import CourseFormat
from shared.places import great_circle_km, point_of


class Obstacle(StrEnum):
    """Why a demand cannot be in a session, in the order in which rules are asked."""

    TOPIC = "no_offer_of_topic"
    FORMAT = "format"
    LEVEL = "level"
    HOLIDAY = "public_holiday"
    RESOURCE = "room_or_trainer_busy"
    WINDOW = "time_window"
    DISTANCE = "distance"
    BUDGET = "budget"
    FORBIDDEN = "forbidden_by_manager"
    MINIMUM = "minimum_participants"
    CAPACITY = "capacity"


@dataclass(frozen=True, slots=True)
class Option:
    """A possible session: an offer at one of its slots in one of its rooms. `number` is its place in the list."""

    number: int
    offer: Offer
    slot: Slot
    room: Room | None
    trainer_ids: tuple[str, ...]
    capacity: int

    @property
    def room_id(self) -> str | None:
        """The room's id, None where there is no room."""
        return self.room.id if self.room else None


@dataclass(frozen=True, slots=True)
class Fit:
    """A demand may be in a session. `seats_needed`: from how many seats on its price is within the budget."""

    demand: Demand
    option: Option
    seats_needed: int
    travel_cents: int


class Possibilities:
    """Everything that is possible in a problem."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.zone = ZoneInfo(problem.rules.time_zone)
        self.rooms = {room.id: room for room in problem.rooms}
        self.trainers = {trainer.id: trainer for trainer in problem.trainers}
        self.offers = {offer.id: offer for offer in problem.offers}
        self.demands = {demand.id: demand for demand in problem.demands}
        self._local: dict[int, list[tuple[datetime, datetime]]] = {}

    @cached_property
    def options(self) -> tuple[Option, ...]:
        """The possible sessions that could hold their minimum."""
        found: list[Option] = []
        for offer, slot, room in self.combinations():
            if session_obstacle(offer, slot, room, self) is None:
                trainers = tuple(one for one in offer.trainer_ids if self.trainer_free(one, slot))
                found.append(Option(len(found), offer, slot, room, trainers, capacity_of(offer, room)))
        return tuple(found)

    @cached_property
    def fits(self) -> tuple[Fit, ...]:
        """Which demand may be in which possible session."""
        by_topic: dict[str, list[Demand]] = defaultdict(list)
        for demand in self.problem.demands:
            by_topic[demand.topic_code].append(demand)
        found = (
            fit(demand, option, self)
            for option in self.options
            for demand in by_topic[option.offer.topic_code]
        )
        return tuple(each for each in found if isinstance(each, Fit))

    @cached_property
    def fit_by_key(self) -> dict[tuple[str, str, str, str | None], Fit]:
        """Return the fits by demand, offer, slot and room."""
        return {
            (each.demand.id, each.option.offer.id, each.option.slot.id, each.option.room_id): each
            for each in self.fits
        }

    def combinations(self) -> Iterator[tuple[Offer, Slot, Room | None]]:
        """Yield every offer at each of its slots in each of its rooms, possible or not."""
        for offer in self.problem.offers:
            rooms: Sequence[Room | None] = [None]
            if offer.room_ids and offer.format is not CourseFormat.ONLINE:
                rooms = [self.rooms[room_id] for room_id in offer.room_ids if room_id in self.rooms]
            for slot in offer.slots:
                for room in rooms:
                    yield offer, slot, room

    def trainer_free(self, trainer_id: str, slot: Slot) -> bool:
        """Whether the trainer is known and free at the slot."""
        trainer = self.trainers.get(trainer_id)
        return trainer is not None and not overlap(trainer.busy, slot.days)

    def local_days(self, slot: Slot) -> list[tuple[datetime, datetime]]:
        """Return start and end of each day on the clocks of the problem's zone."""
        known = self._local.get(id(slot))
        if known is None:
            known = [
                (day.starts_at.astimezone(self.zone), day.ends_at.astimezone(self.zone)) for day in slot.days
            ]
            self._local[id(slot)] = known
        return known


def capacity_of(offer: Offer, room: Room | None) -> int:
    """Return how many seats a session of the offer in the room has."""
    return offer.maximum_seats if room is None else min(offer.maximum_seats, room.seats)


def session_obstacle(offer: Offer, slot: Slot, room: Room | None, known: Possibilities) -> Obstacle | None:
    """Return why this session cannot be held whoever comes, or None."""
    if any(free_day(instant.date()) for day in known.local_days(slot) for instant in day):
        return Obstacle.HOLIDAY
    if room is not None and overlap(room.busy, slot.days):
        return Obstacle.RESOURCE
    if offer.trainer_ids and not any(known.trainer_free(one, slot) for one in offer.trainer_ids):
        return Obstacle.RESOURCE
    if capacity_of(offer, room) < offer.minimum_seats:
        return Obstacle.CAPACITY
    if any(_matches(veto, offer, slot, room) for veto in known.problem.forbids if veto.demand_id is None):
        return Obstacle.FORBIDDEN
    return None


def fit(demand: Demand, option: Option, known: Possibilities) -> Fit | Obstacle:
    """Return how the demand fits the session, or the first rule that keeps it out."""
    offer = option.offer
    if demand.topic_code != offer.topic_code:
        return Obstacle.TOPIC
    needed = seats_needed(demand, offer)
    if (obstacle := _terms(demand, option, known)) is not None:
        return obstacle
    if needed is None or needed > option.capacity:
        return Obstacle.BUDGET
    if _forbidden(demand, option, known):
        return Obstacle.FORBIDDEN
    if not demand.divisible and demand.heads > option.capacity:
        return Obstacle.CAPACITY
    way = distance_km(demand, option.room, known)
    travel = round(2 * (way or 0) * known.problem.rules.travel_cents_per_km) * len(option.slot.days)
    return Fit(demand, option, max(needed, offer.minimum_seats), travel)


def _terms(demand: Demand, option: Option, known: Possibilities) -> Obstacle | None:
    if _differs(demand.format, option.offer.format, CourseFormat.ANY):
        return Obstacle.FORMAT
    if _differs(demand.level, option.offer.level, None):
        return Obstacle.LEVEL
    if not _all_allowed(demand, option.slot, known):
        return Obstacle.WINDOW
    return Obstacle.DISTANCE if _too_far(demand, option.room, known) else None


def _too_far(demand: Demand, room: Room | None, known: Possibilities) -> bool:
    limit = demand.max_distance_km
    way = None if limit is None else distance_km(demand, room, known)
    return limit is not None and way is not None and way > limit


def _differs(one: str | None, other: str | None, any_: str | None) -> bool:
    return any_ not in {one, other} and one != other


def _forbidden(demand: Demand, option: Option, known: Possibilities) -> bool:
    return any(
        veto.demand_id == demand.id and _matches(veto, option.offer, option.slot, option.room)
        for veto in known.problem.forbids
    )


def seats_needed(demand: Demand, offer: Offer) -> int | None:
    """Return ceil(fixed / (budget - variable)), the seats at which the price is within the budget; None if never."""
    if demand.budget_cents is None or offer.fixed_cents + offer.variable_cents == 0:
        return 1
    margin = demand.budget_cents - offer.variable_cents
    if margin < 0 or (margin == 0 and offer.fixed_cents > 0):
        return None
    return max(1, -(-offer.fixed_cents // margin)) if margin else 1


def distance_km(demand: Demand, room: Room | None, known: Possibilities) -> float | None:
    """Return the way by road from the demand's place to the room; None where a place is not known."""
    if room is None or room.place is None or demand.place is None:
        return None
    way = _between(demand.place, room.place)
    return None if way is None else way * known.problem.rules.detour_percent / 100


@lru_cache(maxsize=100_000)
def _between(one: str, other: str) -> float | None:
    here, there = point_of(one), point_of(other)
    return None if here is None or there is None else great_circle_km(here, there)


def pin_matches(pin: Pin, option: Option) -> bool:
    """Whether the session is the one that the manager wants."""
    same = pin.offer_id == option.offer.id and pin.slot_id == option.slot.id
    return same and pin.room_id in {None, option.room_id}


def _matches(veto: Forbid, offer: Offer, slot: Slot, room: Room | None) -> bool:
    return (
        veto.offer_id in {None, offer.id}
        and veto.slot_id in {None, slot.id}
        and veto.room_id in {None, room.id if room else None}
    )


def _all_allowed(demand: Demand, slot: Slot, known: Possibilities) -> bool:
    return all(_allows(demand, start, end) for start, end in known.local_days(slot))


def _allows(demand: Demand, start: datetime, end: datetime) -> bool:
    day = start.date()
    if demand.windows and not any(span.first <= day <= span.last for span in demand.windows):
        return False
    if any(span.first <= day <= span.last for span in demand.blocked):
        return False
    if demand.weekdays and day.isoweekday() not in demand.weekdays:
        return False
    return (demand.begins or time.min) <= start.time() and end.time() <= (demand.ends or time.max)
