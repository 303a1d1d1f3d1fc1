"""The membership's transition table, its roles, and applying again."""

from collections.abc import Callable
from datetime import date

import pytest

from services.membership.joining import domain as joining
from services.membership.joining.domain import InvitationExpired, NotThePresentVersion
from services.membership.memberships import domain
from services.membership.memberships.domain import (
    TRANSITIONS,
    AgreementMissing,
    DeclineReason,
    DocumentKind,
    Invitation,
    Membership,
    MembershipCommand,
    MembershipState,
    NetworkNotOpen,
    Openness,
    TerminationReason,
)
from services.membership.memberships.store import membership_id
from shared.decisions import Change
from shared.errors import WrongState
from shared.events.membership import MembershipRole, OrganisationKind
from shared.ids import MembershipId, NetworkId, OrganisationId

SINCE = date(2026, 11, 1)
SENDER, DRIVER = MembershipRole.SENDER, MembershipRole.DRIVER
AGREEMENT, ANNEX = DocumentKind.AGREEMENT, DocumentKind.DATA_PROTECTION_ANNEX
OPEN = Openness("active", admits=True)
ASKED = Invitation(roles=(SENDER,), until=date(2026, 11, 30))
INVITATION = Invitation(roles=(SENDER, DRIVER), until=date(2026, 12, 31))


def membership(status: MembershipState = MembershipState.APPLIED) -> Membership:
    return Membership(
        id=MembershipId("m"),
        network_id=NetworkId("n"),
        organisation_id=OrganisationId("o"),
        organisation_kind=OrganisationKind.COMPANY,
        status=status,
        invitation=ASKED if status is MembershipState.INVITED else None,
        created_ms=5,
    )


def admit(one: Membership, *, network_open: bool = True) -> Change[Membership]:
    return domain.admit(one, (SENDER, SENDER), SINCE, Openness("forming", network_open))


DECIDERS: dict[MembershipCommand, Callable[[Membership], Change[Membership]]] = {
    MembershipCommand.INVITE: lambda one: joining.invite(one, membership(), INVITATION),
    MembershipCommand.ACCEPT_INVITATION: lambda one: joining.accept_invitation(one, SINCE, OPEN),
    MembershipCommand.ACCEPT_DOCUMENT: lambda one: joining.accept_document(one, AGREEMENT, 1, SINCE, 1),
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


def test_a_role_that_ends_stays_to_be_seen_with_its_days() -> None:
    one = admit(membership()).state
    later = date(2027, 1, 1)
    changed = domain.assign_roles(one, (DRIVER,), later).state
    (past,) = changed.past_roles
    assert (past.role, past.since, past.until) == (SENDER, SINCE, later)
    again = domain.assign_roles(changed, (DRIVER, SENDER), date(2027, 6, 1)).state
    assert [(held.role, held.since) for held in again.roles] == [(DRIVER, later), (SENDER, date(2027, 6, 1))]


def test_an_invitation_holds_to_the_end_of_its_last_day() -> None:
    invited = joining.invite(None, membership(), INVITATION).state
    joined = joining.accept_invitation(invited, INVITATION.until, OPEN).state
    assert (joined.status, joined.since, joined.invitation) == (
        MembershipState.ACTIVE,
        INVITATION.until,
        None,
    )
    assert {held.role for held in joined.roles} == {SENDER, DRIVER}
    with pytest.raises(InvitationExpired):
        joining.accept_invitation(invited, date(2027, 1, 1), OPEN)
    assert joining.invite(invited, membership(), INVITATION) == Change(invited)


def test_nobody_is_admitted_without_the_present_versions() -> None:
    asks = Openness("active", admits=True, required={AGREEMENT: 2, ANNEX: 1})
    one = membership()
    for document, version in ((AGREEMENT, 2), (ANNEX, 1)):
        with pytest.raises(AgreementMissing):
            domain.admit(one, (SENDER,), SINCE, asks)
        one = joining.accept_document(one, document, version, SINCE, version).state
    assert domain.admit(one, (SENDER,), SINCE, asks).state.status is MembershipState.ACTIVE
    assert joining.accept_document(one, ANNEX, 1, SINCE, 1) == Change(one)
    for version, present in ((1, 2), (3, 2), (0, 0)):
        with pytest.raises(NotThePresentVersion):
            joining.accept_document(one, AGREEMENT, version, SINCE, present)


def test_a_member_of_old_is_entered_in_one_step_whatever_was_before() -> None:
    asks = Openness("active", admits=True, required={AGREEMENT: 2})
    for before in (None, *MembershipState):
        present = None if before is None else membership(before)
        change = joining.enrol(present, membership(), (SENDER,), SINCE, asks)
        runs = before in {MembershipState.ACTIVE, MembershipState.SUSPENDED}
        assert bool(change.events) != runs
        assert runs or change.state.status is MembershipState.ACTIVE
    with pytest.raises(NetworkNotOpen):
        joining.enrol(None, membership(), (SENDER,), SINCE, Openness("closed", admits=False))
