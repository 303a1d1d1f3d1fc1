"""Commands of survey waves."""

from datetime import datetime

from services.courses.memberships.store import Memberships
from services.courses.waves import domain
from services.courses.waves.domain import Wave
from shared.clock import Clock
from shared.events.waves import WaveAnswer
from shared.ids import OrganisationId
from shared.store import Aggregates, Cause


async def open_wave(
    wave: Wave, cause: Cause, *, waves: Aggregates[Wave], memberships: Memberships, clock: Clock
) -> Wave:
    """Ask the network's companies as they are now. Errors: `Invalid` 422, `NetworkIsClosed` 409."""
    await memberships.policy(wave.network_id)
    asked = tuple(sorted(await memberships.active_companies(wave.network_id)))
    asking = wave.model_copy(update={"asked": tuple(OrganisationId(each) for each in asked)})
    return (await waves.put(wave.id, lambda known: domain.open_wave(known, asking, clock()), cause)).state


async def answer(
    wave_id: str,
    organisation_id: OrganisationId,
    said: WaveAnswer,
    cause: Cause,
    *,
    waves: Aggregates[Wave],
    clock: Clock,
) -> Wave:
    """Keep a company's answer. Errors: `NotFound` 404, `WaveOver` 409."""
    return (
        await waves.change(wave_id, lambda wave: domain.answer(wave, organisation_id, said, clock()), cause)
    ).state


async def extend(
    wave_id: str, due_at: datetime, cause: Cause, *, waves: Aggregates[Wave], clock: Clock
) -> Wave:
    """Move the due time to a later one. Errors: `Invalid` 422, `WaveOver` 409."""
    return (await waves.change(wave_id, lambda wave: domain.extend(wave, due_at, clock()), cause)).state
