"""Routes of invitations, sign-in links and forgotten passwords."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Request, Response
from pydantic import Field, SecretStr

from services.membership.access import belongs_to_managed
from services.membership.letters import handlers
from services.membership.letters.domain import AlreadySignedUp, may_get
from services.membership.parts import BASE, Parts, With, refusals
from services.membership.people.api import Email, Password
from services.membership.people.domain import CONTACT_ROLES, Person
from services.membership.signin.answers import TokenView, token_view
from services.membership.signin.api import address_of
from shared.auth import Principal
from shared.clock import new_id
from shared.errors import NotFound
from shared.events.membership import LetterKind
from shared.ids import LetterId, PersonId, Ref
from shared.roles import Role
from shared.web import Body, Caller, Commanded, View

router = APIRouter(prefix=BASE, tags=["letters"])

LETTERS_PER_MINUTE = 1000  # [P] opened by one service, over all replicas
PATHS = {
    LetterKind.INVITATION: "invitation",
    LetterKind.SIGN_IN: "sign-in-link",
    LetterKind.PASSWORD_RESET: "password-reset",  # pragma: allowlist secret
}

Token = Annotated[SecretStr, Field(min_length=1, max_length=100)]


class Address(Body):
    """Where the mail is to go."""

    email: Email


class Accepted(View):
    """The same for every address, whether somebody has it or not."""

    status: Literal["accepted"] = "accepted"


class LinkSignIn(Body):
    """The token of a sign-in link; `code` of the second factor, if there is one."""

    token: Token
    code: Annotated[SecretStr, Field(max_length=40)] | None = None


class NewPassword(Body):
    """The token of an invitation or of a link for a forgotten password, and the password that is to hold."""

    token: Token
    password: Password


class InvitationLetter(View):
    """A mail is on its way; its link works until then."""

    letter_id: str
    expires_at: datetime


class LetterView(View):
    """To whom the mail goes and the link in it; every answer has a new link."""

    kind: LetterKind
    person_id: str
    name: str
    email: str
    locale: Literal["de", "en"]
    link: str
    expires_at: datetime


@router.post(
    "/people/{person_id}/invitation",
    status_code=202,
    operation_id="invite_person",
    summary="Mail an invitation",
    responses=refusals(403, 404, 409),
)
async def invite_person(person_id: Ref[PersonId], command: Commanded, parts: With) -> InvitationLetter:
    """Administrators; the personnel department for its own people; managers for contacts of their networks.

    The person sets a password with the link in the mail. Again = another mail.
    """
    person = await _invitable(person_id, command.principal, parts)
    if not may_get(person, LetterKind.INVITATION):
        raise AlreadySignedUp
    letter = await handlers.write(
        LetterKind.INVITATION, person, command.id_for("letter"), command.cause, post=parts.post
    )
    return InvitationLetter(letter_id=letter.id, expires_at=_moment(letter.expires_ms))


@router.post(
    "/invitations/accept",
    operation_id="accept_invitation",
    summary="Accept an invitation",
    responses=refusals(429),
)
async def accept_invitation(body: NewPassword, request: Request, parts: With) -> TokenView:
    """Sets the password and signs in. A link works once."""
    tokens = await handlers.accept_invitation(
        body.token.get_secret_value(),
        body.password.get_secret_value(),
        address=address_of(request, parts),
        post=parts.post,
        passwords=parts.passwords,
        door=parts.door,
    )
    return token_view(tokens)


@router.post(
    "/sign-in-links",
    status_code=202,
    operation_id="post_sign_in_link",
    summary="Mail a link to sign in with",
    responses=refusals(429),
)
async def post_sign_in_link(body: Address, request: Request, parts: With) -> Accepted:
    """The answer is the same, and takes as long, whether the address is known or not."""
    return await _ask(LetterKind.SIGN_IN, body, request, parts)


@router.post(
    "/sign-in-links/exchange",
    operation_id="exchange_sign_in_link",
    summary="Sign in with the link of a mail",
    responses=refusals(429),
)
async def exchange_sign_in_link(body: LinkSignIn, request: Request, parts: With) -> TokenView:
    """A link works once, within 15 minutes. Who has a second factor needs its code too."""
    tokens = await handlers.sign_in_by_link(
        body.token.get_secret_value(),
        None if body.code is None else body.code.get_secret_value(),
        address=address_of(request, parts),
        post=parts.post,
        door=parts.door,
    )
    return token_view(tokens)


@router.post(
    "/password-resets",
    status_code=202,
    operation_id="post_password_reset",
    summary="Mail a link to set a new password",
    responses=refusals(429),
)
async def post_password_reset(body: Address, request: Request, parts: With) -> Accepted:
    """The answer is the same, and takes as long, whether the address is known or not."""
    return await _ask(LetterKind.PASSWORD_RESET, body, request, parts)


@router.post(
    "/password-resets/complete",
    status_code=204,
    operation_id="complete_password_reset",
    summary="Set a new password",
    responses=refusals(429),
)
async def complete_password_reset(body: NewPassword, request: Request, parts: With) -> Response:
    """Ends every session. A link works once, within an hour; a second factor stays."""
    await handlers.reset_password(
        body.token.get_secret_value(),
        body.password.get_secret_value(),
        address=address_of(request, parts),
        post=parts.post,
        passwords=parts.passwords,
        door=parts.door,
    )
    return Response(status_code=204)


@router.post(
    "/letters/{letter_id}/open",
    operation_id="open_letter",
    summary="Take a letter to send it",
    responses=refusals(403, 404, 429),
)
async def open_letter(letter_id: Ref[LetterId], principal: Caller, parts: With) -> LetterView:
    """Services with `letters:open`. 404 where nothing is to be sent: nobody has the address, or it is too late."""
    principal.require_scope("letters:open")
    await parts.limits.call("letters", principal.id, limit=LETTERS_PER_MINUTE, window_s=60)
    opened = await handlers.open_letter(letter_id, post=parts.post, people=parts.people)
    letter, person = opened.letter, opened.person
    return LetterView(
        kind=letter.kind,
        person_id=person.id,
        name=person.name,
        email=person.email,
        locale=person.locale,
        # After the #: browsers send it to no server, so that it is in no log.
        link=f"{parts.post.public_url.rstrip('/')}/{PATHS[letter.kind]}#token={opened.secret}",
        expires_at=_moment(letter.expires_ms),
    )


async def _ask(kind: LetterKind, body: Address, request: Request, parts: Parts) -> Accepted:
    await handlers.ask(
        kind,
        body.email,
        new_id(),
        address=address_of(request, parts),
        post=parts.post,
        people=parts.people,
        limits=parts.limits,
    )
    return Accepted()


async def _invitable(person_id: str, principal: Principal, parts: Parts) -> Person:
    """Errors: `NotFound` 404 for somebody whom the caller may not invite."""
    person = await parts.people.get(person_id)
    if principal.is_admin:
        return person
    places = [grant.organisation_id for grant in person.grants]
    if places and all(one is not None and principal.acts_for(one, Role.COMPANY_HR) for one in places):
        return person
    if person.grants and all(grant.role in CONTACT_ROLES for grant in person.grants):
        managed = [await belongs_to_managed(principal, one or "", parts) for one in places]
        if all(managed):
            return person
    raise NotFound(kind="person")


def _moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)
