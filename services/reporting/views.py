"""What readers get: each figure with its meaning, and how fresh the whole is."""

from collections.abc import Sequence
from datetime import datetime

from services.reporting.definitions import Text, definitions
from services.reporting.figures import Summary, Suppressed, figures_of, overall, suppress
from services.reporting.store import Stored
from shared.web import View


class FigureView(View):
    """One figure; `value` is null where `suppressed` says why it is withheld."""

    key: str
    value: int | float | None
    suppressed: Suppressed | None = None
    unit: str
    label: Text
    definition: Text


class AsOf(View):
    """How far the figures reach; `events_missing` are known gaps: events under way or parked."""

    events_applied: int
    events_missing: int
    last_event_at: datetime | None
    computed_at: datetime | None
    revision: int


class NetworkFigures(View):
    """The figures of one network."""

    network_id: str
    as_of: AsOf
    figures: list[FigureView]


class Overview(View):
    """Several networks, and all of them together; a company in two networks counts once in `overall`."""

    as_of: AsOf
    overall: list[FigureView]
    networks: list[NetworkFigures]


def network_figures(stored: Stored, *, for_manager: bool) -> NetworkFigures:
    """Shape one network's figures for a reader."""
    return NetworkFigures(
        network_id=stored.network_id,
        as_of=_as_of(stored.summary, stored.computed_at, stored.revision),
        figures=_figures(stored.summary, for_manager=for_manager),
    )


def overview(stored: Sequence[Stored]) -> Overview:
    """Shape several networks for a reader who manages none of them."""
    total = overall(one.summary for one in stored)
    computed = max((one.computed_at for one in stored), default=None)
    return Overview(
        as_of=_as_of(total, computed, sum(one.revision for one in stored)),
        overall=_figures(total, for_manager=False),
        networks=[network_figures(one, for_manager=False) for one in stored],
    )


def _as_of(summary: Summary, computed_at: datetime | None, revision: int) -> AsOf:
    return AsOf(
        events_applied=summary.counts.get("events_applied", 0),
        events_missing=summary.counts.get("events_missing", 0),
        last_event_at=summary.last_event_at,
        computed_at=computed_at,
        revision=revision,
    )


def _figures(summary: Summary, *, for_manager: bool) -> list[FigureView]:
    shown = suppress(figures_of(summary), for_manager=for_manager)
    return [
        FigureView(
            key=key,
            value=shown[key].value,
            suppressed=shown[key].suppressed,
            unit=meaning.unit,
            label=meaning.label,
            definition=meaning.definition,
        )
        for key, meaning in definitions().items()
    ]
