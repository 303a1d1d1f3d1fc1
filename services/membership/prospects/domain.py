"""A prospect: an organisation that a network would like to win, and whom it talks to there. Pure.

It holds personal data of somebody who has not asked for it, so it raises no event, goes by itself when nobody
works on it, and forgets the contact as soon as the organisation has joined.
"""

from datetime import date
from enum import StrEnum

from services.membership.domain import next_state
from services.membership.joining.domain import InvitationExpired
from shared.errors import Rejected
from shared.events.envelope import Value
from shared.events.membership import MembershipRole, OrganisationKind
from shared.ids import NetworkId, OrganisationId

KIND = "prospect"
MAX_TALKS = 200


class ProspectState(StrEnum):
    OPEN = "open"
    INVITED = "invited"
    CONVERTED = "converted"
    DROPPED = "dropped"


class ProspectCommand(StrEnum):
    REVISE = "revise"
    NOTE = "note"
    INVITE = "invite"
    CONVERT = "convert"
    DROP = "drop"


_S, _C = ProspectState, ProspectCommand
TRANSITIONS: dict[tuple[ProspectState, ProspectCommand], ProspectState] = {
    (_S.OPEN, _C.REVISE): _S.OPEN,
    (_S.OPEN, _C.NOTE): _S.OPEN,
    (_S.OPEN, _C.INVITE): _S.INVITED,
    (_S.OPEN, _C.DROP): _S.DROPPED,
    (_S.INVITED, _C.REVISE): _S.INVITED,
    (_S.INVITED, _C.NOTE): _S.INVITED,
    (_S.INVITED, _C.INVITE): _S.INVITED,
    (_S.INVITED, _C.CONVERT): _S.CONVERTED,
    (_S.INVITED, _C.DROP): _S.DROPPED,
    (_S.DROPPED, _C.REVISE): _S.OPEN,
}


class Source(StrEnum):
    """Where the network knows the organisation from."""

    INFO_EVENT = "info_event"
    RECOMMENDATION = "recommendation"
    INQUIRY = "inquiry"
    RESEARCH = "research"
    OTHER = "other"


class Channel(StrEnum):
    PHONE = "phone"
    EMAIL = "email"
    MEETING = "meeting"
    EVENT = "event"
    OTHER = "other"


class LinkNotValid(Rejected):
    status = 404
    en = "This link is not valid, or no longer; please ask the network for a new one."
    de = "Dieser Link ist nicht oder nicht mehr gültig; bitte fragen Sie den Verbund nach einem neuen."


class TooManyTalks(Rejected):
    status = 409
    en = "At most {limit} talks can be noted."
    de = "Höchstens {limit} Gespräche können vermerkt werden."


class Talk(Value):
    """One talk with the prospect; `id` recognises a repeat."""

    id: str
    on: date
    channel: Channel
    note: str


class Person(Value):
    """Whom the network talks to; every field may be unknown."""

    name: str | None = None
    email: str | None = None
    phone: str | None = None


class Prospect(Value):
    """State of a prospect. `invitation` counts the links; only the newest one is valid, until the end of `until`."""

    id: str
    network_id: NetworkId
    organisation_name: str
    kind: OrganisationKind
    ags: str
    contact: Person
    source: Source
    status: ProspectState = ProspectState.OPEN
    talks: tuple[Talk, ...] = ()
    invitation: int = 0
    invitation_key: str = ""
    until: date | None = None
    roles: tuple[MembershipRole, ...] = ()
    organisation_id: OrganisationId | None = None
    created_ms: int
    changed_ms: int


class Particulars(Value):
    """What can be corrected about a prospect."""

    organisation_name: str
    kind: OrganisationKind
    ags: str
    contact: Person
    source: Source


def revise(prospect: Prospect, particulars: Particulars, at_ms: int) -> Prospect:
    """Correct a prospect, or take a dropped one up again. Errors: `WrongState` 409."""
    moved = _moved(prospect, ProspectCommand.REVISE, at_ms)
    return moved.model_copy(update=dict(particulars))


def note(prospect: Prospect, talk: Talk, at_ms: int) -> Prospect:
    """Note a talk; the same one again changes nothing. Errors: `TooManyTalks`, `WrongState` 409."""
    moved = _moved(prospect, ProspectCommand.NOTE, at_ms)
    if any(one.id == talk.id for one in prospect.talks):
        return prospect
    if len(prospect.talks) >= MAX_TALKS:
        raise TooManyTalks(limit=MAX_TALKS)
    return moved.model_copy(update={"talks": (*prospect.talks, talk)})


def invite(
    prospect: Prospect, roles: tuple[MembershipRole, ...], until: date, key: str, at_ms: int
) -> Prospect:
    """Make a link by which the prospect can join; an older one ends, the same `key` gives the same one.

    Errors: `WrongState` 409.
    """
    moved = _moved(prospect, ProspectCommand.INVITE, at_ms)
    if prospect.status is ProspectState.INVITED and prospect.invitation_key == key:
        return prospect
    return moved.model_copy(
        update={
            "invitation": prospect.invitation + 1,
            "invitation_key": key,
            "until": until,
            "roles": tuple(sorted(set(roles))),
        }
    )


def check_link(prospect: Prospect, invitation: int, today: date) -> None:
    """Errors: `LinkNotValid` 404 for a link that another one has replaced, `InvitationExpired` 409."""
    if prospect.status is not ProspectState.INVITED or invitation != prospect.invitation:
        raise LinkNotValid
    if prospect.until is None or today > prospect.until:
        raise InvitationExpired(until=prospect.until.isoformat() if prospect.until else "")


def convert(prospect: Prospect, organisation_id: OrganisationId, at_ms: int) -> Prospect:
    """Note that the organisation has joined, and forget whom one talked to. Errors: `WrongState` 409."""
    return _moved(prospect, ProspectCommand.CONVERT, at_ms).model_copy(
        update={
            "organisation_id": organisation_id,
            "organisation_name": "",
            "contact": Person(),
            "talks": (),
        }
    )


def drop(prospect: Prospect, at_ms: int) -> Prospect:
    """Give a prospect up. Errors: `WrongState` 409."""
    return _moved(prospect, ProspectCommand.DROP, at_ms)


def _moved(prospect: Prospect, command: ProspectCommand, at_ms: int) -> Prospect:
    status = next_state(TRANSITIONS, prospect.status, command, KIND)
    return prospect.model_copy(update={"status": status, "changed_ms": at_ms})
