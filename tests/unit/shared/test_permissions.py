"""The pure check of the permission table."""

from itertools import product

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st

from shared.auth import Grant, Principal, Role
from shared.errors import Forbidden
from shared.permissions import Line, NoPermissionLine, Place, Scope, Table, line_of, table_of
from shared.web import Caller, create_app

PLACE = Place(network_id="n", organisation_id="o", person_id="p", members=frozenset({"o", "o2"}))


def person(*grants: Grant, id_: str = "x") -> Principal:
    return Principal(id=id_, grants=grants)


@pytest.mark.parametrize(
    ("scope", "caller", "reached"),
    [
        (Scope.ANYWHERE, person(Grant(role=Role.PROVIDER)), True),
        (Scope.OWN_NETWORK, person(Grant(role=Role.PROVIDER, network_id="n")), True),
        (Scope.OWN_NETWORK, person(Grant(role=Role.PROVIDER, network_id="other")), False),
        (Scope.OWN_NETWORK, person(Grant(role=Role.PROVIDER, organisation_id="o2")), True),
        (Scope.OWN_NETWORK, person(Grant(role=Role.PROVIDER, organisation_id="o3")), False),
        (Scope.OWN_ORGANISATION, person(Grant(role=Role.PROVIDER, organisation_id="o")), True),
        (Scope.OWN_ORGANISATION, person(Grant(role=Role.PROVIDER, organisation_id="o2")), False),
        (Scope.OWN_PERSON, person(Grant(role=Role.PROVIDER), id_="p"), True),
        (Scope.OWN_PERSON, person(Grant(role=Role.PROVIDER)), False),
        (Scope.ANYWHERE, person(Grant(role=Role.FUNDER)), False),
    ],
)
def test_a_role_reaches_as_far_as_its_scope(scope: Scope, caller: Principal, reached: bool) -> None:
    assert Line(roles={Role.PROVIDER: scope}).covers(caller, PLACE) is reached


def test_one_role_does_not_lend_its_place_to_another() -> None:
    line = Line(roles={Role.COMPANY_HR: Scope.OWN_ORGANISATION})
    caller = person(
        Grant(role=Role.PARTICIPANT, organisation_id="o"), Grant(role=Role.COMPANY_HR, organisation_id="o2")
    )
    assert line.admits(caller)
    assert not line.covers(caller, PLACE)


def test_nothing_is_own_when_the_place_is_unknown() -> None:
    for role, scope in product(Role, (Scope.OWN_NETWORK, Scope.OWN_ORGANISATION, Scope.OWN_PERSON)):
        assert not Line(roles={role: scope}).covers(person(Grant(role=role)), Place())


@given(st.sampled_from(Role), st.sampled_from(Scope))
def test_whoever_is_not_admitted_reaches_nothing(role: Role, scope: Scope) -> None:
    line = Line(roles={role: scope}, service="a:read")
    for other in Role:
        caller = person(Grant(role=other, network_id="n"), Grant(role=other, organisation_id="o"), id_="p")
        assert line.admits(caller) is (other is role)
        assert line.covers(caller, PLACE) <= line.admits(caller)
    assert not line.admits(Principal(id="s", kind="service"))
    assert line.admits(Principal(id="s", kind="service", scopes=frozenset({"a:read"})))


def test_a_role_in_a_token_of_a_service_counts_for_nothing() -> None:
    forged = Principal(id="s", kind="service", grants=(Grant(role=Role.PLATFORM_ADMIN),))
    assert not Line(roles={Role.PLATFORM_ADMIN: Scope.ANYWHERE}).admits(forged)


def test_unknown_roles_and_scopes_are_refused_on_reading() -> None:
    for cells in ({"god": "anywhere"}, {"funder": "everywhere"}):
        with pytest.raises(ValueError, match="is not a valid"):
            line_of(cells)


def test_a_route_without_a_line_and_a_service_without_a_table_answer_nobody() -> None:
    admin = person(Grant(role=Role.PLATFORM_ADMIN))
    with pytest.raises(NoPermissionLine):
        table_of("nowhere").require(admin, "get_x")
    with pytest.raises(Forbidden):
        Table({"get_x": Line()}).require(admin, "get_x")


class Everybody:
    """A verifier that believes every token."""

    async def principal(self, token: str) -> Principal:
        return person(Grant(role=Role.PLATFORM_ADMIN))


async def test_a_new_route_answers_403_until_the_table_names_it() -> None:
    app: FastAPI = create_app("nowhere", title="t", description="d", version="0")
    app.state.verifier = Everybody()

    @app.get("/secret", operation_id="get_secret")
    async def get_secret(principal: Caller) -> str:
        return "secret"

    headers = {"Authorization": "Bearer x", "Accept-Language": "en"}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x") as http:
        refused = await http.get("/secret", headers=headers)
        app.state.permissions = Table({"get_secret": line_of({"platform_admin": "anywhere"})})
        passed = await http.get("/secret", headers=headers)
    assert (refused.status_code, passed.status_code) == (403, 200)
    assert "get_secret" in refused.json()["detail"]
