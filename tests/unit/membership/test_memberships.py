"""The membership's transition table, its roles, and applying again."""

from collections.abc import Callable
from datetime import date

import pytest

from services.membership.memberships import domain
from services.membership.memberships.domain import (
    TRANSITIONS,
    DeclineReason,
    Membership,
    MembershipCommand,
    MembershipState,
    NetworkNotOpen,
    TerminationReason,
)
from services.membership.memberships.store import membership_id
from shared.decisions import Change
from shared.errors import WrongState
from shared.events.membership import MembershipRole, OrganisationKind
from shared.ids import MembershipId, NetworkId, OrganisationId

SINCE = date(2026, 11, 1)
SENDER, DRIVER = MembershipRole.SENDER, MembershipRole.DRIVER


def membership(status: MembershipState = MembershipState.APPLIED) -> Membership:
    return Membership(
        id=MembershipId("m"),
        network_id=NetworkId("n"),
        organisation_id=OrganisationId("o"),
        organisation_kind=OrganisationKind.COMPANY,
        status=status,
        created_ms=5,
    )


def admit(one: Membership, *, network_open: bool = True) -> Change[Membership]:
    return domain.admit(one, (SENDER, SENDER), SINCE, network_open=network_open, network="forming")


DECIDERS: dict[MembershipCommand, Callable[[Membership], Change[Membership]]] = {
    MembershipCommand.APPLY: lambda one: domain.apply(one, membership()),
    MembershipCommand.ADMIT: admit,
    MembershipCommand.DECLINE: lambda one: domain.decline(one, DeclineReason.OTHER),
    MembershipCommand.WITHDRAW: lambda one: domain.move(one, MembershipCommand.WITHDRAW),
    MembershipCommand.ASSIGN_ROLES: lambda one: domain.assign_roles(one, (DRIVER,), SINCE),
    MembershipCommand.SUSPEND: lambda one: domain.move(one, MembershipCommand.SUSPEND),
    MembershipCommand.RESUME: lambda one: domain.move(one, MembershipCommand.RESUME),
    MembershipCommand.TERMINATE: lambda one: domain.terminate(one, TerminationReason.LEFT),
}


@pytest.mark.parametrize("state", MembershipState)
@pytest.mark.parametrize("command", MembershipCommand)
def test_every_pair_of_state_and_command(state: MembershipState, command: MembershipCommand) -> None:
    if (state, command) in TRANSITIONS:
        change = DECIDERS[command](membership(state))
        assert change.state.status is TRANSITIONS[state, command]
        assert len(change.events) == 1
    else:
        with pytest.raises(WrongState):
            DECIDERS[command](membership(state))


def test_the_first_application_needs_no_past() -> None:
    assert domain.apply(None, membership()).state == membership()


def test_applying_again_begins_without_roles_and_keeps_the_place_in_lists() -> None:
    ended = domain.terminate(admit(membership()).state, TerminationReason.LEFT).state
    again = domain.apply(ended, membership().model_copy(update={"created_ms": 9})).state
    assert (again.roles, again.since, again.created_ms) == ((), None, 5)


def test_a_network_that_does_not_admit_refuses() -> None:
    with pytest.raises(NetworkNotOpen):
        admit(membership(), network_open=False)


def test_roles_keep_their_date() -> None:
    one = admit(membership()).state
    later = date(2027, 1, 1)
    both = domain.assign_roles(one, (DRIVER, SENDER), later).state
    assert {held.role: held.since for held in both.roles} == {SENDER: SINCE, DRIVER: later}
    assert domain.assign_roles(both, (SENDER, DRIVER), later).events == ()


def test_a_pair_has_one_id_and_order_matters() -> None:
    assert membership_id("a", "b") == membership_id("a", "b") != membership_id("b", "a")
