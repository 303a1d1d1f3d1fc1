"""From a pool and its needs to the specification that providers are asked to answer. Pure."""

from collections.abc import Iterable, Sequence

from services.courses.calls.terms import Criterion, CriterionKind, Specification
from services.courses.needs.domain import Need
from services.courses.pools.domain import Pool
from shared.errors import Invalid
from shared.events.courses import CourseFormat
from shared.reference import topics

# A start for the manager, not a rule: weights in percent.
PROPOSED_CRITERIA = (
    Criterion(key="price", kind=CriterionKind.PRICE, weight=40),
    Criterion(key="didactics", kind=CriterionKind.DIDACTICS, weight=25),
    Criterion(key="dates", kind=CriterionKind.DATES, weight=15),
    Criterion(key="venue", kind=CriterionKind.VENUE, weight=10),
    Criterion(key="azav", kind=CriterionKind.AZAV, weight=10),
)
_UNITS, _SEATS = 8, 12  # where the topic tree names none


def proposed(pool: Pool, needs: Sequence[Need]) -> Specification:
    """Return a specification that fits the pool: no company, no budget. Errors: `Invalid` 422 without needs."""
    if not needs:
        raise Invalid(
            pointer="#/pool_id",
            reason_en="The pool holds no need to specify from.",
            reason_de="Das Bündel enthält keinen Bedarf, aus dem sich etwas ergibt.",
        )
    topic = topics()[pool.topic_code]
    first, last = max(need.window_from for need in needs), min(need.window_to for need in needs)
    if first > last:  # no common window: the whole span, and the offers tell what is possible
        first, last = min(need.window_from for need in needs), max(need.window_to for need in needs)
    levels = {need.level for need in needs}
    formats = {need.format for need in needs} - {CourseFormat.ANY}
    reference = max(pool.pledged_seats, pool.minimum_seats)
    return Specification(
        topic_code=pool.topic_code,
        teaching_units=topic.typical_units or _UNITS,
        level=levels.pop() if len(levels) == 1 else None,
        format=formats.pop() if len(formats) == 1 else CourseFormat.ANY,
        kldb=_distinct(need.kldb for need in needs),
        esco_uris=_distinct(uri for need in needs for uri in need.esco_uris),
        ags=_distinct(need.ags for need in needs),
        earliest=first,
        latest=last,
        weekdays=_common_weekdays(needs),
        minimum_seats=pool.minimum_seats,
        maximum_seats=max(topic.typical_max or _SEATS, pool.minimum_seats),
        reference_seats=min(reference, max(topic.typical_max or _SEATS, pool.minimum_seats)),
    )


def _distinct(values: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(sorted({value for value in values if value}))


def _common_weekdays(needs: Sequence[Need]) -> tuple[int, ...]:
    every = set(range(1, 8))
    for need in needs:
        every &= set(need.weekdays or range(1, 8))
    return tuple(sorted(every)) if 0 < len(every) < 7 else ()
