"""The erasure of a person: from the request to the proof that every service has forgotten her. Pure.

`person_id` is known until everybody has confirmed; what is kept afterwards names nobody: see docs/adr/0014.
"""

from enum import StrEnum

from services.membership.domain import next_state
from shared.decisions import Change
from shared.errors import Rejected
from shared.events.envelope import Event, Value
from shared.events.erasures import (
    ErasureCompleted,
    ErasureConfirmed,
    ErasureRequested,
    ErasureStarted,
    ErasureWithdrawn,
    PersonErased,
)
from shared.ids import ErasureId, OrganisationId, PersonId

KIND = "erasure"
OWN = "membership"
# Who has to confirm; a service that begins to hold personal data is added here and in the catalogue.
ELSEWHERE = ("courses", "notifications")
DAY_MS = 24 * 3600 * 1000
OVERDUE_MS = 30 * DAY_MS  # Art. 12(3) GDPR: within one month of the request
STUCK_MS = DAY_MS  # [P] everybody confirms within minutes; after a day somebody has to look


class ErasureState(StrEnum):
    REQUESTED = "requested"
    STARTED = "started"
    ERASING = "erasing"
    COMPLETED = "completed"
    WITHDRAWN = "withdrawn"


class ErasureCommand(StrEnum):
    REQUEST = "request"
    WITHDRAW = "withdraw"
    START = "start"
    FAN_OUT = "fan_out"
    CONFIRM = "confirm"
    COMPLETE = "complete"


class ErasureReason(StrEnum):
    """Art. 17(1) GDPR, as far as it occurs here."""

    ASKED_BY_PERSON = "asked_by_person"
    PURPOSE_ENDED = "purpose_ended"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    UNLAWFUL = "unlawful"
    RETENTION_OVER = "retention_over"


_S, _C = ErasureState, ErasureCommand
TRANSITIONS: dict[tuple[ErasureState, ErasureCommand], ErasureState] = {
    (_S.WITHDRAWN, _C.REQUEST): _S.REQUESTED,
    (_S.REQUESTED, _C.WITHDRAW): _S.WITHDRAWN,
    (_S.REQUESTED, _C.START): _S.STARTED,
    (_S.STARTED, _C.FAN_OUT): _S.ERASING,
    (_S.ERASING, _C.CONFIRM): _S.ERASING,
    (_S.ERASING, _C.COMPLETE): _S.COMPLETED,
}
OPEN = frozenset({_S.REQUESTED, _S.STARTED, _S.ERASING})


class LastAdministrator(Rejected):
    status = 409
    en = "This is the last platform administrator; name another one first."
    de = "Das ist die letzte Plattformadministration; bestimmen Sie zuerst eine andere."


class Confirmation(Value):
    """One service has forgotten the person."""

    service: str
    at_ms: int


class Erasure(Value):
    """State of an erasure. `asked_by` is a role, `organisation_ids` are the person's when it was asked for."""

    id: ErasureId
    person_id: PersonId | None
    asked_by: str
    reason: ErasureReason
    organisation_ids: tuple[OrganisationId, ...]
    status: ErasureState
    requested_ms: int
    due_ms: int
    started_ms: int | None = None
    fanned_out_ms: int | None = None
    completed_ms: int | None = None
    confirmations: tuple[Confirmation, ...] = ()

    @property
    def waiting_for(self) -> tuple[str, ...]:
        """The services that have not confirmed yet."""
        if self.status not in OPEN:
            return ()
        done = {one.service for one in self.confirmations}
        return tuple(one for one in (OWN, *ELSEWHERE) if one not in done)

    def is_stuck(self, at_ms: int) -> bool:
        """Whether it began more than a day ago and somebody has still not confirmed."""
        return (
            self.status in {ErasureState.STARTED, ErasureState.ERASING}
            and at_ms - (self.started_ms or at_ms) > STUCK_MS
        )

    def is_overdue(self, at_ms: int) -> bool:
        """Whether the month of Art. 12(3) GDPR is over."""
        return self.status in OPEN and at_ms - self.requested_ms > OVERDUE_MS


def request(present: Erasure | None, new: Erasure) -> Change[Erasure]:
    """Ask for an erasure; asking again while one is open changes nothing but may bring it forward."""
    if present is None or present.status is ErasureState.WITHDRAWN:
        return _changed(new, ErasureRequested(erasure_id=new.id))
    if present.status is ErasureState.REQUESTED and new.due_ms < present.due_ms:
        return _changed(
            present.model_copy(update={"due_ms": new.due_ms}), ErasureRequested(erasure_id=new.id)
        )
    return Change(present)


def withdraw(erasure: Erasure) -> Change[Erasure]:
    """Take the request back before it starts. Errors: `WrongState` 409."""
    after = _moved(erasure, ErasureCommand.WITHDRAW)
    return _changed(after, ErasureWithdrawn(erasure_id=erasure.id))


def start(erasure: Erasure, at_ms: int) -> Change[Erasure]:
    """Begin: from here on nobody gets the person back. Errors: `WrongState` 409."""
    if erasure.status is ErasureState.STARTED:
        return Change(erasure)
    after = _moved(erasure, ErasureCommand.START).model_copy(update={"started_ms": at_ms})
    return _changed(after, ErasureStarted(erasure_id=erasure.id))


def fan_out(erasure: Erasure, at_ms: int) -> Change[Erasure]:
    """Note that membership has forgotten the person, and tell everybody to. Errors: `WrongState` 409."""
    if erasure.status is ErasureState.ERASING:
        return Change(erasure)
    after = _moved(erasure, ErasureCommand.FAN_OUT).model_copy(
        update={"fanned_out_ms": at_ms, "confirmations": (Confirmation(service=OWN, at_ms=at_ms),)}
    )
    return _changed(after, PersonErased(erasure_id=erasure.id))


def confirm(erasure: Erasure, service: str, at_ms: int) -> Change[Erasure]:
    """Note a service's confirmation; the last one completes. A repeat or a stranger's changes nothing.

    Errors: `WrongState` 409 before the fan-out: nobody can confirm what was not asked.
    """
    if service not in erasure.waiting_for or service == OWN:
        return Change(erasure)
    confirmed = (*erasure.confirmations, Confirmation(service=service, at_ms=at_ms))
    after = _moved(erasure, ErasureCommand.CONFIRM).model_copy(update={"confirmations": confirmed})
    events: tuple[Event, ...] = (ErasureConfirmed(erasure_id=erasure.id, service=service),)
    if not after.waiting_for:
        after = _moved(after, ErasureCommand.COMPLETE).model_copy(
            update={"completed_ms": at_ms, "person_id": None}
        )
        events += (ErasureCompleted(erasure_id=erasure.id),)
    return _changed(after, *events)


def _moved(erasure: Erasure, command: ErasureCommand) -> Erasure:
    return erasure.model_copy(update={"status": next_state(TRANSITIONS, erasure.status, command, KIND)})


def _changed(state: Erasure, *events: Event) -> Change[Erasure]:
    # The remembered answer must not outlive the person's id.
    return Change(state, events, state.id)
