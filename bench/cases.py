"""Planning problems of any size, from a seed: companies, needs, offers, rooms and trainers as in domain notes 7.

The same seed gives the same problem on every machine. Figures are proposals [P] after the demo scenario: median
two heads a need, seats and units by topic from shared/data/topics.csv, places from shared/data/places_bw.csv.
"""

import csv
import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from services.courses.planning.problem import (
    Demand,
    Offer,
    Problem,
    Room,
    Rules,
    Slot,
    Span,
    Trainer,
)
from shared.events.courses import CourseFormat, SessionDay
from shared.places import Point, great_circle_km, point_of

_DATA = Path(__file__).parents[1] / "shared" / "data"
FIRST_DAY = date(2027, 2, 1)
DAYS = 180
HEADS = (1, 1, 1, 2, 2, 2, 2, 3, 3, 4, 5, 8)
UNITS_PER_DAY = 8
NEEDS_PER_NETWORK = 100
NEEDS_PER_OFFER = 4
NEEDS_PER_ROOM = 10


@dataclass(frozen=True)
class _Topic:
    code: str
    units: int
    minimum: int
    maximum: int


def problem(needs: int, seed: int, rules: Rules | None = None) -> Problem:
    """Return a problem with this number of needs."""
    made = _Maker(random.Random(f"{needs}/{seed}"), needs)  # noqa: S311  repeatable, no secret
    return Problem(
        demands=tuple(made.demand(number) for number in range(needs)),
        offers=tuple(made.offer(number) for number in range(max(4, needs // NEEDS_PER_OFFER))),
        rooms=tuple(made.rooms),
        trainers=tuple(made.trainers),
        rules=rules or Rules(),
    )


class _Maker:
    def __init__(self, draw: random.Random, needs: int) -> None:
        self.draw = draw
        topics = [
            _Topic(row["id"], int(row["typical_units"]), int(row["typical_min"]), int(row["typical_max"]))
            for row in _rows("topics.csv")
            if row["typical_units"] and int(row["typical_units"]) <= 80
        ]
        # Few topics are asked for often and many now and then; a small network has few topics at all.
        draw.shuffle(topics)
        self.topics = topics[: max(3, min(len(topics), needs // 10))]
        self.weights = [1 / (1 + rank / 4) for rank in range(len(self.topics))]
        places = [row["ags_municipality"] for row in _rows("places_bw.csv")]
        centres = draw.sample(places, max(1, needs // NEEDS_PER_NETWORK))
        self.networks = [
            [place for place in places if _near(place, centre)] or [centre] for centre in centres
        ]
        self.companies = [
            (f"company-{number}", draw.choice(draw.choice(self.networks)))
            for number in range(max(6, needs // 2))
        ]
        self.rooms = [self.room(number) for number in range(max(3, needs // NEEDS_PER_ROOM))]
        self.trainers = [
            Trainer(id=f"trainer-{number}", busy=self.busy()) for number in range(max(3, needs // 15))
        ]

    def demand(self, number: int) -> Demand:
        draw = self.draw
        company, place = draw.choice(self.companies)
        (topic,) = draw.choices(self.topics, self.weights)
        first = FIRST_DAY + timedelta(days=draw.randrange(0, DAYS // 2))
        return Demand(
            id=f"need-{number}",
            company_id=company,
            topic_code=topic.code,
            heads=draw.choice(HEADS),
            windows=(Span(first=first, last=first + timedelta(days=draw.choice((90, 120, 180)))),),
            blocked=(Span(first=first + timedelta(days=14), last=first + timedelta(days=18)),)
            if draw.random() < 0.2
            else (),
            format=draw.choices((CourseFormat.ON_SITE, CourseFormat.ANY, CourseFormat.ONLINE), (6, 3, 1))[0],
            place=place,
            max_distance_km=draw.choice((30, 50, 80, 120, None)),
            budget_cents=None if draw.random() < 0.5 else topic.units * draw.choice((3_500, 5_000, 7_000)),
            mandatory=draw.random() < 0.1,
        )

    def offer(self, number: int) -> Offer:
        draw = self.draw
        (topic,) = draw.choices(self.topics, self.weights)
        online = draw.random() < 0.15
        price = topic.units * draw.randrange(3_000, 6_000)  # a seat in a half-full room, in cents
        return Offer(
            id=f"offer-{number}",
            provider_id=f"provider-{number % 12}",
            topic_code=topic.code,
            slots=tuple(self.slot(index, topic.units) for index in range(draw.choice((2, 3, 3, 4)))),
            room_ids=()
            if online
            else tuple(room.id for room in draw.sample(self.rooms, min(3, len(self.rooms)))),
            trainer_ids=tuple(one.id for one in draw.sample(self.trainers, 2)),
            format=CourseFormat.ONLINE if online else CourseFormat.ON_SITE,
            minimum_seats=topic.minimum,
            maximum_seats=topic.maximum,
            fixed_cents=price * topic.minimum * 7 // 10,
            variable_cents=price * 3 // 10,
            max_runs=draw.choice((1, 1, 2)),
        )

    def slot(self, index: int, units: int) -> Slot:
        first = FIRST_DAY + timedelta(days=self.draw.randrange(0, DAYS))
        first += timedelta(days=(7 - first.weekday()) % 7 if first.weekday() > 4 else 0)
        days = [first + timedelta(days=number) for number in range(-(-units // UNITS_PER_DAY))]
        days = [day if day.weekday() < 5 else day + timedelta(days=7) for day in days]
        return Slot(id=f"slot-{index}", days=tuple(_day(day) for day in days))

    def room(self, number: int) -> Room:
        place = self.draw.choice(self.draw.choice(self.networks))
        return Room(
            id=f"room-{number}", seats=self.draw.choice((8, 10, 12, 16)), place=place, busy=self.busy()
        )

    def busy(self) -> tuple[SessionDay, ...]:
        starts = sorted(self.draw.sample(range(DAYS), 5))
        return tuple(_day(FIRST_DAY + timedelta(days=start)) for start in starts)


def _day(day: date) -> SessionDay:
    at = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return SessionDay(starts_at=at + timedelta(hours=7), ends_at=at + timedelta(hours=15))


def _near(place: str, centre: str) -> bool:
    one, other = point_of(place), point_of(centre)
    nowhere = Point(0, 0)
    return great_circle_km(one or nowhere, other or nowhere) < 35


def _rows(name: str) -> list[dict[str, str]]:
    with (_DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
