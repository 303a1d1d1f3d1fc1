"""Ask for a letter, hand it to who sends it, and let in who comes with its link."""

import contextlib
from dataclasses import dataclass

from services.membership.letters.domain import LIFE_MS, Letter, LinkVoid, may_get, request
from services.membership.letters.store import Links
from services.membership.people.domain import Person, PersonStatus, email_key
from services.membership.people.store import People
from services.membership.signin.handlers import Door, Tokens, let_in
from services.membership.signin.limits import Limits
from services.membership.signin.passwords import Passwords
from shared.errors import NotFound
from shared.events.membership import LetterKind
from shared.ids import LetterId
from shared.store import Aggregates, Cause

PER_ADDRESS, PER_ADDRESS_S = 5, 3600  # [P] letters for one e-mail address
PER_CLIENT, PER_CLIENT_S = 30, 900  # [P] letters asked for from one client address


@dataclass(frozen=True, slots=True)
class Post:
    """Everything letters need; links in them lead to `public_url`."""

    letters: Aggregates[Letter]
    links: Links
    public_url: str


@dataclass(frozen=True, slots=True)
class Opened:
    """What a letter says; made for the one who sends it, and stored nowhere."""

    letter: Letter
    person: Person
    secret: str


async def ask(
    kind: LetterKind, email: str, letter_id: str, *, address: str, post: Post, people: People, limits: Limits
) -> None:
    """Ask for a letter to an address. The same is written, in the same time, whether somebody has it or not.

    Errors: `TooManyRequests` 429, for unknown addresses too.
    """
    await limits.call("letters-from", address, limit=PER_CLIENT, window_s=PER_CLIENT_S)
    await limits.call("letters-to", email_key(email), limit=PER_ADDRESS, window_s=PER_ADDRESS_S)
    person = await people.by_email(email)
    to = person if person is not None and may_get(person, kind) else None
    await write(kind, to, letter_id, Cause(), post=post)


async def write(kind: LetterKind, to: Person | None, letter_id: str, cause: Cause, *, post: Post) -> Letter:
    """Store that a letter is wanted, with its event. Safe to repeat with the same id."""
    now = post.links.now_ms()
    new = Letter(
        id=LetterId(letter_id),
        kind=kind,
        person_id=None if to is None else to.id,
        created_ms=now,
        expires_ms=now + LIFE_MS[kind],
    )
    return (await post.letters.put(letter_id, lambda present: request(present, new), cause)).state


async def open_letter(letter_id: str, *, post: Post, people: People) -> Opened:
    """Make a link for the one who sends the letter. Errors: `NotFound` 404 where nothing is to be sent."""
    letter = await post.letters.get(letter_id)
    if letter.person_id is None:
        raise NotFound(kind="letter")
    person = await people.get(letter.person_id)
    secret = await post.links.make(letter) if may_get(person, letter.kind) else None
    if secret is None:
        raise NotFound(kind="letter")
    return Opened(letter, person, secret)


async def sign_in_by_link(secret: str, code: str | None, *, address: str, post: Post, door: Door) -> Tokens:
    """Let in who comes with the link of a mail; a first sign-in proves the address.

    Errors: `LinkVoid`, `SecondFactorRequired`, `WrongCode` 401, `TooManyRequests` 429. A missing or wrong code
    leaves the link as it is.
    """
    person = await _person(secret, LetterKind.SIGN_IN, address, post, door)
    tokens = await let_in(person, "link", code, address=address, door=door)
    try:
        await post.links.use(secret, LetterKind.SIGN_IN)
    except LinkVoid:
        await door.refresh.revoke(tokens.refresh)
        raise
    if person.status is PersonStatus.INVITED:
        await door.people.replace(person.id, status=PersonStatus.ACTIVE)
    return tokens


async def accept_invitation(
    secret: str, password: str, *, address: str, post: Post, passwords: Passwords, door: Door
) -> Tokens:
    """Set the first password and let in. Errors: `LinkVoid` 401."""
    person = await _person(secret, LetterKind.INVITATION, address, post, door)
    hashed = await passwords.hash(password)
    await post.links.use(secret, LetterKind.INVITATION)
    after = await door.people.replace(person.id, password_hash=hashed, status=PersonStatus.ACTIVE)
    await post.links.void_all(person.id)
    return await let_in(after, "link", None, address=address, door=door)


async def reset_password(
    secret: str, password: str, *, address: str, post: Post, passwords: Passwords, door: Door
) -> None:
    """Set a new password; every session and every other link ends. A second factor stays. Errors: 401."""
    person = await _person(secret, LetterKind.PASSWORD_RESET, address, post, door)
    hashed = await passwords.hash(password)
    await post.links.use(secret, LetterKind.PASSWORD_RESET)
    await door.people.replace(person.id, password_hash=hashed, status=PersonStatus.ACTIVE)
    await post.links.void_all(person.id)
    await door.refresh.revoke_all(person.id)
    await door.limits.forgive(email_key(person.email))


async def _person(secret: str, kind: LetterKind, address: str, post: Post, door: Door) -> Person:
    await door.limits.check_address(address)
    with contextlib.suppress(LinkVoid, NotFound):
        link = await post.links.find(secret, kind)
        person = await door.people.get(link.person_id)
        if may_get(person, kind):
            return person
    await door.limits.failed_from(address)
    raise LinkVoid
