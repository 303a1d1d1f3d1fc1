"""Composition root of notifications."""

from collections.abc import Sequence
from functools import partial

from pydantic import Field, SecretStr

from services.notifications import api, consumers, privacy
from services.notifications.contacts import Contacts
from services.notifications.dispatcher import Dispatcher
from services.notifications.letters import consumers as letters_consumers
from services.notifications.letters import store as letters_store
from services.notifications.letters.sender import Sender
from services.notifications.mail import Mailer, Server
from services.notifications.members import INDEXES as MEMBER_INDEXES
from services.notifications.members import MEMBERS, Members
from services.notifications.store import INDEXES, Copies, Inbox, Notifications
from services.notifications.views import DeliveryView, InboxView
from services.notifications.webhooks.assembly import assemble as assemble_webhooks
from services.notifications.webhooks.domain import RETRY_S
from shared.events.notifications import TOPIC
from shared.process import Service, run
from shared.settings import Role, Settings


class NotificationSettings(Settings):
    """Settings of a notifications process; see `Settings` for the rest."""

    service: str = "notifications"

    smtp_host: str = "127.0.0.1"
    smtp_port: int = Field(1025, ge=1, le=65535)
    smtp_username: str | None = None
    smtp_password: SecretStr | None = None
    smtp_starttls: bool = False
    mail_from: str = "verbundwerk@localhost"

    webhook_allow_loopback: bool = False  # receivers on this machine, http too: for development only
    webhook_retry_s: tuple[float, ...] = RETRY_S
    webhook_ca_file: str | None = None  # certificates to trust beside the usual ones


def build(role: Role, settings: NotificationSettings | None = None) -> Service:
    """Build a process of this service; does no I/O."""
    settings = settings or NotificationSettings(role=role)
    service = Service(
        settings,
        topic=TOPIC,
        title="Verbundwerk: notifications",
        description="Tells people what happened to their bookings: an inbox, and mail in German and English.",
    )
    notifications = Notifications(service.collection("notifications"))
    copies = Copies(*(service.collection(name) for name in ("sessions", "bookings", "policies")))
    inbox = service.collection("inbox")
    for name, indexes in INDEXES.items():
        service.index(name, *indexes)
    members = _members(service)
    _webhooks(service, members, settings)
    service.app.include_router(api.router(InboxView(inbox, copies), DeliveryView(notifications.collection)))
    service.app.include_router(privacy.router(InboxView(inbox, copies)))
    if role == "worker":
        dispatcher = Dispatcher(
            notifications=notifications,
            inbox=Inbox(inbox),
            copies=copies,
            contacts=Contacts(service.peer(settings.membership_url), service.peer(settings.courses_url)),
            mailer=Mailer(_server(settings)),
            sender=settings.mail_from,
            link=f"{settings.public_url.rstrip('/')}/",
        )
        consumers.listen(
            service.consumers,
            notifications=notifications,
            copies=copies,
            members=members,
            wake=dispatcher.wake,
        )
        privacy.listen(service, service.consumers)
        service.background("notifications.dispatch", partial(dispatcher.run, service.stopping))
        _letters(service, settings)
    return service


def _members(service: Service) -> Members:
    service.index(MEMBERS, *MEMBER_INDEXES)
    return Members(service.collection(MEMBERS))


def _webhooks(service: Service, members: Members, settings: NotificationSettings) -> None:
    assemble_webhooks(
        service,
        members,
        loopback=settings.webhook_allow_loopback,
        schedule=settings.webhook_retry_s,
        trusted=settings.webhook_ca_file,
    )


def _letters(service: Service, settings: NotificationSettings) -> None:
    service.index(letters_store.COLLECTION, *letters_store.INDEXES)
    letters = letters_store.Letters(service.collection(letters_store.COLLECTION))
    sender = Sender(
        letters=letters,
        membership=service.peer(settings.membership_url),
        mailer=Mailer(_server(settings)),
        sender=settings.mail_from,
    )
    letters_consumers.listen(service.consumers, letters=letters, wake=sender.wake)
    service.background("notifications.letters", partial(sender.run, service.stopping))


def _server(settings: NotificationSettings) -> Server:
    password = settings.smtp_password
    return Server(
        host=settings.smtp_host,
        port=settings.smtp_port,
        username=settings.smtp_username,
        password=password.get_secret_value() if password is not None else None,
        starttls=settings.smtp_starttls,
    )


def main(arguments: Sequence[str]) -> int:
    """Run one process until SIGTERM; 2 for a wrong role."""
    match list(arguments):
        case ["api" | "worker" as role]:
            run(partial(build, role))
            return 0
        case _:
            return 2
