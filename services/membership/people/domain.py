"""A person in the vault: the only place that knows names and addresses. No event is ever raised here. Pure."""

import unicodedata
from collections.abc import Sequence
from enum import StrEnum
from typing import Literal

from shared.errors import Rejected
from shared.events.envelope import Value
from shared.events.membership import OrganisationKind
from shared.ids import PersonId
from shared.roles import Grant, Role

KIND = "person"
NETWORK_ROLES = frozenset({Role.NETWORK_MANAGER, Role.FUNDER, Role.EVALUATOR})
# Which role fits which kind of organisation; employees and their council may belong to any.
STAFF_ROLES = frozenset({Role.PARTICIPANT, Role.WORKS_COUNCIL})
ROLES_OF_KIND: dict[OrganisationKind, frozenset[Role]] = {
    OrganisationKind.COMPANY: frozenset({Role.COMPANY_HR}) | STAFF_ROLES,
    OrganisationKind.PUBLIC_BODY: frozenset({Role.COMPANY_HR}) | STAFF_ROLES,
    OrganisationKind.PROVIDER: frozenset({Role.PROVIDER}) | STAFF_ROLES,
    OrganisationKind.ASSOCIATION: frozenset({Role.ASSOCIATION}) | STAFF_ROLES,
}
CONTACT_ROLES = (Role.COMPANY_HR, Role.PROVIDER, Role.ASSOCIATION)


class PersonStatus(StrEnum):
    INVITED = "invited"
    ACTIVE = "active"
    DEACTIVATED = "deactivated"


class EmailInUse(Rejected):
    status = 409
    en = "This e-mail address cannot be used."
    de = "Diese E-Mail-Adresse kann nicht verwendet werden."


class WrongPassword(Rejected):
    status = 403
    en = "The present password is wrong."
    de = "Das bisherige Passwort ist falsch."


class GrantIncomplete(Rejected):
    status = 422
    en = "This role needs exactly one of: {needs}."
    de = "Diese Rolle braucht genau: {needs}."


class GrantUnfitting(Rejected):
    status = 422
    en = "An organisation of kind {kind} has nobody in the role {role}."
    de = "Bei einer Organisation der Art {kind} gibt es die Rolle {role} nicht."


class Person(Value):
    """State of a person. `password_hash` is argon2id, None while invited; `changed_ms` is of the status."""

    id: PersonId
    name: str
    email: str
    locale: Literal["de", "en"]
    grants: tuple[Grant, ...] = ()
    status: PersonStatus
    password_hash: str | None = None
    created_ms: int
    changed_ms: int = 0

    @property
    def may_sign_in(self) -> bool:
        """Whether a right password lets this person in."""
        return self.status is PersonStatus.ACTIVE and self.password_hash is not None


def email_key(email: str) -> str:
    """Return the form under which an address is unique: case does not count."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", email).casefold())


def grant_key(role: Role, target: str | None) -> str:
    """Return the text under which people of one role in one network or organisation are found."""
    return f"{role.value}:{target or ''}"


def check_grants(grants: Sequence[Grant]) -> None:
    """Errors: `GrantIncomplete` 422 when a role names too little or too much."""
    for number, grant in enumerate(grants):
        wanted = _needs(grant.role)
        named = {
            name
            for name, value in (
                ("network_id", grant.network_id),
                ("organisation_id", grant.organisation_id),
            )
            if value is not None
        }
        if named != ({wanted} if wanted else set()):
            raise GrantIncomplete(pointer=f"#/grants/{number}", needs=wanted or "-")


def check_role(number: int, role: Role, kind: OrganisationKind) -> None:
    """Errors: `GrantUnfitting` 422."""
    if role not in ROLES_OF_KIND[kind]:
        raise GrantUnfitting(pointer=f"#/grants/{number}/role", kind=kind.value, role=role.value)


def _needs(role: Role) -> str | None:
    if role is Role.PLATFORM_ADMIN:
        return None
    return "network_id" if role in NETWORK_ROLES else "organisation_id"
