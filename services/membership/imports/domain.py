"""From lines of text to organisations and people, or to what is wrong with them. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from services.membership.imports.cells import Cells, Codes
from services.membership.imports.columns import ImportKind, Mapped
from services.membership.imports.findings import Finding, finding
from services.membership.names import natural_key, reference_key
from shared.events.envelope import Value
from shared.events.membership import MembershipRole, OrganisationKind
from shared.roles import Role

KIND = "import"


class OrganisationLine(Value):
    """One organisation of a list, and its membership if the list says so; without a kind it is a company."""

    line: int
    name: str
    kind: OrganisationKind | None = None
    ags: str
    industry_scheme: str | None = None
    industry_code: str | None = None
    azav_until: date | None = None
    reference: str | None = None
    roles: tuple[MembershipRole, ...] = ()
    member_since: date | None = None

    def keys(self, network_id: str) -> tuple[str, ...]:
        """Return what the organisation is recognised by: its number if it has one, then name and district."""
        by_name = natural_key(self.name, self.ags)
        return (by_name,) if self.reference is None else (reference_key(network_id, self.reference), by_name)


class PersonLine(Value):
    """One person of a list; the organisation is named by number, or by name and district, or not at all."""

    line: int
    name: str
    email: str
    role: Role
    organisation: str | None = None
    ags: str | None = None
    reference: str | None = None
    locale: Literal["de", "en"] = "de"

    def keys(self, network_id: str) -> tuple[str, ...]:
        """Return what the person's organisation is recognised by."""
        if self.reference is not None:
            return (reference_key(network_id, self.reference),)
        if self.organisation is not None and self.ags is not None:
            return (natural_key(self.organisation, self.ags),)
        return ()


type Line = OrganisationLine | PersonLine


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a list belongs: a network, and for employees one organisation of it."""

    network_id: str | None = None
    organisation_id: str | None = None

    @property
    def key(self) -> str:
        """The text that keeps the natural keys of one list apart from those of another place."""
        return self.network_id or self.organisation_id or ""


@dataclass(slots=True)
class Read:
    """What a file holds: lines to take, and what is wrong with the others."""

    lines: list[Line] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    refused: int = 0


def read_lines(
    kind: ImportKind,
    rows: Sequence[tuple[int, Sequence[str]]],
    columns: Mapped,
    codes: Codes,
    scope: Scope,
) -> Read:
    """Read every line by itself: a wrong one takes no other with it. Of equal lines the first counts."""
    read = Read()
    seen: dict[str, int] = {}
    parse: Callable[[Cells, Scope], Line] = _organisation if kind is ImportKind.ORGANISATIONS else _person
    for number, row in rows:
        cells = Cells(number, row, columns.places, codes)
        line = parse(cells, scope)
        if not cells.findings:
            _check_twice(line, cells, scope, seen)
        if cells.findings:
            read.findings += cells.findings
            read.refused += 1
        else:
            read.lines.append(line)
    return read


def _check_twice(line: Line, cells: Cells, scope: Scope, seen: dict[str, int]) -> None:
    if isinstance(line, PersonLine):
        column, key = "email", line.email.casefold()
    else:
        column = "name" if line.reference is None else "reference"
        key = line.keys(scope.key)[0]
    if key in seen:
        cells.wrong(column, "twice-in-file", first=seen[key])
    else:
        seen[key] = cells.line


_KINDS: Mapping[str, OrganisationKind | None] = {
    "unternehmen": OrganisationKind.COMPANY,
    "firma": OrganisationKind.COMPANY,
    "betrieb": OrganisationKind.COMPANY,
    "company": OrganisationKind.COMPANY,
    "bildungsanbieter": OrganisationKind.PROVIDER,
    "anbieter": OrganisationKind.PROVIDER,
    "bildungstrager": OrganisationKind.PROVIDER,
    "trager": OrganisationKind.PROVIDER,
    "provider": OrganisationKind.PROVIDER,
    "verband": OrganisationKind.ASSOCIATION,
    "kammer": OrganisationKind.ASSOCIATION,
    "association": OrganisationKind.ASSOCIATION,
    "offentliche stelle": OrganisationKind.PUBLIC_BODY,
    "behorde": OrganisationKind.PUBLIC_BODY,
    "public body": OrganisationKind.PUBLIC_BODY,
}
_MEMBER_ROLES: Mapping[str, MembershipRole] = {
    "organisator": MembershipRole.ORGANISER,
    "organiser": MembershipRole.ORGANISER,
    "finanzier": MembershipRole.FINANCIER,
    "financier": MembershipRole.FINANCIER,
    "entsender": MembershipRole.SENDER,
    "sender": MembershipRole.SENDER,
    "best practice geber": MembershipRole.BEST_PRACTICE_GIVER,
    "best practice giver": MembershipRole.BEST_PRACTICE_GIVER,
    "treiber": MembershipRole.DRIVER,
    "driver": MembershipRole.DRIVER,
}
_PERSON_ROLES: Mapping[str, Role] = {
    "personal": Role.COMPANY_HR,
    "personalabteilung": Role.COMPANY_HR,
    "hr": Role.COMPANY_HR,
    "company hr": Role.COMPANY_HR,
    "anbieter": Role.PROVIDER,
    "provider": Role.PROVIDER,
    "verband": Role.ASSOCIATION,
    "association": Role.ASSOCIATION,
    "teilnehmer": Role.PARTICIPANT,
    "participant": Role.PARTICIPANT,
}
_LOCALES: Mapping[str, Literal["de", "en"]] = {"de": "de", "deutsch": "de", "en": "en", "englisch": "en"}


def _organisation(cells: Cells, _scope: Scope) -> OrganisationLine:
    kind = cells.choice("kind", _KINDS, None)
    scheme, code = cells.industry()
    azav_until = cells.day("azav_until")
    if azav_until is not None and kind is not OrganisationKind.PROVIDER:
        cells.wrong("azav_until", "providers-only")
    roles = cells.choices("roles", _MEMBER_ROLES)
    since = cells.day("member_since")
    if roles and since is None and not cells.text("member_since"):
        cells.wrong("roles", "belong-together", other="Mitglied seit")
    return OrganisationLine(
        line=cells.line,
        name=cells.name("name"),
        kind=kind,
        ags=cells.district(required=True) or "",
        industry_scheme=scheme,
        industry_code=code,
        azav_until=azav_until,
        reference=cells.optional_name("reference", 60),
        roles=roles or ((MembershipRole.SENDER,) if since is not None else ()),
        member_since=since,
    )


def _person(cells: Cells, scope: Scope) -> PersonLine:
    own = scope.organisation_id is not None
    role = cells.choice("role", _PERSON_ROLES, Role.PARTICIPANT if own else Role.COMPANY_HR)
    # An organisation enters its employees, a network the contacts of its members.
    if own != (role is Role.PARTICIPANT):
        allowed = "Teilnehmer, participant" if own else "company_hr, provider, association"
        cells.wrong("role", "not-one-of", allowed=allowed)
    reference = cells.optional_name("reference", 60)
    organisation = cells.optional_name("organisation", 200)
    ags = cells.district(required=False)
    if not own and reference is None and (organisation is None or not cells.text("district")):
        missing = "organisation" if organisation is None else "district"
        cells.wrong(missing, "missing")
    return PersonLine(
        line=cells.line,
        name=cells.name("name"),
        email=cells.email("email"),
        role=role,
        organisation=organisation,
        ags=ags,
        reference=reference,
        locale=cells.choice("locale", _LOCALES, "de"),
    )


def refused(line: Line, column: str | None, code: str, **params: object) -> Finding:
    """Say what is wrong with a line that was read well."""
    return finding(line.line, column, code, **params)
