"""The price per seat through the API: who sees what, before anyone commits."""

from typing import Any

import pytest

from shared.clock import new_id
from shared.events.membership import SmeClass
from shared.ids import OrganisationId
from tests.integration.planning.world import World

pytestmark = pytest.mark.connected

FIGURES = {"cost_key": "per_seat", "fixed_cents": 900_000, "minimum_seats": 6, "maximum_seats": 12}


async def pool_of(world: World, *seats: int) -> str:
    """Return the id of a pool to which companies pledged these seats."""
    body = {"network_id": world.network, "topic_code": "emob-hv1", "minimum_seats": 6}
    pool: dict[str, Any] = await world.made("manager", "/pools", body)
    for number, count in enumerate(seats):
        pledge = {"organisation_id": world.companies[number], "seats": count}
        await world.made(f"hr{number}", f"/pools/{pool['id']}/pledges", pledge)
    return str(pool["id"])


async def test_companies_see_their_price_when_the_manager_sets_a_cost_plan(world: World) -> None:
    path = f"/pools/{await pool_of(world, 4, 3, 2, 3)}"
    assert (await world.call("hr0", "GET", f"{path}/cost-preview")).status_code == 404
    view = await world.made("manager", f"{path}/cost-plan", FIGURES, method="PUT")
    assert [row["highest_cents"] for row in view["rows"]][::6] == [150_000, 75_000]
    assert len(view["rows"][-1]["shares"]) == 4
    assert {one["cost_key"] for one in view["rows"][-1]["by_key"]} == {
        "per_seat",
        "per_company",
        "fixed_plus_variable",
        "size_weighted",
        "contingent",
    }
    own = await world.read("hr0", f"{path}/cost-preview")
    (share,) = own["rows"][-1]["shares"]
    assert (share["organisation_id"], share["seats"], share["cents"]) == (world.companies[0], 4, 300_000)
    sponsor = {"organisation_id": world.companies[1], "cents": 180_000}
    assert (await world.call("hr0", "POST", f"{path}/sponsors", sponsor)).status_code == 403
    after = await world.made("hr1", f"{path}/sponsors", sponsor)
    assert after["rows"][-1]["highest_cents"] == 60_000
    assert (await world.call("stranger", "GET", f"{path}/cost-preview")).status_code == 404
    refused = await world.call("hr0", "PUT", f"{path}/cost-plan", FIGURES)
    assert refused.status_code == 403


async def test_sizes_come_from_declarations_when_the_key_weighs_them(world: World) -> None:
    large, micro = world.companies[:2]
    await world.organisations.keep_size(large, 2, 2026, SmeClass.LARGE)
    await world.organisations.keep_size(large, 2, 2026, SmeClass.MICRO)  # a repeated delivery changes nothing
    await world.organisations.keep_size(large, 1, 2025, SmeClass.SMALL)
    await world.organisations.keep_size(micro, 1, 2026, SmeClass.MICRO)
    path = f"/pools/{await pool_of(world, 2, 2, 2)}"
    body = {**FIGURES, "cost_key": "size_weighted", "maximum_seats": 6}
    view = await world.made("manager", f"{path}/cost-plan", body, method="PUT")
    shares = {one["organisation_id"]: one for one in view["rows"][0]["shares"]}
    assert [shares[one]["cents"] for one in world.companies[:3]] == [500_000, 100_000, 300_000]
    assert [shares[one]["size_assumed"] for one in world.companies[:3]] == [False, False, True]


async def test_nothing_is_stored_when_figures_are_tried(world: World) -> None:
    company = {"organisation_id": OrganisationId(new_id()), "seats": 4, "member": False}
    body = {**FIGURES, "network_id": world.network, "surcharge_cents": 100, "companies": [company]}
    view = await world.made("manager", "/cost-previews", body)
    assert view["rows"][0]["shares"][0]["surcharge_cents"] == 600
    for wrong in (
        {"companies": [company, company]},
        {"maximum_seats": 5},
        {"maximum_seats": 400},
        {"fixed_cents": -1},
        {"cost_key": "by_luck"},
    ):
        assert (await world.call("manager", "POST", "/cost-previews", {**body, **wrong})).status_code == 422
    assert (await world.call("hr0", "POST", "/cost-previews", body)).status_code == 403
    assert (await world.call("neighbour", "POST", "/cost-previews", body)).status_code == 404
