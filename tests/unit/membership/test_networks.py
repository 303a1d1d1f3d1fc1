"""The network's transition table and its policies."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.membership.networks import domain
from services.membership.networks.domain import (
    TRANSITIONS,
    Goal,
    GoalMetric,
    Network,
    NetworkCommand,
    NetworkState,
    SectorFocus,
)
from services.membership.networks.policies import (
    MAX_SCHEDULED,
    Policies,
    PoliciesInThePast,
    PolicyVersion,
    TiersNotMonotone,
    TooManyScheduled,
    check_policies,
)
from services.membership.reference import default_policies
from shared.decisions import Change
from shared.errors import AlreadyExists, WrongState
from shared.events.membership import CancellationTier, NetworkFounded, NetworkPoliciesChanged
from shared.events.networks import NetworkPoliciesScheduled
from shared.ids import NetworkId

TODAY = date(2026, 11, 24)
OTHER = Policies(cancellation=(CancellationTier(days_before=0, fee_percent=10),))
DECIDERS: dict[NetworkCommand, Callable[[Network], Change[Network]]] = {
    NetworkCommand.ACTIVATE: domain.activate,
    NetworkCommand.MARK_SELF_SUSTAINING: domain.mark_self_sustaining,
    NetworkCommand.CLOSE: domain.close,
    NetworkCommand.CHANGE_POLICIES: lambda network: domain.change_policies(network, OTHER, TODAY, TODAY),
    NetworkCommand.REVISE: lambda network: domain.revise(network, "Other", SectorFocus.TEXTILE, ("08111",)),
}


def network(status: NetworkState = NetworkState.FORMING) -> Network:
    return Network(
        id=NetworkId("n"),
        name="Demo-Verbund",
        sector_focus=SectorFocus.TEXTILE,
        ags=("08415",),
        status=status,
        policies=default_policies(date(2026, 11, 24)),
        policies_version=1,
        created_ms=1,
    )


@pytest.mark.parametrize("state", NetworkState)
@pytest.mark.parametrize("command", NetworkCommand)
def test_every_pair_of_state_and_command(state: NetworkState, command: NetworkCommand) -> None:
    if (state, command) in TRANSITIONS:
        change = DECIDERS[command](network(state))
        assert change.state.status is TRANSITIONS[state, command]
        assert len(change.events) == 1
    else:
        with pytest.raises(WrongState):
            DECIDERS[command](network(state))


def test_nothing_leaves_closed() -> None:
    assert not [pair for pair in TRANSITIONS if pair[0] is NetworkState.CLOSED]


def test_founding_tells_the_first_policies() -> None:
    change = domain.found(None, network())
    assert [type(event) for event in change.events] == [NetworkFounded, NetworkPoliciesChanged]
    told = change.events[1]
    assert isinstance(told, NetworkPoliciesChanged)
    assert [(one.days_before, one.fee_percent) for one in told.cancellation] == [(28, 0), (14, 50), (0, 100)]
    assert told.version == 1


def test_founding_again_gives_the_same_network_and_no_event() -> None:
    present = domain.activate(network()).state
    assert domain.found(present, network()) == Change(present)
    with pytest.raises(AlreadyExists):
        domain.found(present, network().model_copy(update={"name": "Another"}))


def test_no_event_carries_the_name() -> None:
    for event in domain.found(None, network()).events:
        assert "Demo" not in event.model_dump_json()


def test_equal_policies_change_nothing() -> None:
    present = network()
    assert domain.change_policies(present, present.policies, TODAY, TODAY) == Change(present)
    assert domain.change_policies(present, OTHER, TODAY, TODAY).state.policies_version == 2


def test_rules_wait_for_their_day_and_then_are_told() -> None:
    day = TODAY + timedelta(days=30)
    waiting = domain.change_policies(network(), OTHER, day, TODAY)
    assert [type(event) for event in waiting.events] == [NetworkPoliciesScheduled]
    assert (waiting.state.policies_version, waiting.state.policies) == (1, network().policies)
    assert domain.begin_policies(waiting.state, day - timedelta(days=1)) == Change(waiting.state)
    begun = domain.begin_policies(waiting.state, day)
    (told,) = begun.events
    assert isinstance(told, NetworkPoliciesChanged)
    assert (told.version, told.valid_from, told.cancellation) == (2, day, OTHER.cancellation)
    assert begun.state.history == (PolicyVersion(version=2, valid_from=day, policies=OTHER),)
    assert domain.begin_policies(begun.state, day) == Change(begun.state)


def test_the_newest_rules_for_a_day_count_and_equal_ones_withdraw_them() -> None:
    day = TODAY + timedelta(days=30)
    third = OTHER.model_copy(update={"pooling_days": 21})
    one = domain.change_policies(network(), OTHER, day, TODAY).state
    two = domain.change_policies(one, third, day, TODAY).state
    assert [each.policies for each in two.scheduled] == [third]
    assert domain.change_policies(two, third, day, TODAY) == Change(two)
    none = domain.change_policies(two, network().policies, day, TODAY)
    assert none.state.scheduled == ()
    assert none.events[0].model_dump()["withdrawn"] is True


def test_several_days_that_passed_at_once_begin_in_their_order() -> None:
    state = network()
    for days, pooling in ((3, 21), (1, 7)):
        rules = OTHER.model_copy(update={"pooling_days": pooling})
        state = domain.change_policies(state, rules, TODAY + timedelta(days=days), TODAY).state
    begun = domain.begin_policies(state, TODAY + timedelta(days=9))
    assert [(one.version, one.policies.pooling_days) for one in begun.state.history] == [(2, 7), (3, 21)]
    assert begun.state.policies.pooling_days == 21


def test_rules_for_yesterday_and_too_many_for_later_are_refused() -> None:
    with pytest.raises(PoliciesInThePast):
        domain.change_policies(network(), OTHER, TODAY - timedelta(days=1), TODAY)
    state = network()
    for days in range(1, MAX_SCHEDULED + 1):
        state = domain.change_policies(state, OTHER, TODAY + timedelta(days=days), TODAY).state
    with pytest.raises(TooManyScheduled):
        domain.change_policies(state, OTHER, TODAY + timedelta(days=99), TODAY)


def test_a_closed_network_begins_no_rules() -> None:
    waiting = domain.change_policies(network(), OTHER, TODAY + timedelta(days=1), TODAY).state
    closed = domain.close(waiting).state
    assert domain.begin_policies(closed, TODAY + timedelta(days=9)) == Change(closed)


def test_goals_are_told_as_figures_and_equal_ones_change_nothing() -> None:
    goals = (Goal(metric=GoalMetric.SMES_REACHED, target=40, due=date(2027, 12, 31)),)
    change = domain.set_goals(network(), goals)
    (told,) = change.events
    assert told.model_dump(mode="json")["goals"] == [
        {"metric": "smes_reached", "target": 40, "due": "2027-12-31"}
    ]
    assert domain.set_goals(change.state, (*goals, *goals)) == Change(change.state)


def test_every_other_text_is_a_new_version_of_its_document() -> None:
    one = domain.set_documents(network(), "Agreement of 2026", None).state
    two = domain.set_documents(one, "Agreement of 2026", "Annex A").state
    three = domain.set_documents(two, "Agreement of 2027", "Annex A")
    assert (three.state.documents.agreement_version, three.state.documents.annex_version) == (2, 1)
    assert domain.set_documents(three.state, "Agreement of 2027", "Annex A") == Change(three.state)
    assert "2027" not in three.events[0].model_dump_json(exclude={"type"})


_tiers = st.lists(
    st.builds(CancellationTier, days_before=st.integers(-1, 400), fee_percent=st.integers(-1, 101)),
    max_size=12,
)


@given(_tiers)
def test_accepted_tiers_give_every_day_one_fee_that_never_falls(tiers: list[CancellationTier]) -> None:
    try:
        check_policies(Policies(cancellation=tuple(tiers)))
    except TiersNotMonotone:
        return
    fees = [next(one.fee_percent for one in tiers if day >= one.days_before) for day in range(400, -1, -1)]
    assert fees == sorted(fees)
    assert all(0 <= fee <= 100 for fee in fees)


@given(st.sets(st.integers(1, 365), max_size=9), st.lists(st.integers(0, 100), min_size=10, max_size=10))
def test_sorted_tiers_are_accepted(days: set[int], fees: list[int]) -> None:
    pairs = zip([*sorted(days, reverse=True), 0], sorted(fees)[: len(days) + 1], strict=True)
    tiers = tuple(CancellationTier(days_before=day, fee_percent=fee) for day, fee in pairs)
    check_policies(Policies(cancellation=tiers))
