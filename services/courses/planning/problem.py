"""What a planner is given and what it returns. Pure values: frozen, JSON in and out.

Money in integer cents, distances in km, places as AGS (5 digits: district, 8: municipality), instants in UTC.
What is absent restricts nothing.
"""

from datetime import date, time

from shared.events.courses import CourseFormat, SessionDay
from shared.events.envelope import Value


class Span(Value):
    """Days from `first` to `last`, both included."""

    first: date
    last: date


class Demand(Value):
    """Heads that one company wants taught: a stored need, or a pledge without one.

    `windows` empty means any time; `weekdays` are ISO numbers (1 = Monday); `begins` and `ends` bound the time of
    day in the problem's zone. `budget_cents` is per seat. An indivisible demand goes to one session as a whole.
    """

    id: str
    company_id: str
    topic_code: str
    heads: int
    windows: tuple[Span, ...] = ()
    blocked: tuple[Span, ...] = ()
    weekdays: tuple[int, ...] = ()
    begins: time | None = None
    ends: time | None = None
    format: CourseFormat = CourseFormat.ANY
    level: str | None = None
    place: str | None = None
    max_distance_km: int | None = None
    budget_cents: int | None = None
    mandatory: bool = False
    divisible: bool = True
    pool_id: str | None = None


class Slot(Value):
    """One set of dates at which an offer can be held."""

    id: str
    days: tuple[SessionDay, ...]


class Offer(Value):
    """A course that a provider would hold: at one of `slots`, in one of `room_ids`, by one of `trainer_ids`.

    No rooms: held at no known place (or online); no trainers: the provider sees to it. `max_runs` sessions at most.
    """

    id: str
    provider_id: str
    topic_code: str
    slots: tuple[Slot, ...]
    room_ids: tuple[str, ...] = ()
    trainer_ids: tuple[str, ...] = ()
    format: CourseFormat = CourseFormat.ON_SITE
    level: str | None = None
    minimum_seats: int
    maximum_seats: int
    fixed_cents: int = 0
    variable_cents: int = 0
    max_runs: int = 1


class Room(Value):
    """A room with its number of seats; it cannot be used while `busy`."""

    id: str
    seats: int
    place: str | None = None
    busy: tuple[SessionDay, ...] = ()


class Trainer(Value):
    """A trainer by an opaque id, who cannot teach while `busy`."""

    id: str
    busy: tuple[SessionDay, ...] = ()


class Pin(Value):
    """The manager's wish: this session takes place; with a demand, at least `seats` of its heads are in it."""

    offer_id: str
    slot_id: str
    room_id: str | None = None
    demand_id: str | None = None
    seats: int = 1


class Forbid(Value):
    """The manager's veto: nothing of the proposal matches all the fields that are set."""

    offer_id: str | None = None
    slot_id: str | None = None
    room_id: str | None = None
    demand_id: str | None = None


class Rules(Value):
    """Limits that hold for the whole plan; defaults are our proposals [P].

    `minimum_companies`: a joint course joins at least two (§ "inter-company" of the ESF Fachkurse, domain notes 2.4).
    `max_company_percent`: share of a session's seats that one company may take. `detour_percent`: road distance
    over great-circle distance. `travel_cents_per_km` counts each head's way there and back on every day.
    """

    minimum_companies: int = 2
    max_company_percent: int = 100
    budget_cents: int | None = None
    detour_percent: int = 130
    travel_cents_per_km: int = 30
    time_zone: str = "Europe/Berlin"


class Problem(Value):
    """Everything that a plan is made from; the same problem, seed and workers give the same plan."""

    demands: tuple[Demand, ...]
    offers: tuple[Offer, ...]
    rooms: tuple[Room, ...] = ()
    trainers: tuple[Trainer, ...] = ()
    pins: tuple[Pin, ...] = ()
    forbids: tuple[Forbid, ...] = ()
    rules: Rules = Rules()


class Assignment(Value):
    """Seats of one demand in one session."""

    demand_id: str
    seats: int


class PlannedSession(Value):
    """A session that the plan proposes."""

    offer_id: str
    slot_id: str
    room_id: str | None = None
    trainer_id: str | None = None
    seats: tuple[Assignment, ...]

    @property
    def taken(self) -> int:
        """Seats over all demands."""
        return sum(each.seats for each in self.seats)


class Goal(Value):
    """One of the goals, in their order: the value reached, and the bound beyond which no plan can go.

    `bound` None: nothing is known. `proven`: value and bound are equal, given the goals before it.
    """

    name: str
    value: int
    bound: int | None = None
    proven: bool = False


class Plan(Value):
    """The proposed sessions, and how good they are known to be."""

    sessions: tuple[PlannedSession, ...] = ()
    goals: tuple[Goal, ...] = ()


class Options(Value):
    """How long and how hard to search. With `deterministic` the limit counts the solver's own time units,
    about a second each, so that the same problem gives the same plan on every machine."""

    time_limit_s: float = 30.0
    workers: int = 2
    seed: int = 1
    deterministic: bool = False
