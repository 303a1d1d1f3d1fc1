"""Survey waves: who is asked, who is reminded when, what counts as an answer, and the end."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.courses.waves import domain
from services.courses.waves.domain import Wave, WaveOver, WaveState
from services.courses.waves.views import wave_view
from shared.errors import Invalid, NotFound
from shared.events.waves import WaveAnswer, WaveClosed, WaveOpened, WaveReminderDue
from shared.ids import derived_id
from tests.unit.courses.examples import NETWORK, company

START = datetime(2027, 1, 4, 9, tzinfo=UTC)
DUE = START + timedelta(days=21)
COMPANIES = tuple(company(number) for number in range(4))


def wave(**more: object) -> Wave:
    values = {
        "id": derived_id("wave", "1"),
        "network_id": NETWORK,
        "due_at": DUE,
        "asked": COMPANIES,
        "remind_days_before": (3, 14, 40),
        "created_ms": 1,
    }
    return Wave.model_validate({**values, **more})


def running() -> Wave:
    return domain.open_wave(None, wave(), START).state


def test_companies_are_asked_and_reminders_in_the_past_are_left_out() -> None:
    change = domain.open_wave(None, wave(), START)
    assert [type(event) for event in change.events] == [WaveOpened]
    assert change.state.remind_at == (DUE - timedelta(days=14), DUE - timedelta(days=3))
    assert change.state.next_due == DUE - timedelta(days=14)
    for impossible in (wave(asked=()), wave(due_at=START)):
        with pytest.raises(Invalid):
            domain.open_wave(None, impossible, START)


def test_only_who_is_missing_is_reminded_and_once_after_a_long_downtime() -> None:
    change = domain.answer(running(), COMPANIES[0], WaveAnswer.NO_NEED, START)
    late = DUE - timedelta(days=1)
    reminded = domain.due(change.state, late)
    (event,) = reminded.events
    assert isinstance(event, WaveReminderDue)
    assert event.organisation_ids == COMPANIES[1:]
    assert reminded.state.next_due == DUE
    assert not domain.due(reminded.state, late).events


def test_wave_closes_with_its_answer_rate_when_the_due_time_has_come() -> None:
    state = running()
    for each in COMPANIES[:3]:
        state = domain.answer(state, each, WaveAnswer.NEEDS, START).state
    state = domain.answer(state, company("later"), WaveAnswer.NEEDS, START).state
    change = domain.due(state, DUE)
    (event,) = change.events
    assert isinstance(event, WaveClosed)
    assert (event.answered, event.asked) == (3, 4)
    assert change.state.next_due is None
    assert not domain.due(change.state, DUE).events
    shown = wave_view(change.state, frozenset(), manager=True)
    assert (shown.answer_rate_percent, shown.missing) == (75.0, [COMPANIES[3]])
    member = wave_view(change.state, frozenset({COMPANIES[0]}), manager=False)
    assert (member.answer_rate_percent, member.missing, member.asked) == (None, None, None)
    assert [each.answer for each in member.own] == [WaveAnswer.NEEDS]


def test_needs_are_not_taken_back_when_a_company_says_later_that_it_has_none() -> None:
    state = domain.answer(running(), COMPANIES[0], WaveAnswer.NO_NEED, START).state
    state = domain.answer(state, COMPANIES[0], WaveAnswer.NEEDS, START).state
    assert not domain.answer(state, COMPANIES[0], WaveAnswer.NO_NEED, START).events
    assert state.answers == {COMPANIES[0]: WaveAnswer.NEEDS}


def test_nothing_is_taken_when_the_due_time_has_come_though_nobody_closed_the_wave() -> None:
    with pytest.raises(WaveOver):
        domain.answer(running(), COMPANIES[0], WaveAnswer.NEEDS, DUE)
    with pytest.raises(WaveOver):
        domain.extend(running(), DUE + timedelta(days=1), DUE)
    with pytest.raises(NotFound):
        domain.require_open(running(), "other", START)


@given(days=st.integers(1, 60))
def test_reminders_follow_the_due_time_when_it_is_extended(days: int) -> None:
    later = DUE + timedelta(days=days)
    state = domain.extend(running(), later, START).state
    assert state.due_at == later
    assert all(START < each < later for each in state.remind_at)
    assert state.state is WaveState.OPEN
    with pytest.raises(Invalid):
        domain.extend(state, DUE, START)
