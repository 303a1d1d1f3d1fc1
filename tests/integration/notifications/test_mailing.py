"""Mail as it arrives: over TLS, with a calendar entry, nowhere twice that does not exist."""

import ssl
import subprocess
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import httpx
import pytest
import vobject
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from services.notifications.domain import State
from services.notifications.mail import Mailer, Server, Undelivered, compose
from services.notifications.preferences.domain import Mode
from services.notifications.preferences.store import of_person
from services.notifications.suppression import key_of
from services.notifications.texts import Text
from shared.events import courses, sessions
from shared.mongo import Mongo
from tests.integration.notifications.world import (
    BOOKED,
    NETWORK,
    PARTICIPANT,
    SEAT,
    SESSION,
    People,
    Post,
    World,
    contact,
    smtp,
)
from tests.support import eventually
from tests.unit.notifications.test_mail import PARTS

pytestmark = pytest.mark.connected

MOVED = sessions.SessionRescheduled.model_validate(
    {
        "session_id": SESSION,
        "network_id": NETWORK,
        "days": [{"starts_at": "2027-04-10T06:00:00Z", "ends_at": "2027-04-10T13:30:00Z"}],
        "time_zone": "Europe/Berlin",
        "revision": 2,
    }
)
CANCELLED = courses.BookingCancelled.model_validate(
    {**SEAT, "was_confirmed": True, "days_before": 40, "fee_percent": 0, "fee_cents": 0, "refilled": False}
)


def entry_of(mail: EmailMessage) -> Any:
    (part,) = [one for one in mail.walk() if one.get_content_type() == "text/calendar"]
    calendar = vobject.readOne(part.get_content())
    assert part.get_param("method") == calendar.method.value
    return calendar


class TestInvitations:
    async def test_what_arrives_is_one_calendar_event_changing(
        self, world: World, post: Post, port: int
    ) -> None:
        await world.schedule()
        with smtp(post, port):
            await world.tell(BOOKED, 2)
            await eventually(world.settled)
            await world.reschedule(MOVED, 3)
            await eventually(world.settled)
            await world.tell(CANCELLED, 4)
            await eventually(world.settled)
        told = [entry_of(mail) for mail in post.to("lukasz@firma.example")]
        assert [one.method.value for one in told] == ["REQUEST", "REQUEST", "CANCEL"]
        assert len({one.vevent.uid.value for one in told}) == 1
        assert [int(one.vevent.sequence.value) for one in told] == [2, 3, 4]
        assert told[1].vevent.dtstart.value == MOVED.days[0].starts_at
        assert all("text/calendar" not in mail.as_string() for mail in post.to("nina@firma.example"))


# The server of the standard tests does not close what broke off in the handshake.
@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning", "ignore:Requiring AUTH:UserWarning"
)
class TestServers:
    @pytest.mark.parametrize("implicit", [True, False])
    async def test_mail_goes_over_tls_with_a_password_and_a_few_connections(
        self, tmp_path: Path, port: int, implicit: bool
    ) -> None:
        certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
        subprocess.run(
            f"openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -keyout {key} "
            f"-out {certificate} -addext subjectAltName=DNS:localhost",
            shell=True,
            check=True,
            capture_output=True,
        )
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(certificate, key)
        post = Post()
        options: dict[str, Any] = {
            "auth_require_tls": not implicit,
            "auth_required": True,
            "authenticator": lambda *_: AuthResult(success=True),
            "enable_SMTPUTF8": True,
        }
        secured = {"ssl_context": tls} if implicit else {"tls_context": tls, "require_starttls": True}
        controller = Controller(post, hostname="localhost", port=port, **options, **secured)
        controller.start()
        trusted = str(certificate)
        server = Server(
            "localhost", port, "user", "word", starttls=not implicit, tls=implicit, trusted=trusted
        )
        mailer = Mailer(server)
        try:
            for number in range(10):
                await mailer.send(compose(PARTS), f"n{number}@firma.example")
            await mailer.send(compose(PARTS), "jürgen@firma.example")
            wrong = Mailer(Server("localhost", port, "user", "word", starttls=not implicit, tls=implicit))
            with pytest.raises(Undelivered):
                await wrong.send(compose(PARTS), "nina@firma.example")
            assert wrong.failing
        finally:
            await mailer.close()
            controller.stop()
        assert len(post.mails) == 11
        assert len(post.sessions) == 1


class TestAddresses:
    async def test_a_dead_address_is_tried_once_and_listed(
        self, world: World, people: People, post: Post, port: int
    ) -> None:
        post.refuse["lukasz@firma.example"] = "550 5.1.1 no such user"
        await world.schedule()
        with smtp(post, port):
            await world.tell(BOOKED, 2)
            await eventually(world.settled)
            assert (await world.states())["booked_participant"] == State.BOUNCED
            post.refuse.clear()
            await world.reschedule(MOVED, 3)
            await eventually(world.settled)
            assert post.to("lukasz@firma.example") == []
            (listed,) = await world.sending.suppressions.collection.find({})
            assert (listed["person_id"], listed["code"]) == (PARTICIPANT, "550")
            assert await world.sending.suppressions.lift(key_of("Lukasz@firma.example"))
            (bounced,) = await world.notifications.collection.find({"template": "booked_participant"})
            assert await world.notifications.again(bounced["_id"])
            world.dispatcher.wake()
            await eventually(lambda: len(post.to("lukasz@firma.example")) == 1)

    async def test_international_addresses_arrive(
        self, world: World, people: People, post: Post, port: int
    ) -> None:
        people.participants[:] = [contact(PARTICIPANT, "Jörg Häfele", "joerg@häfele.example", "de")]
        await world.schedule()
        with smtp(post, port):
            await world.tell(BOOKED, 2)
            await eventually(world.settled)
        assert len(post.to("joerg@xn--hfele-gra.example")) == 1


class TestUnsubscribing:
    async def test_reminders_are_switched_off_by_one_click_and_bookings_are_not_offered_it(
        self, world: World, post: Post, port: int
    ) -> None:
        due = sessions.SessionReminderDue.model_validate(
            {
                "session_id": SESSION,
                "network_id": NETWORK,
                "days_before": 1,
                "starts_at": "2027-03-10T07:00:00Z",
            }
        )
        await world.schedule()
        with smtp(post, port):
            await world.tell(BOOKED, 2)
            await world.tell(due, 3)
            await eventually(world.settled)
        booked, reminder = post.to("lukasz@firma.example")
        assert booked["List-Unsubscribe"] is None
        assert reminder["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        link = httpx.URL(reminder["List-Unsubscribe"].strip("<>"))
        async with world.api() as client:
            assert "<form" in (await client.get(link.path)).text
            assert (await world.sending.wishes.get(of_person(PARTICIPANT))).wishes == {}
            done = await client.post(link.path, data={"List-Unsubscribe": "One-Click"})
            assert done.status_code == 200
            assert (await client.post(f"{link.path}A")).status_code == 404
        wishes = await world.sending.wishes.get(of_person(PARTICIPANT))
        assert wishes.wishes["reminders"].mode is Mode.OFF


class TestWordings:
    async def test_a_networks_own_wording_is_used_and_interprets_nothing(
        self, mongo: Mongo, world: World, post: Post, port: int
    ) -> None:
        own = Text(subject="{{ topic }} {{7*7}} {% for x in y %}", title="Moin", body=("{{ price }}",))
        await world.sending.wordings.put(NETWORK, "booked_hr", "de", own)
        await world.schedule()
        with smtp(post, port):
            await world.tell(BOOKED, 2)
            await eventually(world.settled)
        (german,), (english,) = post.to("nina@firma.example"), post.to("tom@firma.example")
        assert german["Subject"].endswith("{{7*7}} {% for x in y %}")
        assert "Booking confirmed" in english["Subject"]
