"""An erasure from the request to the proof: every state with every command, and any order of confirmations."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.membership.erasures import domain
from services.membership.erasures.domain import (
    ELSEWHERE,
    OWN,
    STUCK_MS,
    TRANSITIONS,
    Confirmation,
    Erasure,
    ErasureCommand,
    ErasureReason,
    ErasureState,
)
from shared.decisions import Change
from shared.errors import WrongState
from shared.events.envelope import Event
from shared.events.erasures import ErasureCompleted, ErasureConfirmed, PersonErased
from shared.ids import ErasureId, OrganisationId, PersonId


def erasure(status: ErasureState, **more: Any) -> Erasure:
    return Erasure(
        id=ErasureId("e"),
        person_id=PersonId("p"),
        asked_by="self",
        reason=ErasureReason.ASKED_BY_PERSON,
        organisation_ids=(OrganisationId("o"),),
        status=status,
        requested_ms=1,
        due_ms=100,
        **more,
    )


COMMANDS: dict[ErasureCommand, Callable[[Erasure], Change[Erasure]]] = {
    ErasureCommand.WITHDRAW: domain.withdraw,
    ErasureCommand.START: lambda one: domain.start(one, 5),
    ErasureCommand.FAN_OUT: lambda one: domain.fan_out(one, 5),
}
# A repeat of these meets its own result and changes nothing.
REPEATS = {
    (ErasureState.STARTED, ErasureCommand.START),
    (ErasureState.ERASING, ErasureCommand.FAN_OUT),
}


@pytest.mark.parametrize("status", ErasureState)
@pytest.mark.parametrize("command", COMMANDS)
def test_every_state_takes_only_its_commands(status: ErasureState, command: ErasureCommand) -> None:
    before = erasure(status)
    if (status, command) in REPEATS:
        assert COMMANDS[command](before) == Change(before)
    elif (status, command) in TRANSITIONS:
        change = COMMANDS[command](before)
        assert change.state.status is TRANSITIONS[status, command]
        assert len(change.events) == 1
    else:
        with pytest.raises(WrongState):
            COMMANDS[command](before)


@given(st.permutations(ELSEWHERE), st.lists(st.sampled_from([*ELSEWHERE, OWN, "reporting"]), max_size=6))
def test_it_is_complete_when_and_only_when_every_service_confirmed(
    order: list[str], noise: list[str]
) -> None:
    state = domain.fan_out(erasure(ErasureState.STARTED, started_ms=1), 2).state
    events: list[Event] = []
    for service in [*noise, *order, *noise]:
        change = domain.confirm(state, service, 3)
        state = change.state
        events += change.events
    assert state.status is ErasureState.COMPLETED
    assert state.person_id is None
    assert [one.service for one in events if isinstance(one, ErasureConfirmed)] == [
        one.service for one in state.confirmations if one.service != OWN
    ]
    assert sum(isinstance(one, ErasureCompleted) for one in events) == 1


def test_a_missing_confirmation_keeps_it_open_and_names_who_is_missing() -> None:
    state = domain.fan_out(erasure(ErasureState.STARTED, started_ms=1), 2).state
    state = domain.confirm(state, ELSEWHERE[0], 3).state
    assert state.status is ErasureState.ERASING
    assert state.waiting_for == ELSEWHERE[1:]
    assert state.person_id == "p"
    assert not state.is_stuck(STUCK_MS)
    assert state.is_stuck(STUCK_MS + 2)


def test_the_fan_out_names_the_erasure_and_not_the_person() -> None:
    (event,) = domain.fan_out(erasure(ErasureState.STARTED), 2).events
    assert isinstance(event, PersonErased)
    assert event.model_dump(exclude={"type"}) == {"erasure_id": "e"}


def test_asking_again_changes_nothing_but_may_bring_it_forward() -> None:
    open_ = erasure(ErasureState.REQUESTED)
    later = open_.model_copy(update={"due_ms": 200})
    sooner = open_.model_copy(update={"due_ms": 50})
    assert domain.request(open_, later) == Change(open_)
    assert domain.request(open_, sooner).state.due_ms == 50
    erasing = erasure(ErasureState.ERASING, confirmations=(Confirmation(service=OWN, at_ms=1),))
    assert domain.request(erasing, sooner) == Change(erasing)
    assert domain.request(erasure(ErasureState.WITHDRAWN), sooner).state.status is ErasureState.REQUESTED


def test_no_remembered_answer_holds_the_person() -> None:
    changes = [
        domain.request(None, erasure(ErasureState.REQUESTED)),
        domain.start(erasure(ErasureState.REQUESTED), 5),
        domain.fan_out(erasure(ErasureState.STARTED), 5),
    ]
    assert {str(change.result) for change in changes} == {"e"}
