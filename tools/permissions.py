"""The permission table as a document: every route of every service × every role."""

from collections.abc import Iterator, Mapping
from typing import Any

from shared.permissions import ANY_SERVICE, Line, Scope, table_of
from shared.roles import Role

METHODS = ("get", "post", "put", "patch", "delete")
COLUMNS = {
    Role.PLATFORM_ADMIN: "admin",
    Role.NETWORK_MANAGER: "manager",
    Role.COMPANY_HR: "company HR",
    Role.PROVIDER: "provider",
    Role.ASSOCIATION: "association",
    Role.WORKS_COUNCIL: "works council",
    Role.PARTICIPANT: "participant",
    Role.FUNDER: "funder",
    Role.EVALUATOR: "evaluator",
}
CELLS = {
    None: "·",
    Scope.ANYWHERE: "**any**",
    Scope.OWN_NETWORK: "network",
    Scope.OWN_ORGANISATION: "organisation",
    Scope.OWN_PERSON: "self",
}
HEAD = """\
# Who may do what

Made by `make docs` from `shared/data/permissions`; do not edit. A test walks every cell against the running services,
with the caller's own things, those of a competitor in the same network and those of another network
(`tests/integration/permissions`). What is not named here is refused: 403 where the role never may, 404 where
it may elsewhere and the thing is foreign.

| Cell | The role reaches |
|---|---|
| **any** | everything |
| network | things of the network that it is held for, or in which its organisation is an active member |
| organisation | things of the organisation that it is held for; lists hold those only |
| self | the own account, and what the person registered |
| · | nothing |

`everyone` needs no sign-in; the route checks a secret of its own. Services hold scopes instead of roles.
"""


def page(described: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the document for these services' OpenAPI descriptions."""
    parts = [HEAD]
    for service, document in described.items():
        parts.append(f"## {service}\n")
        parts.append("| Route | " + " | ".join(COLUMNS.values()) + " | services |")
        parts.append("|---|" + "---|" * (len(COLUMNS) + 1))
        lines = table_of(service).lines
        for operation, route, summary in routes(document):
            if operation in lines:
                cells = " | ".join(cells_of(lines[operation]))
                parts.append(f"| {summary}<br>`{route}` | {cells} |")
        parts.append("")
    return "\n".join(parts)


def routes(document: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield operation id, method with path, and summary of every route."""
    for path, methods in document["paths"].items():
        for method in METHODS:
            if method in methods:
                found = methods[method]
                yield found["operationId"], f"{method.upper()} {path}", found.get("summary", "")


def cells_of(line: Line) -> Iterator[str]:
    """Yield the cells of one row, the services' last."""
    for role in COLUMNS:
        yield "everyone" if line.anyone else CELLS[line.roles.get(role, line.every_person)]
    if line.anyone:
        yield "everyone"
    elif line.service == ANY_SERVICE:
        yield "every"
    else:
        yield "·" if line.service is None else f"`{line.service}`"
