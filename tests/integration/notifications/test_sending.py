"""From an event to one mail per recipient."""

from itertools import permutations

import pytest
from pydantic import SecretStr

from services.notifications import planning, texts
from services.notifications.domain import State
from services.notifications.main import NotificationSettings, build
from shared.clock import new_id, utc_now
from shared.events import courses
from shared.producer import Producer, Record
from tests.integration.notifications.world import (
    BOOKED,
    NETWORK,
    PROMOTED,
    SCHEDULED,
    SESSION,
    SUBSTITUTED,
    TRACE_ID,
    WAITLISTED,
    Post,
    World,
    envelope,
    smtp,
)
from tests.support import Infra, eventually

pytestmark = pytest.mark.connected


class TestOnce:
    async def test_one_mail_per_recipient_when_events_come_twice_and_in_any_order(
        self, world: World, post: Post, port: int
    ) -> None:
        events = [(WAITLISTED, 2), (PROMOTED, 3)]
        await world.schedule()
        with smtp(post, port):
            for order in permutations(events):
                for event, sequence in order:
                    await world.tell(event, sequence)
            await eventually(world.settled)
            for event, sequence in events:
                await world.tell(event, sequence)
        assert set((await world.states()).values()) == {State.SENT}
        for address in ("nina@firma.example", "tom@firma.example", "lukasz@firma.example"):
            subjects = [mail["Subject"] for mail in post.to(address)]
            assert len(subjects) == 2
            assert "aitlist" in subjects[0] or "arteliste" in subjects[0]
        assert await world.inbox.count({}) == 6
        assert len(post.sessions) == 1

    async def test_two_mails_without_the_insert_once_guard(self, world: World, post: Post, port: int) -> None:
        await world.schedule()
        (draft, *_) = planning.drafts(BOOKED, texts.table(), at=utc_now())
        with smtp(post, port):
            for _ in range(2):  # what a duplicate would do if the id did not come from the event
                document = world.notifications.document(draft, envelope(BOOKED, 2))
                await world.notifications.collection.insert({**document, "_id": new_id()})
            await eventually(world.settled)
            await eventually(lambda: len(post.to("nina@firma.example")) == 2)


class TestContent:
    async def test_the_mail_continues_the_trace_and_names_people_only_inside(
        self, world: World, post: Post, port: int
    ) -> None:
        await world.schedule()
        with smtp(post, port):
            await world.tell(BOOKED, 2)
            await eventually(world.settled)
        (german,), (english,) = post.to("nina@firma.example"), post.to("tom@firma.example")
        assert german["X-Verbundwerk-Trace"] == english["X-Verbundwerk-Trace"] == TRACE_ID
        body, page = english.get_body(("plain",)), english.get_body(("html",))
        assert body is not None
        assert page is not None
        assert "Łukasz Ćwikła" in body.get_content()
        assert "&lt;b&gt;Field" in page.get_content()
        stored = str(await world.notifications.collection.find({})) + str(await world.inbox.find({}))
        assert not [word for word in ("Maier", "Field", "Ćwikła", "firma.example") if word in stored]

    async def test_a_substitute_on_the_waitlist_is_promised_no_seat(
        self, world: World, post: Post, port: int
    ) -> None:
        await world.schedule()
        with smtp(post, port):
            await world.tell(WAITLISTED, 2)
            await world.tell(SUBSTITUTED, 3)
            await eventually(world.settled)
        assert post.to("lukasz@firma.example")[-1]["Subject"].startswith("Warteliste")

    async def test_everybody_in_the_session_learns_that_it_is_cancelled(
        self, world: World, post: Post, port: int
    ) -> None:
        await world.schedule()
        cancelled = courses.SessionCancelled.model_validate(
            {"session_id": SESSION, "network_id": NETWORK, "reason_code": "below-minimum"}
        )
        with smtp(post, port):
            await world.tell(BOOKED, 2)
            await world.tell(cancelled, 3)
            await eventually(world.settled)
        assert len(post.to("nina@firma.example")) == 2
        assert post.to("lukasz@firma.example")[-1]["Subject"].startswith("Kurs abgesagt")


class TestFromKafka:
    async def test_an_event_becomes_mail(
        self, infra: Infra, database: str, peers: str, post: Post, port: int
    ) -> None:
        settings = NotificationSettings(
            role="worker",
            kafka_bootstrap_servers=infra.kafka,
            mongodb_url=SecretStr(infra.mongodb_url),
            mongodb_database=database,
            membership_url=peers,
            courses_url=peers,
            service_client_secret=SecretStr("secret"),
            smtp_port=port,
        )
        service = build("worker", settings)
        producer = Producer(infra.kafka, "test")
        records = [
            Record(courses.TOPIC, SESSION.encode(), one.data, one.to_headers())
            for one in (envelope(SCHEDULED, 1), envelope(BOOKED, 2), envelope(BOOKED, 2))
        ]
        with smtp(post, port):
            await producer.send_all(records)
            await service._start()
            await eventually(lambda: len(post.mails) == 3)
            service.stopping.set()
            await service._stop()
        await producer.stop()
        assert {mail["X-Verbundwerk-Trace"] for mail in post.mails} == {TRACE_ID}
