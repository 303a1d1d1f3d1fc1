"""Whether a plan keeps every hard rule: asked of each proposal before anybody sees it. Pure.

Written against the rules' text, not against the model: it shares no code with `fit`, `greedy` or `model` (a test
holds that), computes distance by another formula, and recounts every figure that the plan claims.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime
from math import acos, cos, radians, sin
from zoneinfo import ZoneInfo

import holidays

from services.courses.planning.problem import Demand, Offer, Plan, PlannedSession, Problem
from shared.events.courses import CourseFormat, SessionDay
from shared.places import point_of

ROUNDING_KM = 0.05  # two formulas for the same distance may differ by this


def violations(problem: Problem, plan: Plan) -> list[str]:
    """Return a line `rule: what` for every broken rule; empty for a plan that keeps them all."""
    return sorted(set(_Check(problem, plan).every()))


class _Check:
    def __init__(self, problem: Problem, plan: Plan) -> None:
        self.problem = problem
        self.plan = plan
        self.zone = ZoneInfo(problem.rules.time_zone)
        self.holidays = holidays.country_holidays("DE", subdiv="BW")
        self.offers = {one.id: one for one in problem.offers}
        self.demands = {one.id: one for one in problem.demands}

    def every(self) -> Iterator[str]:
        for session in self.plan.sessions:
            offer = self.offers.get(session.offer_id)
            days = self.days(session)
            if offer is None or not days:
                yield f"offer: unknown session {session.offer_id}/{session.slot_id}"
                continue
            yield from self.session(session, offer, days)
            for each in session.seats:
                demand = self.demands.get(each.demand_id)
                if demand is None:
                    yield f"demand: unknown {each.demand_id}"
                    continue
                yield from self.seat(demand, session, offer, days)
        yield from self.together()
        yield from self.counted()
        yield from self.offered()
        yield from self.pinned()
        yield from self.vetoed()
        yield from self.claimed()

    def days(self, session: PlannedSession) -> tuple[SessionDay, ...]:
        offer = self.offers.get(session.offer_id)
        slots = {slot.id: slot.days for slot in offer.slots} if offer else {}
        return slots.get(session.slot_id, ())

    def session(self, session: PlannedSession, offer: Offer, days: tuple[SessionDay, ...]) -> Iterator[str]:
        name = f"{offer.id}/{session.slot_id}"
        rooms = {one.id: one for one in self.problem.rooms}
        count = sum(each.seats for each in session.seats)
        if not offer.minimum_seats <= count <= offer.maximum_seats:
            yield f"seats: {name} has {count}"
        if any(each.seats < 1 for each in session.seats):
            yield f"seats: {name} holds an empty assignment"
        if session.room_id is not None:
            room = rooms.get(session.room_id)
            if room is None or session.room_id not in offer.room_ids:
                yield f"room: {name} in a room that is not offered"
            elif count > room.seats:
                yield f"room: {name} does not fit"
        elif offer.room_ids and offer.format is not CourseFormat.ONLINE:
            yield f"room: {name} has none"
        if offer.trainer_ids and session.trainer_id not in offer.trainer_ids:
            yield f"trainer: {name} has none that is offered"
        yield from self.companies(name, session, count)
        yield from self.workdays(name, days)

    def workdays(self, name: str, days: tuple[SessionDay, ...]) -> Iterator[str]:
        for day in days:
            for local in (day.starts_at.astimezone(self.zone), day.ends_at.astimezone(self.zone)):
                if local.date() in self.holidays or local.strftime("%w") == "0":
                    yield f"holiday: {name} on {local.date()}"

    def companies(self, name: str, session: PlannedSession, count: int) -> Iterator[str]:
        by_company: Counter[str] = Counter()
        for each in session.seats:
            if each.demand_id in self.demands:
                by_company[self.demands[each.demand_id].company_id] += each.seats
        rules = self.problem.rules
        if len(by_company) < rules.minimum_companies:
            yield f"companies: {name} joins {len(by_company)}"
        if any(seats * 100 > rules.max_company_percent * count for seats in by_company.values()):
            yield f"companies: one has too many seats in {name}"

    def seat(
        self, demand: Demand, session: PlannedSession, offer: Offer, days: tuple[SessionDay, ...]
    ) -> Iterator[str]:
        if demand.topic_code != offer.topic_code:
            yield f"topic: {demand.id}"
        formats = {str(demand.format), str(offer.format)}
        if len(formats) == 2 and "any" not in formats:
            yield f"format: {demand.id}"
        if demand.level and offer.level and demand.level != offer.level:
            yield f"level: {demand.id}"
        if not all(self.can_come(demand, day) for day in days):
            yield f"window: {demand.id}"
        limit, way = demand.max_distance_km, self.way(demand, session)
        if limit is not None and way is not None and way > limit + ROUNDING_KM:
            yield f"distance: {demand.id}"
        count = sum(each.seats for each in session.seats)
        cost = offer.fixed_cents + offer.variable_cents * count
        if demand.budget_cents is not None and cost > demand.budget_cents * count:
            yield f"budget: {demand.id}"

    def can_come(self, demand: Demand, day: SessionDay) -> bool:
        start: datetime = day.starts_at.astimezone(self.zone)
        end: datetime = day.ends_at.astimezone(self.zone)
        inside = not demand.windows or any(
            start.date() >= one.first and start.date() <= one.last for one in demand.windows
        )
        outside = all(start.date() < one.first or start.date() > one.last for one in demand.blocked)
        weekday = not demand.weekdays or start.weekday() + 1 in demand.weekdays
        early = demand.begins is None or start.time() >= demand.begins
        late = demand.ends is None or end.time() <= demand.ends
        return inside and outside and weekday and early and late

    def way(self, demand: Demand, session: PlannedSession) -> float | None:
        place = next((one.place for one in self.problem.rooms if one.id == session.room_id), None)
        here, there = point_of(demand.place), point_of(place)
        if here is None or there is None:
            return None
        # Spherical law of cosines on the IUGG mean radius.
        turn = cos(radians(here.lon - there.lon)) * cos(radians(here.lat)) * cos(radians(there.lat))
        angle = acos(max(-1.0, min(1.0, turn + sin(radians(here.lat)) * sin(radians(there.lat)))))
        return angle * 6371.0088 * self.problem.rules.detour_percent / 100

    def together(self) -> Iterator[str]:
        taken: dict[tuple[str, str], list[SessionDay]] = defaultdict(list)
        for room in self.problem.rooms:
            taken["room", room.id] += room.busy
        for trainer in self.problem.trainers:
            taken["trainer", trainer.id] += trainer.busy
        for session in self.plan.sessions:
            for kind, key in (("room", session.room_id), ("trainer", session.trainer_id)):
                if key is None:
                    continue
                for day in self.days(session):
                    for other in taken[kind, key]:
                        if max(day.starts_at, other.starts_at) < min(day.ends_at, other.ends_at):
                            yield f"{kind}: {key} is booked twice"
                taken[kind, key] += self.days(session)

    def counted(self) -> Iterator[str]:
        served: Counter[str] = Counter()
        places: Counter[str] = Counter()
        for session in self.plan.sessions:
            for each in session.seats:
                served[each.demand_id] += each.seats
                places[each.demand_id] += 1
        for demand in self.problem.demands:
            if served[demand.id] > demand.heads:
                yield f"heads: {demand.id} has {served[demand.id]} seats for {demand.heads} heads"
            if not demand.divisible and (places[demand.id] > 1 or served[demand.id] not in {0, demand.heads}):
                yield f"heads: {demand.id} is divided"

    def offered(self) -> Iterator[str]:
        sessions = [one for one in self.plan.sessions if one.offer_id in self.offers]
        runs = Counter(one.offer_id for one in sessions)
        yield from (
            f"offer: {key} runs too often" for key, n in runs.items() if n > self.offers[key].max_runs
        )
        slots = Counter((one.offer_id, one.slot_id) for one in sessions)
        yield from (f"offer: {key[0]} runs twice at once" for key, count in slots.items() if count > 1)
        budget = self.problem.rules.budget_cents
        if budget is not None and self.course_cents() > budget:
            yield "budget: the plan costs more than there is"

    def course_cents(self) -> int:
        known = [one for one in self.plan.sessions if one.offer_id in self.offers]
        return sum(
            self.offers[one.offer_id].fixed_cents
            + self.offers[one.offer_id].variable_cents * sum(each.seats for each in one.seats)
            for one in known
        )

    def pinned(self) -> Iterator[str]:
        for pin in self.problem.pins:
            kept = [
                one
                for one in self.plan.sessions
                if (one.offer_id, one.slot_id) == (pin.offer_id, pin.slot_id)
                and (pin.room_id is None or pin.room_id == one.room_id)
            ]
            seats = sum(each.seats for one in kept for each in one.seats if each.demand_id == pin.demand_id)
            if not kept or (pin.demand_id is not None and seats < pin.seats):
                yield f"pin: {pin.offer_id}/{pin.slot_id} is not kept"

    def vetoed(self) -> Iterator[str]:
        for veto in self.problem.forbids:
            for one in self.plan.sessions:
                same = (
                    (veto.offer_id is None or veto.offer_id == one.offer_id)
                    and (veto.slot_id is None or veto.slot_id == one.slot_id)
                    and (veto.room_id is None or veto.room_id == one.room_id)
                )
                inside = {each.demand_id for each in one.seats}
                if same and (veto.demand_id is None or veto.demand_id in inside):
                    yield f"forbid: {one.offer_id}/{one.slot_id} is against a veto"

    def claimed(self) -> Iterator[str]:
        heads = sum(each.seats for one in self.plan.sessions for each in one.seats)
        for goal in self.plan.goals:
            if goal.name == "heads" and goal.value != heads:
                yield f"claim: {goal.value} heads, but {heads} are served"
            if goal.bound is not None and goal.name == "heads" and goal.bound < heads:
                yield "claim: the bound is below what is reached"
            if goal.name == "cents" and goal.value < self.course_cents():
                yield "claim: less than the courses cost"
