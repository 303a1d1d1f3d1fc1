"""The permission table names every route there is and no other, and the printed one is current."""

from pathlib import Path
from typing import Any

import pytest

from shared.permissions import table_of
from tools import permissions
from tools.docs import SERVICES, openapi


@pytest.fixture
async def described() -> dict[str, dict[str, Any]]:
    return {service: await openapi(service) for service in SERVICES}


async def test_every_route_has_a_line_in_the_permission_table(described: dict[str, dict[str, Any]]) -> None:
    for service, document in described.items():
        routes = {operation for operation, _, _ in permissions.routes(document)}
        lines = set(table_of(service).lines)
        file = f"shared/data/permissions/{service}.yaml"
        assert not routes - lines, f"{file} lacks a line for these operation ids"
        assert not lines - routes, f"{file} has lines for routes that do not exist"


async def test_the_printed_table_is_current(described: dict[str, dict[str, Any]]) -> None:
    printed = Path("docs/permissions.md").read_text(encoding="utf-8")
    assert printed == permissions.page(described), "run `make docs`"
