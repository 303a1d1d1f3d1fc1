"""What happens to mail when something is down, lost or refused."""

from datetime import timedelta
from email.message import EmailMessage

import pytest

from services.notifications import planning, texts
from services.notifications.domain import Outcome, State
from services.notifications.mail import Mailer, Server, Undelivered
from services.notifications.store import Notifications
from shared.clock import utc_now
from shared.mongo import Mongo
from tests.integration.notifications.world import BOOKED, People, Post, World, envelope, smtp
from tests.support import eventually

pytestmark = pytest.mark.connected


class TestFaults:
    async def test_it_waits_when_the_session_is_not_known_yet(
        self, world: World, post: Post, port: int
    ) -> None:
        with smtp(post, port):
            await world.tell(BOOKED, 2)
            held = {"error": "session-unknown"}
            await eventually(lambda: world.counts(held, 2))
            await world.schedule()
            await eventually(world.settled)
        assert len(post.mails) == 3

    async def test_the_mail_arrives_once_when_smtp_was_down(
        self, world: World, post: Post, port: int
    ) -> None:
        await world.schedule()
        await world.tell(BOOKED, 2)
        await eventually(lambda: world.counts({"state": State.FAILED.value}, 2))
        assert await world.inbox.count({}) == 3  # the inbox does not wait for the mail
        with smtp(post, port):
            await eventually(world.settled)
        assert len(post.mails) == 3

    async def test_others_go_on_when_one_recipient_is_refused_for_good(
        self, world: World, post: Post, port: int
    ) -> None:
        post.refuse["nina@firma.example"] = "550 no such user"
        post.refuse["lukasz@firma.example"] = "550 no such user"
        await world.schedule()
        with smtp(post, port):
            await world.tell(BOOKED, 2)
            await eventually(world.settled)
        assert len(post.to("tom@firma.example")) == len(post.mails) == 1
        assert await world.states() == {
            "booked_hr": State.SENT.value,
            "booked_participant": State.BOUNCED.value,
        }

    async def test_the_first_gets_no_second_mail_when_the_second_has_to_wait(
        self, world: World, post: Post, port: int
    ) -> None:
        post.refuse["tom@firma.example"] = "451 try later"
        await world.schedule()
        with smtp(post, port):
            await world.tell(BOOKED, 2)
            await eventually(lambda: world.counts({"error": "451"}, 1))
            post.refuse.clear()
            await eventually(world.settled)
        assert len(post.to("nina@firma.example")) == len(post.to("tom@firma.example")) == 1

    async def test_it_is_settled_when_nobody_is_there_any_more(
        self, world: World, people: People, post: Post, port: int
    ) -> None:
        people.participants.clear()
        await world.schedule()
        with smtp(post, port):
            await world.tell(BOOKED, 2)
            await eventually(world.settled)
        assert (await world.states())["booked_participant"] == State.UNDELIVERABLE

    async def test_both_copies_carry_one_message_id_when_the_mark_is_lost(
        self, mongo: Mongo, peers: str, people: People, post: Post, port: int
    ) -> None:
        class DiesOnce(Mailer):
            """Dies between the server's acceptance and our mark, as a kill -9 there would."""

            died = False

            async def send(self, message: EmailMessage, address: str) -> None:
                await super().send(message, address)
                if not self.died:
                    self.died = True
                    raise Undelivered("killed")

        people.hr.pop()
        people.participants.clear()
        world = World(mongo, peers, port, DiesOnce(Server("127.0.0.1", port)))
        await world.schedule()
        with smtp(post, port):
            await world.tell(BOOKED, 2)
            await eventually(world.settled)
        await world.close()
        first, second = post.to("nina@firma.example")
        assert first["Message-ID"] == second["Message-ID"]

    async def test_another_replica_takes_over_when_a_claim_lapses(
        self, mongo: Mongo, peers: str, post: Post, port: int
    ) -> None:
        first = World(mongo, peers, port)  # knows the session: else an old message waits for the copy first
        await first.schedule()
        await first.close()
        before = utc_now() - timedelta(seconds=90)
        killed = Notifications(mongo.collection("notifications"), clock=lambda: before)
        (draft, *_) = planning.drafts(BOOKED, texts.table(), at=utc_now())
        await killed.add([draft], envelope(BOOKED, 2))
        claim = await killed.claim("killed")
        assert claim is not None
        assert await killed.claim("another") is None
        with smtp(post, port):
            world = World(mongo, peers, port)
            await eventually(world.settled)
            await world.close()
        assert not await killed.settle(claim, Outcome.REFUSED)
        assert await world.states() == {"booked_hr": State.SENT.value}
        assert len(post.to("nina@firma.example")) == 1
