"""How many heads any plan can serve at most: a linear relaxation of the whole problem, solved by GLOP (OR-Tools).

Sessions may be held in part here, so the bound is not always reached; but no plan is above it, however large the
problem. Minimum participants, company rules and budgets are left out: leaving rules out only raises a bound.
"""

from collections import defaultdict
from collections.abc import Mapping
from math import floor

from ortools.linear_solver.python import model_builder

from services.courses.planning.fit import Option, Possibilities
from services.courses.planning.times import cliques
from shared.events.courses import SessionDay

_TOLERANCE = 1e-6  # GLOP's own; a bound a little below a whole number is that number


def relaxed_heads(known: Possibilities, caps: Mapping[str, int], limit_s: float) -> int | None:
    """Return the bound, with no more than `caps` heads of each topic; None if it was not found in time."""
    model = model_builder.Model()  # type: ignore[no-untyped-call]
    held = {option.number: model.new_num_var(0, 1, "") for option in known.options}
    by_demand, by_option = defaultdict(list), defaultdict(list)
    by_topic = defaultdict(list)
    for fit in known.fits:
        most = min(fit.demand.heads, fit.option.capacity)
        seats = model.new_num_var(0, most, "")
        by_demand[fit.demand.id].append(seats)
        by_option[fit.option.number].append(seats)
        by_topic[fit.demand.topic_code].append(seats)
    for key, several in by_demand.items():
        model.add(model_builder.LinearExpr.sum(several) <= known.demands[key].heads)
    for number, several in by_option.items():
        model.add(model_builder.LinearExpr.sum(several) <= known.options[number].capacity * held[number])
    for topic, several in by_topic.items():
        if topic in caps:
            model.add(model_builder.LinearExpr.sum(several) <= caps[topic])
    for together, most in _exclusions(known):
        model.add(model_builder.LinearExpr.sum([held[number] for number in together]) <= most)
    model.maximize(
        model_builder.LinearExpr.sum([seats for several in by_demand.values() for seats in several])
    )
    solver = model_builder.Solver("glop")
    solver.set_time_limit_in_seconds(limit_s)
    if solver.solve(model) != model_builder.SolveStatus.OPTIMAL:
        return None
    return floor(solver.objective_value + _TOLERANCE)


def _exclusions(known: Possibilities) -> list[tuple[list[int], int]]:
    runs, slots = defaultdict(list), defaultdict(list)
    rooms: dict[str, list[Option]] = defaultdict(list)
    for option in known.options:
        runs[option.offer.id].append(option.number)
        slots[option.offer.id, option.slot.id].append(option.number)
        if option.room is not None:
            rooms[option.room.id].append(option)
    found = [(numbers, known.offers[key].max_runs) for key, numbers in runs.items()]
    found += [(numbers, 1) for numbers in slots.values() if len(numbers) > 1]
    for options in rooms.values():
        times: list[tuple[tuple[SessionDay, ...], int]] = [(each.slot.days, each.number) for each in options]
        found += [(numbers, 1) for numbers in cliques(times)]
    return found
