"""An offer cannot be read before the due time by anyone, on any way; and the record shows who opened what when."""

import base64
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer

from services.courses.calls import bidding
from shared.clock import new_id
from shared.events import courses
from tests.integration.offers.conftest import BIDDERS, COMPANIES, NETWORK, World, offer

pytestmark = pytest.mark.connected

READERS = (
    "manager",
    "deputy",
    "foreign",
    "admin",
    "funder",
    "hr0",
    "provider0",
    "provider1",
    "provider2",
    "provider3",
)
SECRETS = {"fixed_cents": 76_543_21, "concept": "Geheimes Konzept Zitronenfalter"}
NEEDLES = (b"7654321", b"Zitronenfalter", base64.b64encode(b"Zitronenfalter")[:16])


def every_get(world: World, ids: dict[str, str]) -> list[str]:
    """Return every path that can be read in this service, with these ids filled in, and its plausible queries."""
    paths = []
    for route in world.service.app.openapi()["paths"].items():
        path, methods = route
        if "get" not in methods:
            continue
        for name, value in ids.items():
            path = path.replace(f"{{{name}}}", value)
        if "{" not in path:
            paths.append(path.removeprefix("/api/courses/v1"))
    queries = [f"?network_id={NETWORK}&limit=200", *(f"?provider_id={each}" for each in BIDDERS[:2]), ""]
    return [path + query for path in paths for query in queries]


async def read_everything(world: World, ids: dict[str, str]) -> dict[str, bytes]:
    """Return all that each role can read through any endpoint."""
    found = dict.fromkeys(READERS, b"")
    for who in READERS:
        for path in every_get(world, ids):
            found[who] += (await world(who, "GET", path)).content
    return found


async def stored(world: World) -> bytes:
    """Return every document of the service's database, as text."""
    database: Any = world.service.mongo._database
    found = ""
    for name in await database.list_collection_names():
        found += repr([document async for document in database[name].find({})])
    return found.encode()


async def published(kafka: str) -> bytes:
    """Return every record of the topic."""
    consumer = AIOKafkaConsumer(courses.TOPIC, bootstrap_servers=kafka, auto_offset_reset="earliest")
    await consumer.start()
    try:
        ends = await consumer.end_offsets(consumer.assignment())
        found = b""
        while any([await consumer.position(part) < end for part, end in ends.items()]):
            for records in (await consumer.getmany(timeout_ms=200)).values():
                found += b"".join((record.value or b"") for record in records)
        return found
    finally:
        await consumer.stop()


async def offered(world: World) -> tuple[str, dict[str, str]]:
    """Return a call with one secret offer, and the ids that readers may know or guess."""
    pool_id = await world.pool()
    call_id = await world.requested(pool_id)
    receipt = await world.made("provider0", f"/invitations/{call_id}/offer", offer(0, **SECRETS))
    ids = {
        "call_id": call_id,
        "pool_id": pool_id,
        "offer_id": receipt["offer_id"],
        "network_id": NETWORK,
        "organisation_id": COMPANIES[0],
    }
    return call_id, ids


async def test_offer_is_nowhere_to_be_read_when_its_due_time_has_not_come(
    world: World, infra: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    call_id, ids = await offered(world)
    read = await read_everything(world, ids)
    logged = "".join(capfd.readouterr()).encode()
    for place in (*read.values(), await stored(world), await published(infra.kafka), logged):
        for needle in NEEDLES:
            assert needle not in place
    for who in READERS:
        for method, path, body in [
            ("GET", f"/calls/{call_id}/offers/{ids['offer_id']}", None),
            ("POST", f"/calls/{call_id}/open", None),
            ("POST", f"/calls/{call_id}/offers/{ids['offer_id']}/score", {"points": {"venue": 1}}),
            (
                "POST",
                f"/calls/{call_id}/award",
                {"offer_id": ids["offer_id"], "reason_code": "only_offer", "reason": "x"},
            ),
        ]:
            answer = await world(who, method, path, body)
            assert answer.status_code in {403, 404, 409}, (who, path, answer.text)
            assert not any(needle in answer.content for needle in NEEDLES)
    shown = await world.got("manager", f"/calls/{call_id}")
    assert (shown["offers_sealed"], shown["offers"]) == (True, [])
    # Nor does anybody but its author learn that there is one.
    assert [who for who, text in read.items() if ids["offer_id"].encode() in text] == ["provider0"]


async def test_price_lies_in_the_store_when_an_offer_is_not_sealed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The damage without the seal: whoever reads the store knows every price."""
    monkeypatch.setattr(bidding, "seal", lambda _key, text, _place: text.decode())
    await offered(world)
    assert NEEDLES[0] in await stored(world)


async def test_record_says_who_opened_what_when(world: World) -> None:
    call_id, ids = await offered(world)
    second = await world.made("provider1", f"/invitations/{call_id}/offer", offer(1))
    world.clock.forward(days=14)
    late = await world("provider2", "POST", f"/invitations/{call_id}/offer", offer(2))
    assert (late.status_code, late.json()["type"]) == (409, "urn:verbundwerk:problem:offer-too-late")
    for who, status in (("admin", 403), ("hr0", 403), ("foreign", 404), ("provider0", 403)):
        assert (await world(who, "POST", f"/calls/{call_id}/open")).status_code == status, who
    opened = await world.made("manager", f"/calls/{call_id}/open", key="open")
    assert await world.made("manager", f"/calls/{call_id}/open", key="open") == opened
    assert {each["offer_id"] for each in opened["offers"]} == {ids["offer_id"], second["offer_id"]}
    world.clock.forward(hours=1)
    content = await world.got("deputy", f"/calls/{call_id}/offers/{ids['offer_id']}")
    assert content["fixed_cents"] == SECRETS["fixed_cents"]
    own = await world.got("provider0", f"/invitations/{call_id}?provider_id={BIDDERS[0]}")
    assert own["own_offer"]["concept"] == SECRETS["concept"]
    other = await world.got("provider1", f"/invitations/{call_id}?provider_id={BIDDERS[1]}")
    assert "Zitronenfalter" not in str(other)
    record = await world.got("manager", f"/calls/{call_id}/record")
    told = [(entry["act"], entry["person_id"]) for entry in record["journal"]]
    assert told == [
        ("drafted", "person-manager"),
        ("requested", "person-manager"),
        ("submitted", "person-provider0"),
        ("submitted", "person-provider1"),
        ("closed", None),
        ("opened", "person-manager"),
        ("opened", "person-manager"),
        ("read", "person-deputy"),
    ]
    assert record["journal"][-1]["offer_id"] == ids["offer_id"]
    assert [each["digest"] for each in record["offers"] if each["offer_id"] == second["offer_id"]] == [
        second["digest"]
    ]
    assert await world.service.collection("call_keys").find({}) == []


async def test_offer_counts_as_unreadable_when_its_envelope_was_changed(world: World) -> None:
    call_id, ids = await offered(world)
    path = f"state.sealed.{ids['offer_id']}.envelope"
    await world.service.collection("calls").update_one({"_id": call_id}, {"$set": {path: "AAAA"}})
    world.clock.forward(days=14)
    (shown,) = (await world.made("manager", f"/calls/{call_id}/open"))["offers"]
    assert (shown["readable"], shown["total_cents"], shown["score"]) == (False, None, None)
    assert (await world("manager", "GET", f"/calls/{call_id}/offers/{ids['offer_id']}")).status_code == 404


async def test_bidders_are_treated_alike_when_one_asks(world: World) -> None:
    call_id = await world.requested(await world.pool())
    asked = {"provider_id": BIDDERS[0], "text": "Ist ein Netzplan vorhanden?"}
    await world.made("provider0", f"/invitations/{call_id}/questions", asked)
    await world.made("manager", f"/calls/{call_id}/questions/1/answer", {"text": "Ja."})
    shown = [
        (await world.got(f"provider{n}", f"/invitations/{call_id}?provider_id={BIDDERS[n]}"))["questions"][0]
        for n in range(3)
    ]
    assert [each.pop("own") for each in shown] == [True, False, False]
    assert shown[0] == shown[1] == shown[2]
    assert shown[0]["answer"] == "Ja."
    assert BIDDERS[0] not in str(shown)
    for who, body, status in [
        ("provider3", {**asked, "provider_id": BIDDERS[3]}, 404),
        ("provider1", asked, 403),
        ("manager", asked, 403),
    ]:
        answer = await world(who, "POST", f"/invitations/{call_id}/questions", body)
        assert answer.status_code == status, who
    assert (await world.got("provider3", "/invitations"))["items"] == []
    assert [each["call_id"] for each in (await world.got("provider2", "/invitations"))["items"]] == [call_id]


async def test_offer_is_replaced_or_withdrawn_when_the_due_time_has_not_come(world: World) -> None:
    pool_id = await world.pool()
    call_id = await world.requested(pool_id)
    path, key = f"/invitations/{call_id}/offer", new_id()
    first = await world.made("provider0", path, offer(0), key)
    assert await world.made("provider0", path, offer(0), key) == first
    reused = await world("provider0", "POST", path, offer(0, fixed_cents=1), key)
    assert reused.json()["type"] == "urn:verbundwerk:problem:idempotency-key-reused"
    second = await world.made("provider0", path, offer(0, fixed_cents=5))
    assert (second["revision"], second["digest"] == first["digest"]) == (2, False)
    await world.made("provider1", path, offer(1))
    await world.made("provider1", f"{path}/withdraw", {"provider_id": BIDDERS[1]})
    world.clock.forward(days=14)
    opened = await world.made("manager", f"/calls/{call_id}/open")
    assert [each["provider_id"] for each in opened["offers"]] == [BIDDERS[0]]
    ended = await world.made(
        "manager", f"/calls/{call_id}/cancel", {"reason_code": "no_suitable_offer", "note": "zu teuer"}
    )
    assert ended["state"] == "cancelled"
    assert (await world.got("manager", f"/pools/{pool_id}"))["state"] == "viable"
