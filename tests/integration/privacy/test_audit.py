"""Who changed what, when and why: for the network's manager, whole, and without people once they are erased."""

import pytest

from services.membership.audit.store import trails_of
from tests.integration.privacy.story import NAME, Fanned, Trio, participant

pytestmark = [pytest.mark.connected]


async def collected(trio: Trio) -> None:
    while await trails_of(trio.membership, trio.parts).collect():
        pass


async def test_manager_reads_who_did_what_and_why(trio: Trio, world: dict[str, str]) -> None:
    leaving = {"reason_code": "left"}
    await trio.api.done(f"/memberships/{world['membership']}/terminate", "hr", leaving)
    await collected(trio)
    path = f"/networks/{world['one']}/audit?kind=membership&limit=2"
    page = (await trio.api("GET", path, "manager-one")).json()
    newest, admitted = page["items"]
    assert (newest["operation"], newest["actor_name"], newest["reason"]) == (
        "terminate_membership",
        "hr",
        "left",
    )
    assert newest["changes"] == ["verbund.membership.membership-terminated.v1"]
    assert "status" in newest["fields"]
    assert newest["cause"].startswith("request:")
    assert (admitted["operation"], admitted["actor_name"]) == ("admit_member", "manager-one")
    more = (await trio.api("GET", f"{path}&cursor={page['next_cursor']}", "manager-one")).json()["items"]
    assert [one["operation"] for one in more] == ["post_membership"]
    by_actor = (
        await trio.api("GET", f"/networks/{world['one']}/audit?actor={newest['actor']}", "manager-one")
    ).json()
    assert [one["id"] for one in by_actor["items"]] == [newest["id"]]
    for who, status in (("hr", 403), ("manager-two", 404), ("admin", 403)):
        assert (await trio.api("GET", f"/networks/{world['one']}/audit", who)).status_code == status


async def test_tampering_is_noticed(trio: Trio, world: dict[str, str]) -> None:
    await collected(trio)
    path = f"/networks/{world['one']}/audit/verification"
    found = (await trio.api("GET", path, "manager-one")).json()
    assert (found["whole"], found["broken"]) == (True, [])
    audit = trio.parts.audit
    await audit.update_one(
        {"aggregate": world["membership"], "operation": "admit_member"}, {"$set": {"actor": "somebody"}}
    )
    found = (await trio.api("GET", path, "manager-one")).json()
    assert (found["whole"], found["broken"]) == (False, [world["membership"]])


async def test_deleting_the_newest_entries_is_noticed(trio: Trio, world: dict[str, str]) -> None:
    await collected(trio)
    newest = await trio.parts.audit.find_one({"aggregate": world["one"]}, sort=[("n", -1)])
    assert newest is not None
    await trio.parts.audit.delete_one({"_id": newest["_id"]})
    found = (await trio.api("GET", f"/networks/{world['one']}/audit/verification", "manager-one")).json()
    assert found["broken"] == [world["one"]]


async def test_entries_stay_and_name_nobody_when_a_person_is_erased(
    trio: Trio, world: dict[str, str]
) -> None:
    person = await participant(trio, world)
    await trio.api("POST", "/me/erasure", "ottilie", {"wait_hours": 0})
    await Fanned(trio).advance()
    await collected(trio)
    page = (await trio.api("GET", f"/networks/{world['one']}/audit?limit=200", "manager-one")).json()
    text = str(page)
    assert person["id"] not in text
    assert NAME not in text
    asked = next(one for one in page["items"] if one["operation"] == "request_own_erasure")
    assert (asked["actor_kind"], asked["actor_name"]) == ("person", None)
    assert [one["changes"] for one in page["items"] if one["aggregate_id"] == asked["actor"]] == [
        ["person.created"]
    ]
