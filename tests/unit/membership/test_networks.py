"""The network's transition table and its policies."""

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.membership.networks import domain
from services.membership.networks.domain import (
    TRANSITIONS,
    Network,
    NetworkCommand,
    NetworkState,
    Policies,
    SectorFocus,
    TiersNotMonotone,
)
from services.membership.reference import default_policies
from shared.decisions import Change
from shared.errors import AlreadyExists, WrongState
from shared.events.membership import CancellationTier, NetworkFounded, NetworkPoliciesChanged
from shared.ids import NetworkId

OTHER = Policies(cancellation=(CancellationTier(days_before=0, fee_percent=10),))
DECIDERS: dict[NetworkCommand, Callable[[Network], Change[Network]]] = {
    NetworkCommand.ACTIVATE: domain.activate,
    NetworkCommand.MARK_SELF_SUSTAINING: domain.mark_self_sustaining,
    NetworkCommand.CLOSE: domain.close,
    NetworkCommand.CHANGE_POLICIES: lambda network: domain.change_policies(network, OTHER),
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
    assert domain.change_policies(present, present.policies) == Change(present)
    assert domain.change_policies(present, OTHER).state.policies_version == 2


_tiers = st.lists(
    st.builds(CancellationTier, days_before=st.integers(-1, 400), fee_percent=st.integers(-1, 101)),
    max_size=12,
)


@given(_tiers)
def test_accepted_tiers_give_every_day_one_fee_that_never_falls(tiers: list[CancellationTier]) -> None:
    try:
        domain.check_policies(Policies(cancellation=tuple(tiers)))
    except TiersNotMonotone:
        return
    fees = [next(one.fee_percent for one in tiers if day >= one.days_before) for day in range(400, -1, -1)]
    assert fees == sorted(fees)
    assert all(0 <= fee <= 100 for fee in fees)


@given(st.sets(st.integers(1, 365), max_size=9), st.lists(st.integers(0, 100), min_size=10, max_size=10))
def test_sorted_tiers_are_accepted(days: set[int], fees: list[int]) -> None:
    pairs = zip([*sorted(days, reverse=True), 0], sorted(fees)[: len(days) + 1], strict=True)
    tiers = tuple(CancellationTier(days_before=day, fee_percent=fee) for day, fee in pairs)
    domain.check_policies(Policies(cancellation=tiers))
