"""Mails with a link that lets in, and how long a link lives. Pure."""

from services.membership.domain import changed
from services.membership.people.domain import Person, PersonStatus
from shared.decisions import Change
from shared.errors import Rejected
from shared.events.envelope import Value
from shared.events.membership import LetterKind, LetterRequested
from shared.ids import LetterId, PersonId

KIND = "letter"
# [P], short after NIST SP 800-63B 5.1.2 and OWASP: a link is a password that lies in a mailbox.
LIFE_MS = {
    LetterKind.SIGN_IN: 15 * 60 * 1000,
    LetterKind.PASSWORD_RESET: 60 * 60 * 1000,
    LetterKind.INVITATION: 7 * 24 * 3600 * 1000,
}
SHORTEST_PASSWORD = 12


class LinkVoid(Rejected):
    """One answer for a link that is unknown, used, expired, or for something else."""

    status = 401
    en = "This link is not valid any more. Please ask for a new one."
    de = "Dieser Link ist nicht mehr gültig. Bitte fordern Sie einen neuen an."


class AlreadySignedUp(Rejected):
    status = 409
    en = "This person has signed in before and needs no invitation."
    de = "Diese Person hat sich schon angemeldet und braucht keine Einladung."


class Letter(Value):
    """State of a letter. `person_id` is None when nobody has the address: it is never sent."""

    id: LetterId
    kind: LetterKind
    person_id: PersonId | None
    created_ms: int
    expires_ms: int


def request(present: Letter | None, new: Letter) -> Change[Letter]:
    """Ask for a letter; a repeat changes nothing."""
    if present is not None:
        return Change(present)
    return changed(new, LetterRequested(letter_id=new.id, kind=new.kind))


def may_get(person: Person, kind: LetterKind) -> bool:
    """Whether a letter of this kind goes to the person."""
    if kind is LetterKind.INVITATION:
        return person.status is PersonStatus.INVITED
    return person.status is not PersonStatus.DEACTIVATED
