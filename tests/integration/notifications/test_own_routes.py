"""What people set and read for themselves, and what a person in charge sees."""

import asyncio

import httpx
import pytest
import vobject

from services.notifications.live import Live
from services.notifications.store import Inbox
from shared.auth import Grant, Principal, Role
from shared.ids import NetworkId, OrganisationId
from shared.mongo import Mongo
from tests.integration.notifications.test_reading import api
from tests.integration.notifications.world import (
    BOOKED,
    HR,
    NETWORK,
    ORGANISATION,
    PARTICIPANT,
    Post,
    World,
    smtp,
)
from tests.support import Infra, eventually

pytestmark = pytest.mark.connected

PERSON = Principal(id=PARTICIPANT)
COMPANY = Principal(
    id=HR, grants=(Grant(role=Role.COMPANY_HR, organisation_id=OrganisationId(ORGANISATION)),)
)
MANAGER = Principal(id=HR, grants=(Grant(role=Role.NETWORK_MANAGER, network_id=NetworkId(NETWORK)),))
ADMIN = Principal(id=HR, grants=(Grant(role=Role.PLATFORM_ADMIN),))


class TestPreferences:
    async def test_wishes_are_kept_and_shown_kind_by_kind(self, infra: Infra, database: str) -> None:
        wanted = {
            "wishes": {"bookings": {"mode": "digest"}, "news": {"mode": "instant"}},
            "quiet": {"starts": "20:00", "ends": "07:00"},
            "time_zone": "Europe/Vienna",
        }
        async with api(infra, database, PERSON) as client:
            before = (await client.get("/preferences")).json()["kinds"]
            assert {one["kind"]: one["mode"] for one in before}["news"] == "off"
            put = await client.put("/preferences", json=wanted)
            assert put.json() == (await client.get("/preferences")).json()
            shown = {one["kind"]: one for one in put.json()["kinds"]}
            assert (shown["bookings"]["mode"], shown["news"]["until"] is None) == ("digest", False)

    @pytest.mark.parametrize(
        ("body", "status"),
        [
            ({"wishes": {"bookings": {"mode": "off"}}}, 409),
            ({"wishes": {"gossip": {"mode": "off"}}}, 422),
            ({"time_zone": "Europe/Atlantis"}, 422),
            ({"time_zone": "../etc/passwd"}, 422),
            ({"digest": {"weekdays": [8]}}, 422),
            ({"quiet": {"starts": "25:00", "ends": "07:00"}}, 422),
        ],
    )
    async def test_bad_wishes_are_refused(
        self, infra: Infra, database: str, body: dict[str, object], status: int
    ) -> None:
        async with api(infra, database, PERSON) as client:
            assert (await client.put("/preferences", json=body)).status_code == status

    async def test_a_company_digest_is_set_and_taken_back(self, infra: Infra, database: str) -> None:
        path = f"/organisations/{ORGANISATION}/digest"
        async with api(infra, database, COMPANY) as client:
            assert (await client.get(path)).json()["digest"] is None
            put = await client.put(path, json={"digest": {"at": "18:00", "weekdays": [5]}})
            assert put.json()["digest"] == {"at": "18:00:00", "weekdays": [5]}
            assert (await client.delete(path)).status_code == 204
            assert (await client.get(path)).json()["digest"] is None


class TestFeeds:
    async def test_a_link_opens_the_calendar_until_it_is_taken_back(
        self, infra: Infra, database: str, mongo: Mongo, world: World, post: Post, port: int
    ) -> None:
        await world.schedule()
        with smtp(post, port):
            await world.tell(BOOKED, 2)
            await eventually(world.settled)
        for principal, base in ((PERSON, "/feeds"), (COMPANY, f"/organisations/{ORGANISATION}/feeds")):
            async with api(infra, database, principal) as client:
                made = (await client.post(base)).json()
                path = httpx.URL(made["url"]).path.removeprefix("/api/notifications/v1")
                answer = await client.get(path)
                assert answer.headers["content-type"].startswith("text/calendar")
                calendar = vobject.readOne(answer.text)
                assert calendar.vevent.summary.value.startswith("High voltage")
                tag = {"if-none-match": answer.headers["etag"]}
                assert (await client.get(path, headers=tag)).status_code == 304
                assert made["url"] not in (await client.get(base)).text
                stored = str(await mongo.collection("feeds").find({}))
                assert path.rpartition("/")[2].removesuffix(".ics") not in stored
                assert (await client.delete(f"{base}/{made['id']}")).status_code == 204
                assert (await client.get(path)).status_code == 404


class TestTemplates:
    async def test_a_wording_is_previewed_kept_and_taken_back(self, infra: Infra, database: str) -> None:
        path = f"/networks/{NETWORK}/templates/booked_hr/de"
        own = {"subject": "Gebucht: {{ topic }}", "title": "Moin", "body": ["Preis: {{ price }}"]}
        async with api(infra, database, MANAGER) as client:
            shown = (await client.post(f"{path}/preview", json=own)).json()
            assert shown["subject"] == "Gebucht: Hochvolt Stufe 2S für Servicepersonal"
            assert "Preis: 790,00" in shown["text"]
            assert (await client.put(path, json=own)).json()["own"]["de"]["title"] == "Moin"
            assert (await client.post(f"{path}/preview")).json()["subject"].startswith("Gebucht")
            assert (await client.delete(path)).status_code == 204
            assert (await client.post(f"{path}/preview")).json()["subject"].startswith("Buchung bestätigt")

    @pytest.mark.parametrize(
        "line",
        [
            "{% for x in range(999999999) %}a{% endfor %}",
            "{{ ''.__class__.__mro__ }}",
            "{{ 7*7 }}",
            "{{ secret }}",
            "{# x #}",
            "{{ topic",
            "{{ topic|attr('x') }}",
        ],
    )
    async def test_loops_and_foreign_code_are_refused(self, infra: Infra, database: str, line: str) -> None:
        body = {"subject": "x", "title": "x", "body": [line]}
        async with api(infra, database, MANAGER) as client:
            answer = await client.put(f"/networks/{NETWORK}/templates/booked_hr/de", json=body)
            assert answer.status_code == 422, answer.text


class TestOperations:
    async def test_a_dead_server_is_seen_and_parked_mail_is_sent_by_hand(
        self, infra: Infra, database: str, world: World, post: Post, port: int
    ) -> None:
        await world.schedule()
        await world.tell(BOOKED, 2)
        await eventually(lambda: world.counts({"error": "smtp-unreachable"}, 2))
        async with api(infra, database, ADMIN) as client:
            seen = (await client.get("/mail-health")).json()
            assert not seen["smtp_ok"]
            assert seen["failures"] == [{"error": "smtp-unreachable", "waiting": 2, "parked": 0}]
            for one in await world.notifications.collection.find({}):
                await world.notifications.collection.update_one(
                    {"_id": one["_id"]}, {"$set": {"state": "parked", "claim": None}}
                )
            assert (await client.get("/mail-health")).json()["parked"] == 2
            with smtp(post, port):
                for one in await world.notifications.collection.find({}):
                    answer = await client.post(f"/deliveries/{one['_id']}/retry")
                    assert answer.json()["state"] == "queued"
                world.dispatcher.wake()
                await eventually(world.settled)
                done = await client.post(f"/deliveries/{one['_id']}/retry")
                assert done.json()["type"].endswith("wrong-state")
            assert (await client.get("/mail-health")).json()["smtp_ok"]
        assert len(post.mails) == 3


class TestLive:
    async def test_a_listener_that_comes_back_misses_nothing(self, mongo: Mongo) -> None:
        inbox = Inbox(mongo.collection("inbox"))
        live = Live(inbox.collection, lambda: False, poll_s=0.05)
        entry = {"template": "booked_hr", "sequence": 1, "occurred": 1, "urgency": "normal", "facts": {}}

        async def first(last: str | None, count: int) -> list[tuple[str, str]]:
            found = []
            async for one in live.entries(HR, last):
                found.append((one["_id"], one["added"]))
                if len(found) == count:
                    break
            return found

        listening = asyncio.create_task(first(None, 1))
        await asyncio.sleep(0)
        await eventually(lambda: not listening.done())
        await inbox.add({**entry, "_id": "a"}, HR)
        await inbox.add({**entry, "_id": "a"}, PARTICIPANT)
        ((known, last),) = await listening
        assert known == f"a:{HR}"
        for name in ("b", "c"):
            await inbox.add({**entry, "_id": name}, HR)
        assert [one for one, _ in await first(last, 2)] == [f"b:{HR}", f"c:{HR}"]

    async def test_entries_are_put_away_and_found_again(
        self, infra: Infra, database: str, mongo: Mongo
    ) -> None:
        entry = {"template": "webhook_stopped", "sequence": 1, "occurred": 1, "urgency": "normal"}
        facts = {"reason": "dead"}
        await Inbox(mongo.collection("inbox")).add({**entry, "_id": "a", "facts": facts}, PARTICIPANT)
        path = f"/inbox/a:{PARTICIPANT}"
        async with api(infra, database, PERSON) as client:
            assert (await client.post(f"{path}/read")).json()["read_at"] is not None
            assert (await client.post(f"{path}/unread")).json()["read_at"] is None
            assert (await client.get("/inbox/unread-count")).json() == {"unread": 1}
            assert (await client.post(f"{path}/archive")).json()["archived"]
            assert (await client.get("/inbox")).json()["items"] == []
            assert len((await client.get("/inbox", params={"folder": "archived"})).json()["items"]) == 1
            assert not (await client.post(f"{path}/restore")).json()["archived"]
            assert len((await client.get("/inbox")).json()["items"]) == 1
