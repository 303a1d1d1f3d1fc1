"""A survey wave: a network's companies are asked for their needs until a due time. Pure."""

from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import Field

from services.courses.rules import step
from shared.decisions import Change
from shared.errors import IdempotencyKeyReused, Invalid, NotFound, Rejected
from shared.events.envelope import Event, Value
from shared.events.waves import (
    WaveAnswer,
    WaveAnswered,
    WaveClosed,
    WaveExtended,
    WaveOpened,
    WaveReminderDue,
)
from shared.ids import NetworkId, OrganisationId, WaveId

MAX_ASKED = 1000  # their ids fit into one event


class WaveState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


class WaveCommand(StrEnum):
    ANSWER = "answer"
    EXTEND = "extend"
    CLOSE = "close"


TABLE: dict[tuple[WaveState, WaveCommand], WaveState] = {
    (WaveState.OPEN, WaveCommand.ANSWER): WaveState.OPEN,
    (WaveState.OPEN, WaveCommand.EXTEND): WaveState.OPEN,
    (WaveState.OPEN, WaveCommand.CLOSE): WaveState.CLOSED,
}


class WaveOver(Rejected):
    status = 409
    en = "This survey is over; a need can still be posted outside of it."
    de = "Diese Umfrage ist beendet; ein Bedarf kann weiterhin außerhalb gemeldet werden."


class Wave(Value):
    """The state of a wave. `asked` are the companies at its start; `remind_at` are the reminders still to come."""

    id: WaveId
    network_id: NetworkId
    due_at: datetime
    asked: tuple[OrganisationId, ...]
    answers: dict[OrganisationId, WaveAnswer] = Field(default_factory=dict)
    remind_days_before: tuple[int, ...] = ()
    remind_at: tuple[datetime, ...] = ()
    state: WaveState = WaveState.OPEN
    request: str = ""
    created_ms: int

    @property
    def missing(self) -> tuple[OrganisationId, ...]:
        """The companies that were asked and have not answered."""
        return tuple(each for each in self.asked if each not in self.answers)

    @property
    def answered(self) -> int:
        """How many of those asked have answered."""
        return len(self.asked) - len(self.missing)

    @property
    def next_due(self) -> datetime | None:
        """The instant of the next step, None when the wave is closed."""
        return None if self.state is WaveState.CLOSED else min((*self.remind_at, self.due_at))


def reminders(due_at: datetime, days_before: tuple[int, ...], after: datetime) -> tuple[datetime, ...]:
    """Return the instants of the reminders that lie after `after`, in order."""
    instants = {due_at - timedelta(days=days) for days in days_before}
    return tuple(sorted(each for each in instants if each > after))


def open_wave(existing: Wave | None, wave: Wave, at: datetime) -> Change[Wave]:
    """Ask the companies. Errors: `Invalid`, `IdempotencyKeyReused` 422."""
    if existing is not None:
        if existing.request != wave.request:
            raise IdempotencyKeyReused
        return Change(existing)
    if wave.due_at <= at:
        raise _too_early()
    if not 0 < len(wave.asked) <= MAX_ASKED:
        raise Invalid(
            pointer="#/network_id",
            reason_en=f"The network has no company to ask, or more than {MAX_ASKED}.",
            reason_de=f"Der Verbund hat keinen Betrieb, der befragt werden kann, oder mehr als {MAX_ASKED}.",
        )
    after = wave.model_copy(update={"remind_at": reminders(wave.due_at, wave.remind_days_before, at)})
    event = WaveOpened(
        wave_id=wave.id, network_id=wave.network_id, due_at=wave.due_at, organisation_ids=wave.asked
    )
    return Change(after, (event,))


def _too_early() -> Invalid:
    return Invalid(
        pointer="#/due_at",
        reason_en="The due time lies in the future, and an extension is later than the due time before.",
        reason_de="Der Termin liegt in der Zukunft, eine Verlängerung nach dem bisherigen Termin.",
    )


def require_open(wave: Wave, network_id: str, at: datetime) -> None:
    """Let answers pass while the wave runs. Errors: `NotFound` 404 for another network's, `WaveOver` 409."""
    if wave.network_id != network_id:
        raise NotFound(kind="survey")
    if wave.state is not WaveState.OPEN or at >= wave.due_at:
        raise WaveOver


def answer(wave: Wave, organisation_id: OrganisationId, said: WaveAnswer, at: datetime) -> Change[Wave]:
    """Keep a company's answer; "no need" never takes needs back. Errors: `WaveOver` 409."""
    known = wave.answers.get(organisation_id)
    if known is said or known is WaveAnswer.NEEDS:
        return Change(wave)
    require_open(wave, wave.network_id, at)
    state = step(TABLE, wave.state, WaveCommand.ANSWER, "survey")
    after = wave.model_copy(update={"state": state, "answers": {**wave.answers, organisation_id: said}})
    event = WaveAnswered(
        wave_id=wave.id,
        network_id=wave.network_id,
        organisation_id=organisation_id,
        answer=said,
        answered=after.answered,
        asked=len(after.asked),
    )
    return Change(after, (event,))


def extend(wave: Wave, due_at: datetime, at: datetime) -> Change[Wave]:
    """Move the due time to a later one; reminders follow it. Errors: `Invalid` 422, `Rejected` 409."""
    require_open(wave, wave.network_id, at)
    if due_at == wave.due_at:
        return Change(wave)
    if due_at < wave.due_at:
        raise _too_early()
    state = step(TABLE, wave.state, WaveCommand.EXTEND, "survey")
    update = {
        "state": state,
        "due_at": due_at,
        "remind_at": reminders(due_at, wave.remind_days_before, at),
    }
    event = WaveExtended(wave_id=wave.id, network_id=wave.network_id, due_at=due_at)
    return Change(wave.model_copy(update=update), (event,))


def due(wave: Wave, at: datetime) -> Change[Wave]:
    """Remind whoever has not answered, once for all reminders that have come; close when the due time has come."""
    if wave.state is not WaveState.OPEN:
        return Change(wave)
    if at >= wave.due_at:
        state = step(TABLE, wave.state, WaveCommand.CLOSE, "survey")
        closed = WaveClosed(
            wave_id=wave.id, network_id=wave.network_id, answered=wave.answered, asked=len(wave.asked)
        )
        return Change(wave.model_copy(update={"state": state, "remind_at": ()}), (closed,))
    left = tuple(each for each in wave.remind_at if each > at)
    if left == wave.remind_at:
        return Change(wave)
    after = wave.model_copy(update={"remind_at": left})
    events: tuple[Event, ...] = (
        WaveReminderDue(
            wave_id=wave.id,
            network_id=wave.network_id,
            due_at=wave.due_at,
            organisation_ids=wave.missing,  # nobody is reminded where it is empty, and the step is done
        ),
    )
    return Change(after, events)
