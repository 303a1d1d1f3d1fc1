"""The planning problem as a CP-SAT model (OR-Tools): variables, hard rules, goals, and back to sessions.

`open[k]`: possible session k is held. `seats[d, k]`: heads of demand d in it. `trainer[k, t]`: t teaches it.
Nothing here decides what a rule is: `fit` says which pairs are possible, this file says how they exclude each other.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ortools.sat.python import cp_model
from ortools.sat.python.cp_model import IntVar, LinearExprT

from services.courses.planning.figures import CENTS, HEADS, MANDATORY, SPREAD
from services.courses.planning.fit import Fit, Option, Possibilities, pin_matches
from services.courses.planning.problem import Assignment, PlannedSession
from services.courses.planning.times import cliques
from shared.events.courses import SessionDay


class Model:
    """The model of one problem; `goal` returns what is to be maximised."""

    def __init__(self, known: Possibilities) -> None:
        self.known = known
        self.cp = cp_model.CpModel()
        self._zero = self.cp.new_constant(0)  # so that a goal without a variable is an expression, too
        wanted = {fit.option.number for fit in known.fits}
        self.options = [option for option in known.options if option.number in wanted]
        self.open = {option.number: self.cp.new_bool_var(f"o{option.number}") for option in self.options}
        self.seats: dict[tuple[str, int], IntVar] = {}
        self.trainer: dict[tuple[int, str], IntVar] = {}
        self.of_option: dict[int, list[Fit]] = defaultdict(list)
        self.of_demand: dict[str, list[Fit]] = defaultdict(list)
        for fit in known.fits:
            self.of_option[fit.option.number].append(fit)
            self.of_demand[fit.demand.id].append(fit)
        for fit in known.fits:
            self._seat(fit)
        for option in self.options:
            self._session(option)
        self._demands()
        self._offers()
        self._resources()
        self._budget()
        self._pins()
        self._goals: dict[str, LinearExprT] = {
            HEADS: sum(self.seats.values()),
            MANDATORY: sum(var for (key, _), var in self.seats.items() if known.demands[key].mandatory),
            SPREAD: self._spread(),
            CENTS: -1 * self._cents(),
        }

    def goal(self, name: str) -> LinearExprT:
        """Return the expression to be maximised for a goal; cents count negatively."""
        return cp_model.LinearExpr.sum([self._zero, self._goals[name]])

    def _seat(self, fit: Fit) -> None:
        demand, number = fit.demand, fit.option.number
        most = min(demand.heads, fit.option.capacity)
        var = self.cp.new_int_var(0, most, "")
        self.seats[demand.id, number] = var
        self.cp.add(
            var <= most * self.open[number]
        )  # follows from the capacity; makes the relaxation tighter
        if not demand.divisible:
            self._in(fit, var, demand.heads)

    def _in(self, fit: Fit, var: IntVar, whole: int | None = None) -> IntVar:
        # Whether any head is in the session; with `whole`, all of them or none.
        inside = self.cp.new_bool_var("")
        if whole is not None:
            self.cp.add(var == whole * inside)
        else:
            self.cp.add(var <= min(fit.demand.heads, fit.option.capacity) * inside)
        return inside

    def _session(self, option: Option) -> None:
        number, offer = option.number, option.offer
        fits = self.of_option[number]
        taken = sum(self.seats[fit.demand.id, number] for fit in fits)
        self.cp.add(taken <= option.capacity * self.open[number])
        self.cp.add(taken >= offer.minimum_seats * self.open[number])
        for fit in fits:
            if fit.seats_needed > offer.minimum_seats:
                inside = self._in(fit, self.seats[fit.demand.id, number])
                self.cp.add(taken >= fit.seats_needed * inside)
        self._companies(number, fits, taken)
        if option.trainer_ids:
            for trainer_id in option.trainer_ids:
                self.trainer[number, trainer_id] = self.cp.new_bool_var("")
            self.cp.add(sum(self.trainer[number, one] for one in option.trainer_ids) == self.open[number])

    def _companies(self, number: int, fits: Sequence[Fit], taken: LinearExprT) -> None:
        rules = self.known.problem.rules
        by_company: dict[str, list[IntVar]] = defaultdict(list)
        for fit in fits:
            by_company[fit.demand.company_id].append(self.seats[fit.demand.id, number])
        if rules.minimum_companies > 1:
            present = []
            for company in by_company.values():
                var = self.cp.new_bool_var("")
                self.cp.add(sum(company) >= var)
                present.append(var)
            self.cp.add(sum(present) >= rules.minimum_companies * self.open[number])
        if rules.max_company_percent < 100:
            for company in by_company.values():
                self.cp.add(100 * sum(company) <= rules.max_company_percent * taken)

    def _demands(self) -> None:
        for key, fits in self.of_demand.items():
            self.cp.add(sum(self._seats_of(fits)) <= self.known.demands[key].heads)

    def _offers(self) -> None:
        by_offer: dict[str, list[Option]] = defaultdict(list)
        for option in self.options:
            by_offer[option.offer.id].append(option)
        for options in by_offer.values():
            self.cp.add(sum(self.open[each.number] for each in options) <= options[0].offer.max_runs)
            by_slot: dict[str, list[IntVar]] = defaultdict(list)
            for each in options:
                by_slot[each.slot.id].append(self.open[each.number])
            for same in by_slot.values():
                self.cp.add_at_most_one(same)

    def _resources(self) -> None:
        busy: dict[tuple[str, str], list[tuple[Sequence[SessionDay], IntVar]]] = defaultdict(list)
        for option in self.options:
            if option.room:
                busy["room", option.room.id].append((option.slot.days, self.open[option.number]))
            for trainer_id in option.trainer_ids:
                used = self.trainer[option.number, trainer_id]
                busy["trainer", trainer_id].append((option.slot.days, used))
        for uses in busy.values():
            for together in cliques(uses):
                self.cp.add_at_most_one(together)

    def _budget(self) -> None:
        budget = self.known.problem.rules.budget_cents
        if budget is not None:
            self.cp.add(self._course_cents() <= budget)

    def _pins(self) -> None:
        for pin in self.known.problem.pins:
            matching = [option for option in self.options if pin_matches(pin, option)]
            self.cp.add_bool_or([self.open[option.number] for option in matching])
            if pin.demand_id is not None:
                pairs = [(pin.demand_id, option.number) for option in matching]
                seats = [self.seats[pair] for pair in pairs if pair in self.seats]
                if seats:
                    self.cp.add(sum(seats) >= pin.seats)
                else:
                    self.cp.add_bool_or([])  # cannot be kept

    def _spread(self) -> LinearExprT:
        asked: dict[str, int] = defaultdict(int)
        got: dict[str, list[IntVar]] = defaultdict(list)
        for demand in self.known.problem.demands:
            asked[demand.company_id] += demand.heads
            got[demand.company_id] += self._seats_of(self.of_demand.get(demand.id, ()))
        points = []
        for company, seats in got.items():
            if seats:
                one, half = self.cp.new_bool_var(""), self.cp.new_bool_var("")
                self.cp.add(sum(seats) >= one)
                self.cp.add(2 * sum(seats) >= asked[company] * half)
                points += [one, half]
        return sum(points)

    def _course_cents(self) -> LinearExprT:
        return self._weighted(with_travel=False)

    def _cents(self) -> LinearExprT:
        return self._weighted(with_travel=True)

    def _weighted(self, *, with_travel: bool) -> LinearExprT:
        costs = {self.open[option.number]: option.offer.fixed_cents for option in self.options}
        for fit in self.known.fits:
            travel = fit.travel_cents if with_travel else 0
            costs[self.seats[fit.demand.id, fit.option.number]] = fit.option.offer.variable_cents + travel
        return cp_model.LinearExpr.weighted_sum(list(costs), list(costs.values()))

    def _seats_of(self, fits: Iterable[Fit]) -> list[IntVar]:
        return [self.seats[fit.demand.id, fit.option.number] for fit in fits]

    def cap_heads(self, caps: Mapping[str, int]) -> None:
        """Add what is proven about topics: no plan serves more heads of a topic than its cap."""
        by_topic: dict[str, list[IntVar]] = defaultdict(list)
        for (key, _), var in self.seats.items():
            by_topic[self.known.demands[key].topic_code].append(var)
        for topic, seats in by_topic.items():
            if topic in caps:
                self.cp.add(sum(seats) <= caps[topic])

    def hint(self, sessions: Iterable[PlannedSession]) -> None:
        """Start the search from these sessions; what is no longer possible is passed over."""
        numbers = {(one.offer.id, one.slot.id, one.room_id): one.number for one in self.options}
        values = dict.fromkeys([*self.open.values(), *self.seats.values(), *self.trainer.values()], 0)
        for session in sessions:
            number = numbers.get((session.offer_id, session.slot_id, session.room_id))
            if number is None:
                continue
            values[self.open[number]] = 1
            if session.trainer_id is not None and (number, session.trainer_id) in self.trainer:
                values[self.trainer[number, session.trainer_id]] = 1
            for each in session.seats:
                if (each.demand_id, number) in self.seats:
                    values[self.seats[each.demand_id, number]] = each.seats
        self.cp.clear_hints()  # type: ignore[no-untyped-call]
        for var, value in values.items():
            self.cp.add_hint(var, value)

    def sessions(self, solver: cp_model.CpSolver) -> tuple[PlannedSession, ...]:
        """Read the sessions out of a solution."""
        return tuple(self._read(solver))

    def _read(self, solver: cp_model.CpSolver) -> Iterator[PlannedSession]:
        for option in self.options:
            number = option.number
            if not solver.value(self.open[number]):
                continue
            taken = {
                fit.demand.id: solver.value(self.seats[fit.demand.id, number])
                for fit in self.of_option[number]
            }
            teaching = (one for one in option.trainer_ids if solver.value(self.trainer[number, one]))
            yield PlannedSession(
                offer_id=option.offer.id,
                slot_id=option.slot.id,
                room_id=option.room_id,
                trainer_id=next(teaching, None),
                seats=tuple(
                    Assignment(demand_id=key, seats=count) for key, count in sorted(taken.items()) if count
                ),
            )
