"""What people see of a survey: managers the answer rate and who is missing, a company its own answer."""

from datetime import datetime

from services.courses.waves.domain import Wave, WaveState
from shared.events.waves import WaveAnswer
from shared.mongo import Collection
from shared.web import Page, Paging, View, page_of


class OwnAnswer(View):
    """What one of the reader's companies has said; null: nothing yet."""

    organisation_id: str
    answer: WaveAnswer | None


class WaveView(View):
    """`asked` to `missing` are for managers only. `answer_rate_percent` counts those asked at the start."""

    id: str
    network_id: str
    state: WaveState
    due_at: datetime
    next_reminder_at: datetime | None
    own: list[OwnAnswer]
    asked: int | None
    answered: int | None
    answer_rate_percent: float | None
    missing: list[str] | None


def wave_view(wave: Wave, organisations: frozenset[str], *, manager: bool) -> WaveView:
    """Return a wave for a reader who decides for these organisations."""
    asked = len(wave.asked)
    return WaveView(
        id=wave.id,
        network_id=wave.network_id,
        state=wave.state,
        due_at=wave.due_at,
        next_reminder_at=min(wave.remind_at, default=None),
        own=[
            OwnAnswer(organisation_id=each, answer=wave.answers.get(each))
            for each in sorted(set(wave.asked) | set(wave.answers))
            if each in organisations
        ],
        asked=asked if manager else None,
        answered=wave.answered if manager else None,
        answer_rate_percent=round(100 * wave.answered / asked, 1) if manager else None,
        missing=list(wave.missing) if manager else None,
    )


async def list_waves(
    collection: Collection, network_id: str, paging: Paging, organisations: frozenset[str], *, manager: bool
) -> Page[WaveView]:
    """Return the network's waves, newest first."""
    return await page_of(
        collection,
        {"network_id": network_id},
        paging,
        lambda found: wave_view(Wave.model_validate(found["state"]), organisations, manager=manager),
    )
