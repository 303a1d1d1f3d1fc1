"""The anonymous open demand of a network: figures from three companies on, and none that give away others. Pure.

Two guards (domain notes 2.7). A figure of fewer than three companies is left out. A group's total is left out,
too, where subtracting the shown topics from it would leave one or two companies alone.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable

from shared.events.envelope import Value
from shared.reference import topics

MIN_COMPANIES = 3


class OpenNeed(Value):
    """What demand is counted from."""

    topic_code: str
    organisation_id: str
    headcount: int
    mandatory: bool = False


class Demand(Value):
    """Open demand for one topic or group; `mandatory_headcount` is null where it would show one or two companies."""

    topic_code: str
    headcount: int
    companies: int
    mandatory_headcount: int | None = None


def demand_by_topic(needs: Iterable[OpenNeed], minimum: int = MIN_COMPANIES) -> list[Demand]:
    """Return the demand of topics that at least `minimum` companies ask for, ordered by code."""
    rows = []
    for code, found in sorted(_grouped(needs, lambda need: need.topic_code).items()):
        if _companies(found) >= minimum:
            mandatory = [need for need in found if need.mandatory]
            tells = _safe(mandatory, minimum) and _safe([n for n in found if not n.mandatory], minimum)
            rows.append(_row(code, found, sum(n.headcount for n in mandatory) if tells else None))
    return rows


def demand_by_group(needs: Iterable[OpenNeed], minimum: int = MIN_COMPANIES) -> list[Demand]:
    """Return the demand of topic groups, without those whose total would tell what a hidden topic's is."""
    known = list(needs)
    shown = {row.topic_code for row in demand_by_topic(known, minimum)}
    rows = []
    for code, found in sorted(_grouped(known, _group).items()):
        hidden = [need for need in found if need.topic_code not in shown]
        if _companies(found) >= minimum and _safe(hidden, minimum):
            rows.append(_row(code, found, None))
    return rows


def _grouped(needs: Iterable[OpenNeed], key: Callable[[OpenNeed], str]) -> dict[str, list[OpenNeed]]:
    found: defaultdict[str, list[OpenNeed]] = defaultdict(list)
    for need in needs:
        found[key(need)].append(need)
    return found


def _group(need: OpenNeed) -> str:
    return topics()[need.topic_code].parent_code or need.topic_code


def _companies(needs: Iterable[OpenNeed]) -> int:
    return len({need.organisation_id for need in needs})


def _safe(hidden: list[OpenNeed], minimum: int) -> bool:
    return not hidden or _companies(hidden) >= minimum


def _row(code: str, needs: list[OpenNeed], mandatory: int | None) -> Demand:
    return Demand(
        topic_code=code,
        headcount=sum(need.headcount for need in needs),
        companies=_companies(needs),
        mandatory_headcount=mandatory,
    )
