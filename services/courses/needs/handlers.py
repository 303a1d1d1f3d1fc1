"""Commands of needs."""

from datetime import date

from services.courses.memberships.store import Memberships
from services.courses.needs import domain
from services.courses.needs.domain import Need, Terms
from services.courses.waves import domain as waves_domain
from services.courses.waves.domain import Wave
from shared.clock import Clock
from shared.decisions import Change
from shared.events.waves import WaveAnswer
from shared.store import Aggregates, Cause
from shared.zones import local_day


async def post_need(
    need: Need,
    cause: Cause,
    *,
    needs: Aggregates[Need],
    waves: Aggregates[Wave],
    memberships: Memberships,
    clock: Clock,
) -> Need:
    """Post a need; in a survey it is the company's answer, too.

    Errors: see `domain.post`; `NetworkIsClosed`, `WaveOver` 409, `NotFound` 404 for an unknown survey. Whoever repeats
    after a crash between the two writes completes the second one.
    """
    await memberships.policy(need.network_id)
    wave = await waves.get(need.wave_id) if need.wave_id else None
    at = clock()

    def post(existing: Need | None) -> Change[Need]:
        if existing is None and wave is not None:
            waves_domain.require_open(wave, need.network_id, at)
        return domain.post(existing, need, local_day(at))

    posted = (await needs.put(need.id, post, cause)).state
    if wave is not None:
        await waves.change(
            wave.id,
            lambda now: waves_domain.answer(now, need.organisation_id, WaveAnswer.NEEDS, at),
            Cause(causation_id=cause.causation_id),
        )
    return posted


async def revise_need(
    need_id: str,
    terms: Terms,
    expires_on: date | None,
    cause: Cause,
    *,
    needs: Aggregates[Need],
    clock: Clock,
) -> Need:
    """Replace what a need asks for. Errors: `Invalid` 422, `WrongState`, `TopicDiffers` 409."""
    today = local_day(clock())
    changed = await needs.change(need_id, lambda need: domain.revise(need, terms, expires_on, today), cause)
    return changed.state


async def withdraw_need(need_id: str, cause: Cause, *, needs: Aggregates[Need]) -> Need:
    """Withdraw a need. Errors: `WrongState` 409."""
    return (await needs.change(need_id, domain.withdraw, cause)).state


async def cover_need(need_id: str, cause: Cause, *, by_manager: bool, needs: Aggregates[Need]) -> Need:
    """Mark a need as met elsewhere. Errors: `WrongState`, `OthersCountOnNeed` 409."""

    def decide(need: Need) -> Change[Need]:
        return domain.cover_elsewhere(need, by_manager=by_manager)

    return (await needs.change(need_id, decide, cause)).state
