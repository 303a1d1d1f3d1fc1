"""Times that overlap: two by two, and the largest sets that do so at one instant. Pure."""

from collections.abc import Iterable, Iterator, Sequence

from shared.events.courses import SessionDay


def overlap(ones: Iterable[SessionDay], others: Sequence[SessionDay]) -> bool:
    """Whether two sets of times overlap; touching ends do not."""
    return any(a.starts_at < b.ends_at and b.starts_at < a.ends_at for a in ones for b in others)


def cliques[T](uses: Sequence[tuple[Sequence[SessionDay], T]]) -> Iterator[list[T]]:
    """Yield the largest sets of uses that overlap at one instant: for intervals these say all that pairs say."""
    active: list[frozenset[int]] = []
    for mark in sorted({day.starts_at for days, _ in uses for day in days}):
        together = frozenset(
            number
            for number, (days, _) in enumerate(uses)
            if any(day.starts_at <= mark < day.ends_at for day in days)
        )
        if len(together) > 1:
            active.append(together)
    largest = [one for one in set(active) if not any(one < other for other in active)]
    for together in sorted(largest, key=sorted):
        yield [uses[number][1] for number in sorted(together)]
