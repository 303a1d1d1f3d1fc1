"""Pooling proposals, split, merge and dissolve on the real store, and a pool that two networks share."""

from typing import Any

import pytest

from tests.integration.planning.world import World

pytestmark = [pytest.mark.connected, pytest.mark.timeout(90)]


async def opened(world: World, *need_ids: str, topic: str = "emob-hv1", minimum: int = 4) -> str:
    """Return the id of a pool of these needs."""
    body = {"network_id": world.network, "topic_code": topic, "minimum_seats": minimum, "need_ids": need_ids}
    return str((await world.made("manager", "/pools", body))["id"])


async def pledged(world: World, pool_id: str, number: int, seats: int) -> Any:
    """Pledge seats as a company and return the answer."""
    body = {"organisation_id": world.companies[number], "seats": seats}
    return await world.made(f"hr{number}", f"/pools/{pool_id}/pledges", body)


async def shown(world: World, pool_id: str) -> Any:
    return await world.read("manager", f"/pools/{pool_id}")


async def states(world: World) -> dict[str, tuple[str, str | None]]:
    """Return state and pool of every need by its id."""
    found = (await world.read("manager", f"/needs?network_id={world.network}"))["items"]
    return {each["id"]: (each["state"], each["pool_id"]) for each in found}


async def test_proposal_becomes_a_pool_when_the_manager_accepts_it(world: World) -> None:
    first = await world.need(0)
    second = await world.need(1, topic_code="emob-hv2s")
    await world.need(2, topic_code="lead-change")
    path = f"/pool-proposals?network_id={world.network}"
    (proposal,) = await world.read("manager", path)
    assert set(proposal["need_ids"]) == {first["id"], second["id"]}
    assert [reason["code"] for reason in proposal["reasons"]][:2] == ["sibling_topics", "common_time"]
    pool_id = await opened(world, *proposal["need_ids"], topic=proposal["topic_code"])
    assert set((await shown(world, pool_id))["need_ids"]) == {first["id"], second["id"]}
    assert await world.read("manager", path) == []
    for who, status in (("hr0", 403), ("neighbour", 404)):
        assert (await world.call(who, "GET", path)).status_code == status


async def test_needs_and_pledges_move_when_a_pool_is_split_and_merged_again(world: World) -> None:
    needs = [await world.need(number) for number in range(3)]
    pool_id = await opened(world, *(each["id"] for each in needs))
    for number in range(3):
        await pledged(world, pool_id, number, number + 1)
    body = {"need_ids": [needs[1]["id"], needs[2]["id"]], "minimum_seats": 4}
    new = await world.made("manager", f"/pools/{pool_id}/split", body, key="s")
    assert await world.made("manager", f"/pools/{pool_id}/split", body, key="s") == new
    assert (new["pledged_seats"], new["state"], len(new["need_ids"])) == (5, "viable", 2)
    left = await shown(world, pool_id)
    assert (left["pledged_seats"], left["need_ids"]) == (1, [needs[0]["id"]])
    merged = await world.made("manager", f"/pools/{pool_id}/merge", {"source_pool_id": new["id"]}, key="m")
    assert (merged["pledged_seats"], len(merged["need_ids"])) == (6, 3)
    again = await world.made("manager", f"/pools/{pool_id}/merge", {"source_pool_id": new["id"]}, key="m")
    assert again == merged
    assert (await shown(world, new["id"]))["state"] == "dissolved"
    assert set((await states(world)).values()) == {("pooled", pool_id)}
    itself = await world.call("manager", "POST", f"/pools/{pool_id}/merge", {"source_pool_id": pool_id})
    assert itself.status_code == 422


async def test_needs_are_free_again_when_a_pool_is_dissolved_or_they_are_taken_out(world: World) -> None:
    needs = [await world.need(number) for number in range(2)]
    pool_id = await opened(world, *(each["id"] for each in needs))
    path = f"/pools/{pool_id}"
    await world.made("manager", f"{path}/needs/{needs[0]['id']}/remove")
    assert (await states(world))[needs[0]["id"]] == ("posted", None)
    again = await world.made("manager", f"{path}/needs/{needs[0]['id']}/remove")
    assert again["need_ids"] == [needs[1]["id"]]
    assert (await world.made("manager", f"{path}/dissolve"))["state"] == "dissolved"
    assert set((await states(world)).values()) == {("posted", None)}
    late = await world.call("manager", "POST", f"{path}/needs", {"need_id": needs[0]["id"]})
    assert late.status_code == 409
    assert set((await states(world)).values()) == {("posted", None)}


async def test_pool_spans_two_networks_only_when_both_managers_agree(world: World) -> None:
    near, far = await world.need(0), await world.need(4)
    pool_id = await opened(world, near["id"])
    path = f"/pools/{pool_id}"
    add = {"need_id": far["id"]}
    assert (await world.call("neighbour", "POST", f"{path}/needs", add)).status_code == 404
    invite = {"partner_network_id": world.other}
    await world.made("manager", f"{path}/networks", invite)
    assert (await world.call("neighbour", "GET", path)).status_code == 404  # asked, not agreed
    (asked,) = (await world.read("neighbour", f"/pool-invitations?network_id={world.other}"))["items"]
    assert asked["pool_id"] == pool_id
    answer, own = f"/pool-invitations/{pool_id}", {"network_id": world.other}
    assert (await world.call("manager", "POST", f"{answer}/agree", own)).status_code == 404
    agreed = await world.made("neighbour", f"{answer}/agree", own)
    assert agreed["partners"] == {world.other: True}
    shared = await world.made("neighbour", f"{path}/needs", add)
    assert set(shared["need_ids"]) == {near["id"], far["id"]}
    await pledged(world, pool_id, 0, 3)
    member = await pledged(world, pool_id, 4, 3)
    assert (member["state"], member["pledged_seats"], len(member["pledges"])) == ("viable", None, 1)
    listed = await world.read("neighbour", f"/pools?network_id={world.other}")
    assert [each["id"] for each in listed["items"]] == [pool_id]
    held = await world.call("neighbour", "POST", f"{answer}/leave", own)
    assert held.json()["type"].endswith("pool-not-empty")
    await world.made("manager", f"{path}/needs/{far['id']}/remove")
    assert (await world.call("neighbour", "POST", f"{answer}/leave", own)).status_code == 204
    assert (await world.call("neighbour", "GET", path)).status_code == 404
