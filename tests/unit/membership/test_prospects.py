"""A prospect's transition table, its links, and what is forgotten when it joins."""

from collections.abc import Callable
from datetime import date

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.membership.joining.domain import InvitationExpired
from services.membership.prospects import domain
from services.membership.prospects.domain import (
    TRANSITIONS,
    Channel,
    LinkNotValid,
    Particulars,
    Person,
    Prospect,
    ProspectCommand,
    ProspectState,
    Source,
    Talk,
    TooManyTalks,
)
from services.membership.prospects.links import read_token, token_of
from services.membership.signin.keys import Keyring
from shared.errors import WrongState
from shared.events.membership import MembershipRole, OrganisationKind

UNTIL = date(2026, 12, 31)
ROLES = (MembershipRole.SENDER,)
TALK = Talk(id="t", on=date(2026, 11, 24), channel=Channel.PHONE, note="will call back")
CORRECTED = Particulars(
    organisation_name="Neu AG (Demo)",
    kind=OrganisationKind.COMPANY,
    ags="08111",
    contact=Person(),
    source=Source.RESEARCH,
)
DECIDERS: dict[ProspectCommand, Callable[[Prospect], Prospect]] = {
    ProspectCommand.REVISE: lambda one: domain.revise(one, CORRECTED, 9),
    ProspectCommand.NOTE: lambda one: domain.note(one, TALK, 9),
    ProspectCommand.INVITE: lambda one: domain.invite(one, ROLES, UNTIL, "k", 9),
    ProspectCommand.CONVERT: lambda one: domain.convert(one, "o", 9),
    ProspectCommand.DROP: lambda one: domain.drop(one, 9),
}


def prospect(status: ProspectState = ProspectState.OPEN) -> Prospect:
    return Prospect(
        id="p",
        network_id="n",
        organisation_name="Ohm e.K. (Demo)",
        kind=OrganisationKind.COMPANY,
        ags="08135",
        contact=Person(name="Ada", email="ada@people.example"),
        source=Source.INFO_EVENT,
        status=status,
        created_ms=1,
        changed_ms=1,
    )


@pytest.mark.parametrize("state", ProspectState)
@pytest.mark.parametrize("command", ProspectCommand)
def test_every_pair_of_state_and_command(state: ProspectState, command: ProspectCommand) -> None:
    if (state, command) in TRANSITIONS:
        after = DECIDERS[command](prospect(state))
        assert (after.status, after.changed_ms) == (TRANSITIONS[state, command], 9)
    else:
        with pytest.raises(WrongState):
            DECIDERS[command](prospect(state))


def test_whoever_joined_is_forgotten_as_a_contact() -> None:
    invited = domain.invite(domain.note(prospect(), TALK, 2), ROLES, UNTIL, "k", 3)
    told = domain.convert(invited, "o", 4).model_dump_json()
    for text in ("Ada", "ada@", "Ohm", "call back"):
        assert text not in told


def test_only_the_newest_link_works_and_only_to_the_end_of_its_day() -> None:
    one = domain.invite(prospect(), ROLES, UNTIL, "first", 2)
    assert domain.invite(one, ROLES, UNTIL, "first", 3) == one
    two = domain.invite(one, ROLES, UNTIL, "second", 4)
    domain.check_link(two, 2, UNTIL)
    with pytest.raises(LinkNotValid):
        domain.check_link(two, 1, UNTIL)
    with pytest.raises(InvitationExpired):
        domain.check_link(two, 2, date(2027, 1, 1))
    with pytest.raises(LinkNotValid):
        domain.check_link(domain.drop(two, 5), 2, UNTIL)


def test_a_talk_is_noted_once_and_not_without_end() -> None:
    one = domain.note(prospect(), TALK, 2)
    assert domain.note(one, TALK, 3) == one
    full = prospect().model_copy(update={"talks": tuple(TALK for _ in range(200))})
    with pytest.raises(TooManyTalks):
        domain.note(full, TALK.model_copy(update={"id": "u"}), 2)


async def test_a_link_is_the_same_again_and_nobody_can_make_one() -> None:
    keyring, other = Keyring([Ed25519PrivateKey.generate()]), Keyring([Ed25519PrivateKey.generate()])
    token = token_of(keyring, "p", 2)
    assert token == token_of(keyring, "p", 2)
    assert await read_token(keyring, token) == ("p", 2)
    access = keyring.sign({"sub": "p", "num": 2, "aud": "verbundwerk"})
    for wrong in (token_of(other, "p", 2), token[:-3], "x", access, f"{token}x"):
        with pytest.raises(LinkNotValid):
            await read_token(keyring, wrong)
