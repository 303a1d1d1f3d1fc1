"""Every state machine of courses, every state × command: what the table lists goes on, the rest is refused."""

from enum import StrEnum

import pytest

from services.courses.calls import domain as calls
from services.courses.catalogue import domain as courses
from services.courses.needs import domain as needs
from services.courses.pools import domain as pools
from services.courses.rules import step
from services.courses.sessions import domain as sessions
from services.courses.waves import domain as waves
from shared.errors import WrongState

MACHINES = (
    (needs.TABLE, needs.NeedState, needs.NeedCommand, 9),
    (pools.TABLE, pools.PoolState, pools.PoolCommand, 16),
    (waves.TABLE, waves.WaveState, waves.WaveCommand, 3),
    (calls.TABLE, calls.CallState, calls.CallCommand, 11),
    (courses.TABLE, courses.CourseState, courses.CourseCommand, 2),
    (sessions.TABLE, sessions.SessionState, sessions.SessionCommand, 30),
)


@pytest.mark.parametrize(("table", "states", "commands", "size"), MACHINES)
def test_only_listed_steps_are_possible_when_every_pair_is_tried(
    table: dict[tuple[StrEnum, StrEnum], StrEnum],
    states: type[StrEnum],
    commands: type[StrEnum],
    size: int,
) -> None:
    possible = 0
    for state in states:
        for command in commands:
            if (state, command) in table:
                assert step(table, state, command, "thing") in states
                possible += 1
            else:
                with pytest.raises(WrongState):
                    step(table, state, command, "thing")
    assert possible == size


@pytest.mark.parametrize("state", sessions.SessionState)
def test_nothing_leads_out_when_a_session_has_ended(state: sessions.SessionState) -> None:
    ended = {sessions.SessionState.CANCELLED, sessions.SessionState.SETTLED}
    leads_out = any(start is state for start, _ in sessions.TABLE)
    assert leads_out is (state not in ended)
