"""Commands on people."""

import hashlib
import json

from services.membership.people import domain
from services.membership.people.domain import Person, PersonStatus, WrongPassword, grant_key
from services.membership.people.store import People
from services.membership.signin.passwords import Passwords
from services.membership.signin.refresh import RefreshTokens
from shared.ids import PersonId, derived_id
from shared.roles import Grant, Role


async def create_person(
    person: Person, password: str | None, *, people: People, passwords: Passwords
) -> Person:
    """Store a new person; with a password active, else invited. Safe to repeat with the same id and values.

    Errors: `GrantIncomplete` 422, `EmailInUse` 409, `IdempotencyKeyReused` 422.
    """
    domain.check_grants(person.grants)
    if password is not None:
        hashed = await passwords.hash(password)
        person = person.model_copy(update={"password_hash": hashed, "status": PersonStatus.ACTIVE})
    return await people.add(person, _fingerprint(person))


async def change_password(
    person_id: str, present: str, wanted: str, *, people: People, passwords: Passwords, refresh: RefreshTokens
) -> Person:
    """Change one's own password; every session ends. Errors: `WrongPassword` 403."""
    person = await people.get(person_id)
    if not await passwords.fits(present, person.password_hash):
        raise WrongPassword(pointer="#/present")
    after = await people.replace(person_id, password_hash=await passwords.hash(wanted))
    await refresh.revoke_all(person_id)
    return after


async def deactivate_person(person_id: str, *, people: People, refresh: RefreshTokens) -> Person:
    """Let a person in no more; an access token in use ends by itself within ten minutes."""
    after = await people.replace(person_id, status=PersonStatus.DEACTIVATED, changed_ms=people.now_ms())
    await refresh.revoke_all(person_id)
    return after


async def bootstrap_admin(email: str, password: str, *, people: People, passwords: Passwords) -> bool:
    """Create the first platform administrator if there is none; True if this call did.

    Several replicas may start at once: the id is fixed, so the store takes one of them.
    """
    if await people.any_with(grant_key(Role.PLATFORM_ADMIN, None)):
        return False
    person = Person(
        id=PersonId(derived_id("bootstrap-admin")),
        name="Administrator",
        email=email,
        locale="de",
        grants=(Grant(role=Role.PLATFORM_ADMIN),),
        status=PersonStatus.ACTIVE,
        created_ms=people.now_ms(),
    )
    await create_person(person, password, people=people, passwords=passwords)
    return True


def _fingerprint(person: Person) -> str:
    # Without the password: a fast hash over it would undo the slow one.
    said = person.model_dump(mode="json", include={"name", "email", "locale", "grants"})
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
