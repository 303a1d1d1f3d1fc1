"""The permission table: which role may call which route, and how far that reaches.

One YAML file a service under `shared/data/permissions`, one line a route, named by its OpenAPI operation id.
What the table does not name is refused: every route asks it before anything is read (`shared.web`), so a new
route without a line answers nobody. How far a role reaches is decided by the route, which knows the thing that is
asked for; `Line.covers` says what it has to decide, and a test walks every route, role and place.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from shared.auth import Grant, Principal, Role
from shared.errors import Forbidden

_FOLDER = Path(__file__).parent / "data" / "permissions"
ANY_SERVICE = "any"


class Scope(StrEnum):
    """How far a role reaches.

    `own_network`: the network that the role is held for, or one whose member the role's organisation is.
    `own_person`: one's own account, and what one has registered oneself.
    """

    ANYWHERE = "anywhere"
    OWN_NETWORK = "own_network"
    OWN_ORGANISATION = "own_organisation"
    OWN_PERSON = "own_person"


class NoPermissionLine(Forbidden):
    """The route is not in the table; it answers nobody until it is."""

    en = "The permission table has no line for {operation} (shared/data/permissions)."
    de = "Die Berechtigungstabelle hat keine Zeile für {operation} (shared/data/permissions)."


@dataclass(frozen=True, slots=True)
class Place:
    """Whose the thing is that is asked for; `members` are the organisations that are members of its network."""

    network_id: str | None = None
    organisation_id: str | None = None
    person_id: str | None = None
    members: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Line:
    """One route: open to `anyone`, to every signed-in person, to services with a scope, to roles."""

    anyone: bool = False
    every_person: Scope | None = None
    service: str | None = None
    roles: Mapping[Role, Scope] = field(default_factory=dict)

    def admits(self, principal: Principal) -> bool:
        """Whether the caller may call the route at all."""
        if self.anyone:
            return True
        if principal.kind == "service":
            return self.service == ANY_SERVICE or self.service in principal.scopes
        return self.every_person is not None or any(grant.role in self.roles for grant in principal.grants)

    def covers(self, principal: Principal, place: Place) -> bool:
        """Whether the caller may reach the thing of this place by the route."""
        if self.anyone or principal.kind == "service":
            return self.admits(principal)
        held = ((self.roles[grant.role], grant) for grant in principal.grants if grant.role in self.roles)
        return any(_reaches(scope, grant, place, principal) for scope, grant in self._every(held))

    def _every(self, held: Iterator[tuple[Scope, Grant]]) -> Iterator[tuple[Scope, Grant | None]]:
        if self.every_person is not None:
            yield self.every_person, None
        yield from held


class Table:
    """The lines of one service."""

    def __init__(self, lines: Mapping[str, Line]) -> None:
        self.lines = dict(lines)

    def require(self, principal: Principal, operation: str) -> None:
        """Let pass whom the table admits to the route. Errors: `Forbidden`, `NoPermissionLine` 403."""
        line = self.lines.get(operation)
        if line is None:
            raise NoPermissionLine(operation=operation)
        if not line.admits(principal):
            raise Forbidden


def line_of(cells: Mapping[str, Any]) -> Line:
    """Read one line of a file. Errors: `ValueError` for an unknown role or scope."""
    rest = dict(cells)
    every = rest.pop("every_person", None)
    return Line(
        anyone=bool(rest.pop("anyone", False)),
        every_person=None if every is None else Scope(every),
        service=rest.pop("service", None),
        roles={Role(role): Scope(scope) for role, scope in rest.items()},
    )


@cache
def table_of(service: str) -> Table:
    """Return the table of a service; without a file it is empty, and then nobody may do anything."""
    file = _FOLDER / f"{service}.yaml"
    if not file.is_file():
        return Table({})
    read: dict[str, dict[str, Any]] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return Table({operation: line_of(cells) for operation, cells in read.items()})


def _reaches(scope: Scope, grant: Grant | None, place: Place, principal: Principal) -> bool:
    if scope is Scope.ANYWHERE:
        return True
    if scope is Scope.OWN_PERSON:
        return place.person_id == principal.id
    if grant is None:
        return False
    if scope is Scope.OWN_ORGANISATION:
        return grant.organisation_id is not None and grant.organisation_id == place.organisation_id
    own = grant.network_id is not None and grant.network_id == place.network_id
    return own or grant.organisation_id in place.members
