"""From rows to figures, purely: a row's facts, a network's summary of facts, the figures of a summary.

Summaries add up: the overview of several networks is the sum of theirs, companies counted once.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from services.reporting.projections import Kind, Row
from shared.events.membership import SmeClass

type Facts = dict[str, Any]
type Suppressed = Literal["fewer_than_three_companies"]

SME_CLASSES = frozenset({SmeClass.MICRO, SmeClass.SMALL, SmeClass.MEDIUM})
MINIMUM_COMPANIES = 3  # domain notes 2.7: members are competitors
COMPANY_FIGURES = frozenset(
    {"companies_members", "companies_active", "companies_reached", "smes_reached", "reached_unknown_size"}
)


class Summary(BaseModel):
    """What the figures of one or several networks are computed from; sets of companies by organisation id."""

    model_config = ConfigDict(frozen=True)

    counts: dict[str, int] = {}
    members: frozenset[str] = frozenset()
    active: frozenset[str] = frozenset()
    reached: frozenset[str] = frozenset()
    sizes: dict[str, str] = {}
    last_event_at: datetime | None = None


def facts_of(row: Row) -> Facts:
    """Return what a row adds to its network's summary; small, so that a recount need not read the cells."""
    counts, members, active, reached = _FACTS.get(row.kind, _nothing)(row)
    return {
        "counts": {name: number for name, number in counts.items() if number},
        "members": sorted(members),
        "active": sorted(active),
        "reached": sorted(reached),
        "applied": sum(last - first + 1 for first, last in row.seen),
        "missing": (row.seen[-1][1] if row.seen else 0) - sum(last - first + 1 for first, last in row.seen),
        "last_event_at": row.last_event_at,
    }


def size_of(organisation: Row) -> str | None:
    """Return the size class of the latest declared year, None if the company has declared none."""
    declared = organisation.group("size")
    return str(declared[max(declared, key=int)]) if declared else None


def summary_of(facts: Iterable[Facts], sizes: Mapping[str, str]) -> Summary:
    """Add up the facts of one network's rows; `sizes` holds the known classes of its reached companies."""
    counts: dict[str, int] = {}
    companies: dict[str, set[str]] = {"members": set(), "active": set(), "reached": set()}
    last: datetime | None = None
    for fact in facts:
        _add(counts, fact["counts"])
        _add(counts, {"events_applied": fact["applied"], "events_missing": fact["missing"]})
        for name, ids in companies.items():
            ids.update(fact[name])
        last = _later(last, fact["last_event_at"])
    return Summary(
        counts=counts,
        members=frozenset(companies["members"]),
        active=frozenset(companies["active"]),
        reached=frozenset(companies["reached"]),
        sizes={one: sizes[one] for one in sorted(companies["reached"]) if one in sizes},
        last_event_at=last,
    )


def overall(summaries: Iterable[Summary]) -> Summary:
    """Add up the summaries of several networks; a company in two of them counts once."""
    counts: dict[str, int] = {}
    sizes: dict[str, str] = {}
    last: datetime | None = None
    found = list(summaries)
    for one in found:
        _add(counts, one.counts)
        sizes |= one.sizes
        last = _later(last, one.last_event_at)
    return Summary(
        counts=counts,
        members=frozenset().union(*(one.members for one in found)),
        active=frozenset().union(*(one.active for one in found)),
        reached=frozenset().union(*(one.reached for one in found)),
        sizes=sizes,
        last_event_at=last,
    )


def figures_of(summary: Summary) -> dict[str, float]:
    """Return every figure by key, in the order of data/figures.yaml."""
    return {key: compute(summary) for key, compute in COMPUTED.items()}


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure as a reader gets it: `suppressed` tells why a value is withheld."""

    value: float | None
    suppressed: Suppressed | None = None


def suppress(figures: Mapping[str, float], *, for_manager: bool) -> dict[str, Shown]:
    """Withhold counts of one or two companies from everybody but the network's own management.

    A zero is shown: it is about nobody. Source: domain notes 2.7 (members are competitors) and 6.
    """
    return {
        key: Shown(None, "fewer_than_three_companies")
        if key in COMPANY_FIGURES and 0 < value < MINIMUM_COMPANIES and not for_manager
        else Shown(value)
        for key, value in figures.items()
    }


def _count(name: str) -> Callable[[Summary], float]:
    return lambda summary: summary.counts.get(name, 0)


def _free(summary: Summary) -> float:
    return summary.counts.get("seats_offered", 0) - summary.counts.get("seats_confirmed", 0)


def _fill_rate(summary: Summary) -> float:
    offered = summary.counts.get("seats_offered", 0)
    return round(100 * summary.counts.get("seats_confirmed", 0) / offered, 1) if offered else 0.0


COMPUTED: dict[str, Callable[[Summary], float]] = {
    "needs_posted": _count("needs_posted"),
    "needs_headcount": _count("needs_headcount"),
    "needs_pooled": _count("needs_pooled"),
    "needs_withdrawn": _count("needs_withdrawn"),
    "pools_opened": _count("pools_opened"),
    "pools_viable": _count("pools_viable"),
    "pools_planned": _count("pools_planned"),
    "sessions_scheduled": _count("sessions_scheduled"),
    "sessions_open": _count("sessions_open"),
    "sessions_cancelled": _count("sessions_cancelled"),
    "seats_offered": _count("seats_offered"),
    "seats_confirmed": _count("seats_confirmed"),
    "seats_free": _free,
    "seats_waitlisted": _count("seats_waitlisted"),
    "fill_rate_percent": _fill_rate,
    "bookings_cancelled": _count("bookings_cancelled"),
    "substitutions": _count("substitutions"),
    "companies_members": lambda summary: len(summary.members),
    "companies_active": lambda summary: len(summary.active),
    "companies_reached": lambda summary: len(summary.reached),
    "smes_reached": lambda summary: sum(summary.sizes.get(one) in SME_CLASSES for one in summary.reached),
    "reached_unknown_size": lambda summary: sum(one not in summary.sizes for one in summary.reached),
    "person_units": _count("person_units"),
}


type _Parts = tuple[dict[str, int], Iterable[str], Iterable[str], Iterable[str]]


def _need(row: Row) -> _Parts:
    posted: Any = row.value("posted")
    if posted is None:  # its first event is still under way
        return {}, (), (), ()
    withdrawn = row.value("state") == "withdrawn"
    counts = {
        "needs_posted": 1,
        "needs_headcount": 0 if withdrawn else posted["headcount"],
        "needs_pooled": int(row.value("state") == "pooled"),
        "needs_withdrawn": int(withdrawn),
    }
    return counts, (), (posted["organisation"],), ()


def _pool(row: Row) -> _Parts:
    counts = {f"pools_{state}": int(row.value(state) is True) for state in ("opened", "viable", "planned")}
    pledged = [one for one, seats in row.group("pledge").items() if seats]
    return counts, (), pledged, ()


def _membership(row: Row) -> _Parts:
    member = row.value("state") == "active" and row.value("kind") == "company"
    return {}, (str(row.value("organisation")),) if member else (), (), ()


def _session(row: Row) -> _Parts:
    scheduled: Any = row.value("scheduled")
    bookings: list[dict[str, str]] = [one for one in row.group("booking").values() if isinstance(one, dict)]  # type: ignore[misc]
    active = {one["organisation"] for one in bookings}
    cancelled = row.value("cancelled") is True
    counts = {
        "sessions_cancelled": int(cancelled),
        "sessions_scheduled": int(scheduled is not None),
        "bookings_cancelled": sum(one["status"] == "cancelled" for one in bookings),
        "substitutions": len(row.group("substitution")),
    }
    if cancelled or scheduled is None or row.value("opened") is not True:
        return counts, (), active, ()
    seats: Any = row.value("seats") or {"confirmed": 0, "waitlisted": 0}
    counts |= {
        "sessions_open": 1,
        "seats_offered": scheduled["capacity"],
        "seats_confirmed": seats["confirmed"],
        "seats_waitlisted": seats["waitlisted"],
        "person_units": seats["confirmed"] * scheduled["teaching_units"],
    }
    return counts, (), active, {one["organisation"] for one in bookings if one["status"] == "confirmed"}


def _nothing(_row: Row) -> _Parts:
    return {}, (), (), ()


# Rows of other kinds add nothing by themselves.
_FACTS: dict[Kind, Callable[[Row], _Parts]] = {
    Kind.NEED: _need,
    Kind.POOL: _pool,
    Kind.MEMBERSHIP: _membership,
    Kind.SESSION: _session,
    Kind.NETWORK: _nothing,
    Kind.ORGANISATION: _nothing,
    Kind.COURSE: _nothing,
    Kind.CALL: _nothing,
    Kind.COST_PLAN: _nothing,
    Kind.ERASURE: _nothing,
    Kind.PLANNING_RUN: _nothing,
    Kind.AID_LEDGER: _nothing,
    Kind.DEMAND: _nothing,
}


def _add(total: dict[str, int], more: Mapping[str, int]) -> None:
    for name, number in more.items():
        total[name] = total.get(name, 0) + number


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return max(one, other) if one and other else one or other
