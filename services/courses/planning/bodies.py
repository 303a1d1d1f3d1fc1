"""What a manager gives the planner beside the stored needs: offers, rooms, trainers, wishes and vetoes."""

from collections.abc import Iterable
from typing import Annotated

from pydantic import AwareDatetime, Field

from services.courses.planning.problem import Forbid, Offer, Options, Pin, Room, Rules, Slot, Trainer
from services.courses.rules import require_topic
from services.courses.sessions.domain.schedule import checked_days
from shared.errors import Invalid
from shared.events.courses import CostKey, CourseFormat, SessionDay
from shared.ids import NetworkId, OrganisationId, PlanningRunId, Ref
from shared.places import point_of
from shared.web import Body

type Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:-]{1,64}$")]
type Seats = Annotated[int, Field(strict=True, ge=1, le=500)]
type Cents = Annotated[int, Field(strict=True, ge=0, le=100_000_000)]
type Place = Annotated[str, Field(pattern=r"^[0-9]{5}([0-9]{3})?$")]


class PlanDay(Body):
    """A block of time; RFC 3339 instants with an offset. `online` matters for blended offers only."""

    starts_at: AwareDatetime
    ends_at: AwareDatetime
    online: bool = False


class PlanSlot(Body):
    """One set of dates at which an offer can be held."""

    id: Name
    days: Annotated[list[PlanDay], Field(min_length=1, max_length=60)]


class PlanOffer(Body):
    """A course that a provider would hold; money in cents."""

    id: Name
    provider_id: Ref[OrganisationId]
    topic_code: Annotated[str, Field(max_length=64)]
    slots: Annotated[list[PlanSlot], Field(min_length=1, max_length=40)]
    room_ids: Annotated[list[Name], Field(max_length=40, default_factory=list)]
    trainer_ids: Annotated[list[Name], Field(max_length=40, default_factory=list)]
    format: CourseFormat = CourseFormat.ON_SITE
    level: Annotated[str, Field(max_length=32)] | None = None
    minimum_seats: Seats
    maximum_seats: Seats
    fixed_cents: Cents = 0
    variable_cents: Cents = 0
    max_runs: Annotated[int, Field(strict=True, ge=1, le=20)] = 1


class PlanRoom(Body):
    """A room, its seats, its district or municipality (AGS), and when it is taken."""

    id: Name
    seats: Seats
    place: Place | None = None
    busy: Annotated[list[PlanDay], Field(max_length=200, default_factory=list)]


class PlanTrainer(Body):
    """A trainer by an id that means nothing to others, never by name."""

    id: Name
    busy: Annotated[list[PlanDay], Field(max_length=200, default_factory=list)]


class PlanPin(Body):
    """This session takes place; with a demand, at least `seats` of its heads are in it."""

    offer_id: Name
    slot_id: Name
    room_id: Name | None = None
    demand_id: Annotated[str, Field(max_length=120)] | None = None
    seats: Seats = 1


class PlanForbid(Body):
    """Nothing that matches all the given fields; at least one is given."""

    offer_id: Name | None = None
    slot_id: Name | None = None
    room_id: Name | None = None
    demand_id: Annotated[str, Field(max_length=120)] | None = None


class PlanLimits(Body):
    """Limits that hold for the whole plan."""

    minimum_companies: Annotated[int, Field(strict=True, ge=1, le=20)] = 2
    max_company_percent: Annotated[int, Field(strict=True, ge=1, le=100)] = 100
    budget_cents: Annotated[int, Field(strict=True, ge=0, le=100_000_000_000)] | None = None


class RequestPlan(Body):
    """A planning run. With `based_on`, inputs not given here are those of that run, and its plan is the start.

    `refresh` takes needs and awards as they are now instead of as that run froze them. `awarded`: offers of
    awarded calls whose pool waits for its session are taken in; the record of such a call notes who read the offer.
    """

    network_id: Ref[NetworkId]
    based_on: Ref[PlanningRunId] | None = None
    refresh: bool = False
    awarded: bool = True
    offers: Annotated[list[PlanOffer], Field(max_length=1000)] | None = None
    rooms: Annotated[list[PlanRoom], Field(max_length=500)] | None = None
    trainers: Annotated[list[PlanTrainer], Field(max_length=500)] | None = None
    pins: Annotated[list[PlanPin], Field(max_length=200, default_factory=list)]
    forbids: Annotated[list[PlanForbid], Field(max_length=500, default_factory=list)]
    limits: PlanLimits | None = None
    time_limit_s: Annotated[int, Field(strict=True, ge=1, le=600)] = 30
    workers: Annotated[int, Field(strict=True, ge=1, le=8)] = 2
    seed: Annotated[int, Field(strict=True, ge=0, le=1_000_000)] = 1
    deterministic: bool = False

    def options(self) -> Options:
        """Return how to search."""
        chosen = self.model_dump(include=set(Options.model_fields))
        return Options.model_validate(chosen)


class SessionChoice(Body):
    """One of the proposed sessions."""

    offer_id: Name
    slot_id: Name


class AcceptPlan(Body):
    """Which proposed sessions become drafts (None: all), and how their cost will be shared."""

    sessions: Annotated[list[SessionChoice], Field(max_length=1000)] | None = None
    cost_key: CostKey = CostKey.PER_SEAT


def offers_of(bodies: Iterable[PlanOffer]) -> tuple[Offer, ...]:
    """Return the offers. Errors: `Invalid` 422."""
    found = []
    for number, body in enumerate(bodies):
        pointer = f"#/offers/{number}"
        require_topic(body.topic_code)
        if body.minimum_seats > body.maximum_seats:
            _refuse(
                f"{pointer}/minimum_seats",
                "The minimum is above the maximum.",
                "Das Minimum liegt über dem Maximum.",
            )
        _unique([slot.id for slot in body.slots], f"{pointer}/slots")
        slots = tuple(Slot(id=slot.id, days=_days(slot.days, body.format)) for slot in body.slots)
        if body.format is CourseFormat.BLENDED and any(len({d.online for d in s.days}) == 1 for s in slots):
            _refuse(
                f"{pointer}/format",
                "A blended offer has days of both kinds, on site and online.",
                "Ein gemischtes Angebot hat Tage beider Art, vor Ort und online.",
            )
        found.append(Offer.model_validate({**body.model_dump(), "slots": slots}))
    _unique([offer.id for offer in found], "#/offers")
    return tuple(found)


def rooms_of(bodies: Iterable[PlanRoom]) -> tuple[Room, ...]:
    """Return the rooms. Errors: `Invalid` 422."""
    found = []
    for number, body in enumerate(bodies):
        if body.place is not None and point_of(body.place) is None:
            _refuse(
                f"#/rooms/{number}/place",
                "This is no known district or municipality (AGS, 5 or 8 digits).",
                "Diesen Kreis oder diese Gemeinde gibt es nicht (AGS, 5 oder 8 Stellen).",
            )
        found.append(Room(id=body.id, seats=body.seats, place=body.place, busy=_spans(body.busy)))
    _unique([room.id for room in found], "#/rooms")
    return tuple(found)


def trainers_of(bodies: Iterable[PlanTrainer]) -> tuple[Trainer, ...]:
    """Return the trainers. Errors: `Invalid` 422."""
    found = tuple(Trainer(id=body.id, busy=_spans(body.busy)) for body in bodies)
    _unique([trainer.id for trainer in found], "#/trainers")
    return found


def pins_of(bodies: Iterable[PlanPin]) -> tuple[Pin, ...]:
    """Return the manager's wishes."""
    return tuple(Pin.model_validate(body.model_dump()) for body in bodies)


def forbids_of(bodies: Iterable[PlanForbid]) -> tuple[Forbid, ...]:
    """Return the manager's vetoes. Errors: `Invalid` 422 for one that would forbid everything."""
    found = tuple(Forbid.model_validate(body.model_dump()) for body in bodies)
    for number, veto in enumerate(found):
        if veto == Forbid():
            _refuse(f"#/forbids/{number}", "This forbids everything.", "Das verbietet alles.")
    return found


def limits_of(body: PlanLimits) -> Rules:
    """Return the limits."""
    return Rules.model_validate(body.model_dump())


def require_known(offers: Iterable[Offer], rooms: Iterable[Room], trainers: Iterable[Trainer]) -> None:
    """Refuse offers that name a room or trainer that is not there. Errors: `Invalid` 422."""
    known = {room.id for room in rooms}, {trainer.id for trainer in trainers}
    for number, offer in enumerate(offers):
        for field, names, there in (
            ("room_ids", offer.room_ids, known[0]),
            ("trainer_ids", offer.trainer_ids, known[1]),
        ):
            if not set(names) <= there:
                _refuse(
                    f"#/offers/{number}/{field}",
                    "One of these is not among the rooms or trainers.",
                    "Davon fehlt etwas unter den Räumen oder Lehrenden.",
                )


def _days(days: list[PlanDay], format_: CourseFormat) -> tuple[SessionDay, ...]:
    checked = checked_days([(day.starts_at, day.ends_at) for day in days])
    kinds = {CourseFormat.ONLINE: [True] * len(days), CourseFormat.BLENDED: [day.online for day in days]}
    online = kinds.get(format_, [False] * len(days))
    return tuple(each.model_copy(update={"online": kind}) for each, kind in zip(checked, online, strict=True))


def _spans(days: Iterable[PlanDay]) -> tuple[SessionDay, ...]:
    ordered = sorted(days, key=lambda day: day.starts_at)
    return tuple(span for day in ordered for span in checked_days([(day.starts_at, day.ends_at)]))


def _unique(names: list[str], pointer: str) -> None:
    if len(set(names)) < len(names):
        _refuse(pointer, "An id is used twice.", "Eine Kennung kommt zweimal vor.")


def _refuse(pointer: str, english: str, german: str) -> None:
    raise Invalid(pointer=pointer, reason_en=english, reason_de=german)
