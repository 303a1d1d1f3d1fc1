"""Digests, quiet hours and wishes: one mail instead of many, each reader's own."""

import time as time_
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from services.notifications.domain import State
from services.notifications.preferences.domain import Digest, Mode, Preferences, Quiet, Wish
from services.notifications.preferences.store import of_company, of_person
from shared.clock import new_id
from shared.events import courses, sessions
from shared.mongo import Mongo
from tests.integration.notifications.world import (
    BOOKED,
    COLLEAGUE,
    HR,
    NETWORK,
    ORGANISATION,
    PARTICIPANT,
    PROMOTED,
    SEAT,
    SESSION,
    People,
    Post,
    World,
    smtp,
)
from tests.support import eventually

pytestmark = [pytest.mark.connected, pytest.mark.timeout(240)]

MORNING = datetime(2026, 11, 24, 9, tzinfo=UTC)


class Watch:
    """A clock that goes on from where it is set."""

    def __init__(self) -> None:
        self.now = MORNING
        self._start = time_.monotonic()

    def __call__(self) -> datetime:
        moment = self.now + timedelta(seconds=time_.monotonic() - self._start)
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


@pytest.fixture
def watch() -> Watch:
    return Watch()


def booking() -> courses.CourseBooked:
    return courses.CourseBooked.model_validate({**SEAT, "booking_id": new_id(), "price_cents": 100})


def text_of(mail: Any) -> str:
    body = mail.get_body(("plain",))
    return str(body.get_content())


class TestDigests:
    async def test_one_digest_per_reader_replaces_200_mails_in_her_language(
        self, mongo: Mongo, peers: str, people: People, post: Post, port: int, watch: Watch
    ) -> None:
        people.participants.clear()
        world = World(mongo, peers, port, clock=watch)
        wishes = Preferences(wishes={"bookings": Wish(mode=Mode.DIGEST)})
        for person in (HR, COLLEAGUE):
            await world.sending.wishes.put(of_person(person), wishes)
        await world.schedule()
        with smtp(post, port):
            for sequence in range(2, 202):
                await world.tell(booking(), sequence)
            open_ones = {"state": {"$in": [State.QUEUED.value, State.FAILED.value]}}
            await eventually(lambda: world.counts(open_ones, 0), seconds=180)
            assert post.mails == []
            assert await world.inbox.count({"person_id": HR}) == 200
            watch.now = MORNING + timedelta(days=1)
            while bundle := await world.sending.bundles.claim("t"):
                await world.digests.send(bundle)
        await world.close()
        (german,), (english,) = post.to("nina@firma.example"), post.to("tom@firma.example")
        assert (german["Subject"], english["Subject"]) == (
            "200 Nachrichten aus Verbundwerk",
            "200 messages from Verbundwerk",
        )
        assert "Der Platz ist verbindlich gebucht (200)" in text_of(german)
        assert "The seat is booked (200)" in text_of(english)

    async def test_a_company_gets_one_digest_and_urgent_mail_at_once(
        self, mongo: Mongo, peers: str, post: Post, port: int, watch: Watch
    ) -> None:
        world = World(mongo, peers, port, clock=watch)
        await world.sending.wishes.put(of_company(ORGANISATION), Preferences(digest=Digest(at=time(18))))
        await world.schedule()
        with smtp(post, port):
            await world.tell(BOOKED, 2)
            await world.tell(PROMOTED, 3)
            await eventually(world.settled)
            assert [mail["Subject"][:10] for mail in post.to("nina@firma.example")] == ["Platz frei"]
            watch.now = MORNING + timedelta(hours=9)
            bundle = await world.sending.bundles.claim("t")
            assert bundle is not None
            await world.digests.send(bundle)
            assert await world.sending.bundles.claim("t") is None
        await world.close()
        assert post.to("nina@firma.example")[-1]["Subject"] == "1 Nachricht aus Verbundwerk"
        assert post.to("tom@firma.example")[-1]["Subject"] == "1 message from Verbundwerk"

    async def test_what_arrives_while_a_bundle_is_sent_goes_out_too(
        self, mongo: Mongo, peers: str, people: People, post: Post, port: int, watch: Watch
    ) -> None:
        world = World(mongo, peers, port, clock=watch)
        bundles = world.sending.bundles
        document = {"_id": "a", "template": "booked_hr", "session_id": SESSION, "facts": {"price_cents": 1}}
        await world.schedule()
        await bundles.add(of_person(HR), MORNING, document)
        await bundles.add(of_person(HR), MORNING, document)
        first = await bundles.claim("t")
        assert first is not None
        await bundles.add(of_person(HR), MORNING, {**document, "_id": "b"})
        with smtp(post, port):
            await world.digests.send(first)
            second = await bundles.claim("u")
            assert second is not None
            await world.digests.send(second)
            assert await bundles.claim("v") is None
        await world.close()
        assert [mail["Subject"] for mail in post.mails] == ["1 Nachricht aus Verbundwerk"] * 2


class TestQuiet:
    async def test_an_invitation_waits_alone_until_the_quiet_hours_end(
        self, mongo: Mongo, peers: str, post: Post, port: int, watch: Watch
    ) -> None:
        world = World(mongo, peers, port, clock=watch)
        night = Preferences(quiet=Quiet(starts=time(0), ends=time(23, 59)))
        await world.sending.wishes.put(of_person(PARTICIPANT), night)
        await world.schedule()
        with smtp(post, port):
            await world.tell(BOOKED, 2)
            await eventually(lambda: world.counts({"error": "quiet-hours"}, 1))
            assert post.to("lukasz@firma.example") == []
            watch.now = MORNING + timedelta(hours=15)
            world.dispatcher.wake()
            await world.sending.wishes.put(of_person(PARTICIPANT), Preferences())
            await eventually(lambda: len(post.to("lukasz@firma.example")) == 1)
        await world.close()


class TestReminders:
    async def test_after_downtime_only_what_makes_sense_is_sent(
        self, mongo: Mongo, peers: str, post: Post, port: int, watch: Watch
    ) -> None:
        world = World(mongo, peers, port, clock=watch)
        await world.schedule()
        start = "2027-03-10T07:00:00Z"
        with smtp(post, port):
            await world.tell(BOOKED, 2)
            await eventually(world.settled)
            post.mails.clear()
            # Everything was down from before T-14 until a day and a half before the start.
            watch.now = datetime(2027, 3, 8, 19, tzinfo=UTC)
            for sequence, days in enumerate((14, 3, 1), 3):
                event = sessions.SessionReminderDue.model_validate(
                    {"session_id": SESSION, "network_id": NETWORK, "days_before": days, "starts_at": start}
                )
                await world.tell(event, sequence)
            await eventually(world.settled)
        await world.close()
        found = await world.notifications.collection.find({"kind": "reminders"})
        late = {one["facts"]["days_before"] for one in found if one["state"] == State.OBSOLETE}
        assert late == {14}
        subjects = sorted(mail["Subject"][:11] for mail in post.to("lukasz@firma.example"))
        assert subjects == ["In 3 Tagen:", "Morgen: Hoc"]

    async def test_a_reminder_is_dropped_when_its_cause_moves_or_ends(
        self, world: World, post: Post, port: int
    ) -> None:
        moved = sessions.SessionRescheduled.model_validate(
            {
                "session_id": SESSION,
                "network_id": NETWORK,
                "days": [{"starts_at": "2027-04-10T07:00:00Z", "ends_at": "2027-04-10T14:30:00Z"}],
                "time_zone": "Europe/Berlin",
                "revision": 2,
            }
        )
        due = sessions.SessionReminderDue.model_validate(
            {
                "session_id": SESSION,
                "network_id": NETWORK,
                "days_before": 3,
                "starts_at": "2027-03-10T07:00:00Z",
            }
        )
        await world.schedule()
        with smtp(post, port):
            await world.tell(BOOKED, 2)
            await world.reschedule(moved, 3)
            await world.tell(due, 4)
            await eventually(world.settled)
        (dropped,) = await world.notifications.collection.find({"kind": "reminders"})
        assert (dropped["state"], dropped["error"]) == (State.OBSOLETE, "session-moved")

    async def test_no_reminder_of_an_offer_comes_when_it_was_answered(
        self, mongo: Mongo, peers: str, post: Post, port: int, watch: Watch
    ) -> None:
        from tests.unit.notifications.test_planning import offered

        world = World(mongo, peers, port, clock=watch)
        await world.schedule()
        event = offered(48).model_copy(
            update={"session_id": SESSION, "network_id": NETWORK, "organisation_id": ORGANISATION}
        )
        with smtp(post, port):
            await world.tell(event, 2)
            waiting = {"template": "offer_reminder_hr", "state": State.QUEUED.value}
            await eventually(lambda: world.counts(waiting, 1))
            accepted = PROMOTED.model_copy(update={"booking_id": event.booking_ids[0]})
            await world.tell(accepted, 3)
            await eventually(lambda: world.counts(waiting, 0))
        await world.close()
        (dropped,) = await world.notifications.collection.find({"template": "offer_reminder_hr"})
        assert (dropped["state"], dropped["error"]) == (State.OBSOLETE, "settled")
