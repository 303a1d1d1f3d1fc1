"""What the decisions of all aggregates here have in common. Pure."""

from collections.abc import Mapping
from enum import StrEnum

from shared.decisions import Change
from shared.errors import WrongState
from shared.events.envelope import Event, Value


def changed[S: Value](state: S, *events: Event) -> Change[S]:
    """Return the change; its result is the new state, so that a repeat is answered like the first time."""
    return Change(state, events, state.model_dump(mode="json"))


def next_state[S: StrEnum, C: StrEnum](table: Mapping[tuple[S, C], S], state: S, command: C, kind: str) -> S:
    """Look the transition up. Errors: `WrongState` 409."""
    try:
        return table[state, command]
    except KeyError:
        raise WrongState(kind=kind, state=state.value) from None
