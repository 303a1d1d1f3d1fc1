"""Which needs belong together, and why: proposals for a manager, who accepts, changes or ignores them. Pure.

Two needs can go together if their formats, levels and time windows allow it and somebody can teach both within
reach. How well they go together: topic 60 %, common time 20 %, nearness 20 % (docs/adr/0017).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from services.courses.planning.problem import Demand
from services.courses.pools.likeness import Vector, common, likeness, vectors
from shared.events.courses import CourseFormat
from shared.events.envelope import Value
from shared.places import great_circle_km, point_of
from shared.reference import topics

DETOUR = 1.3  # road over great-circle distance [P], as in the planner
FAR_KM = 100  # from here on nearness counts nothing [P]
LONG_DAYS = 90  # a common time this long is as good as any [P]
SIBLINGS = 0.5  # what topics of one group have in common before their texts are looked at
ALIKE = 0.45  # texts at least this alike may join topics of different groups
THRESHOLD = 0.55  # pairs below this are not proposed
MOST_NEEDS = 40  # of one proposal


class ReasonCode(StrEnum):
    """Why needs belong together."""

    SAME_TOPIC = "same_topic"
    SIBLING_TOPICS = "sibling_topics"
    SIMILAR_TEXT = "similar_text"
    COMMON_TIME = "common_time"
    NEAR = "near"
    SAME_LEVEL = "same_level"


class Reason(Value):
    """One reason with the figures that show it; what does not belong to it is None or empty."""

    code: ReasonCode
    topic_codes: tuple[str, ...] = ()
    likeness_percent: int | None = None
    stems: tuple[str, ...] = ()
    first: date | None = None
    last: date | None = None
    farthest_km: int | None = None
    level: str | None = None


class PoolProposal(Value):
    """Needs that belong together. `score` 0 to 100 is the mean over all pairs."""

    topic_code: str
    need_ids: tuple[str, ...]
    heads: int
    companies: int
    score: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Wish:
    """A need with what it says in words, and the days on which it can be taught."""

    demand: Demand
    text: str
    first: date
    last: date


def propose(wishes: Sequence[Wish], minimum_companies: int = 2) -> tuple[PoolProposal, ...]:
    """Return proposals, the best first; each need is in one at most.

    The need with the most heads that go with it begins a group; whoever goes with all of its members joins, the
    best first.
    """
    likely = _Pairs(wishes)
    left = {wish.demand.id: wish for wish in wishes}
    found = []
    while left:
        seed = max(left.values(), key=lambda one: (likely.heads_around(one, left.values()), one.demand.id))
        group = _grow(seed, left, likely)
        del left[seed.demand.id]
        if len({wish.demand.company_id for wish in group}) < minimum_companies:
            continue
        for wish in group:
            left.pop(wish.demand.id, None)
        found.append(_proposal(group, likely))
    return tuple(sorted(found, key=lambda one: (-one.heads, -one.score, one.need_ids)))


def _grow(seed: Wish, left: Mapping[str, Wish], likely: "_Pairs") -> list[Wish]:
    group = [seed]
    others = [one for one in left.values() if one is not seed and likely.score(seed, one) >= THRESHOLD]
    for one in sorted(others, key=lambda other: (-likely.score(seed, other), other.demand.id)):
        first = max(one.first, *(wish.first for wish in group))
        last = min(one.last, *(wish.last for wish in group))
        if (
            len(group) < MOST_NEEDS
            and first <= last
            and all(likely.score(one, w) >= THRESHOLD for w in group)
        ):
            group.append(one)
    return group


class _Pairs:
    """How well two needs go together; 0: not at all."""

    def __init__(self, wishes: Sequence[Wish]) -> None:
        self.texts: Mapping[str, Vector] = vectors({one.demand.id: _words(one) for one in wishes})
        self._known: dict[tuple[str, str], float] = {}

    def score(self, one: Wish, other: Wish) -> float:
        """Return the score, 0 to 1."""
        first, second = sorted((one.demand.id, other.demand.id))
        if (first, second) not in self._known:
            self._known[first, second] = self._score(one, other)
        return self._known[first, second]

    def heads_around(self, one: Wish, others: Iterable[Wish]) -> int:
        """Return the heads of all needs that go with this one."""
        return sum(
            other.demand.heads for other in others if other is not one and self.score(one, other) >= THRESHOLD
        )

    def _score(self, one: Wish, other: Wish) -> float:
        if not _possible(one, other):
            return 0.0
        topic = self.topic(one, other)
        if topic == 0:
            return 0.0
        days = (min(one.last, other.last) - max(one.first, other.first)) / timedelta(days=1) + 1
        way = distance_km(one.demand, other.demand) or 0.0
        return 0.6 * topic + 0.2 * min(1.0, days / LONG_DAYS) + 0.2 * max(0.0, 1 - way / FAR_KM)

    def topic(self, one: Wish, other: Wish) -> float:
        """Return how near the topics are."""
        if one.demand.topic_code == other.demand.topic_code:
            return 1.0
        alike = self.alike(one, other)
        if _group(one) == _group(other):
            return SIBLINGS + (1 - SIBLINGS) * alike
        return alike if alike >= ALIKE else 0.0

    def alike(self, one: Wish, other: Wish) -> float:
        """Return how alike the texts are."""
        return likeness(self.texts[one.demand.id], self.texts[other.demand.id])


def _possible(one: Wish, other: Wish) -> bool:
    a, b = one.demand, other.demand
    formats = {a.format, b.format} - {CourseFormat.ANY}
    levels = {a.level, b.level} - {None}
    if len(formats) > 1 or len(levels) > 1 or max(one.first, other.first) > min(one.last, other.last):
        return False
    if formats == {CourseFormat.ONLINE} or None in {a.max_distance_km, b.max_distance_km}:
        return True
    way = distance_km(a, b)
    return way is None or way <= (a.max_distance_km or 0) + (b.max_distance_km or 0)


def distance_km(one: Demand, other: Demand) -> float | None:
    """Return the way by road between the places of two needs; None where one is not known."""
    here, there = point_of(one.place), point_of(other.place)
    return None if here is None or there is None else great_circle_km(here, there) * DETOUR


def _proposal(group: Sequence[Wish], likely: _Pairs) -> PoolProposal:
    pairs = [(a, b) for number, a in enumerate(group) for b in group[number + 1 :]]
    heads_by_topic: dict[str, int] = {}
    for wish in group:
        code = wish.demand.topic_code
        heads_by_topic[code] = heads_by_topic.get(code, 0) + wish.demand.heads
    main = max(sorted(heads_by_topic), key=lambda code: heads_by_topic[code])
    return PoolProposal(
        topic_code=main,
        need_ids=tuple(wish.demand.id for wish in group),
        heads=sum(heads_by_topic.values()),
        companies=len({wish.demand.company_id for wish in group}),
        score=round(100 * sum(likely.score(a, b) for a, b in pairs) / len(pairs)),
        reasons=tuple(_reasons(group, pairs, sorted(heads_by_topic), likely)),
    )


def _reasons(
    group: Sequence[Wish], pairs: Sequence[tuple[Wish, Wish]], codes: Sequence[str], likely: _Pairs
) -> Iterable[Reason]:
    if len(codes) == 1:
        yield Reason(code=ReasonCode.SAME_TOPIC, topic_codes=tuple(codes))
    else:
        differing = [(a, b) for a, b in pairs if a.demand.topic_code != b.demand.topic_code]
        least = min(differing, key=lambda pair: likely.alike(*pair))
        siblings = len({_group(wish) for wish in group}) == 1
        yield Reason(
            code=ReasonCode.SIBLING_TOPICS if siblings else ReasonCode.SIMILAR_TEXT,
            topic_codes=tuple(codes),
            likeness_percent=round(100 * likely.alike(*least)),
            stems=tuple(common(*(likely.texts[one.demand.id] for one in least))),
        )
    yield Reason(
        code=ReasonCode.COMMON_TIME,
        first=max(wish.first for wish in group),
        last=min(wish.last for wish in group),
    )
    ways = [way for a, b in pairs if (way := distance_km(a.demand, b.demand)) is not None]
    if ways:
        yield Reason(code=ReasonCode.NEAR, farthest_km=round(max(ways)))
    levels = {wish.demand.level for wish in group}
    if len(levels) == 1 and None not in levels:
        yield Reason(code=ReasonCode.SAME_LEVEL, level=levels.pop())


def _words(wish: Wish) -> str:
    topic = topics().get(wish.demand.topic_code)
    return f"{topic.title_de if topic else ''} {wish.text}"


def _group(wish: Wish) -> str | None:
    topic = topics().get(wish.demand.topic_code)
    return topic.parent_code if topic else None
