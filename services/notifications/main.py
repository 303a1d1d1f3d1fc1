"""Composition root of notifications."""

from collections.abc import Sequence
from functools import partial

from pydantic import Field, SecretStr

from services.notifications import api, consumers, privacy
from services.notifications.contacts import Contacts
from services.notifications.copies import Copies
from services.notifications.digests.sender import DigestSender
from services.notifications.digests.store import COLLECTION as BUNDLES
from services.notifications.digests.store import INDEXES as BUNDLE_INDEXES
from services.notifications.digests.store import Bundles
from services.notifications.dispatcher import Dispatcher
from services.notifications.feeds import api as feeds_api
from services.notifications.feeds.store import COLLECTION as FEEDS
from services.notifications.feeds.store import INDEXES as FEED_INDEXES
from services.notifications.feeds.store import Feeds
from services.notifications.handlers import Parts
from services.notifications.letters import consumers as letters_consumers
from services.notifications.letters import store as letters_store
from services.notifications.letters.sender import Sender
from services.notifications.live import Live
from services.notifications.lookups import Lookups
from services.notifications.mail import Mailer, Server
from services.notifications.members import INDEXES as MEMBER_INDEXES
from services.notifications.members import MEMBERS, Members
from services.notifications.operations import api as operations_api
from services.notifications.operations.metrics import measure
from services.notifications.preferences import api as preferences_api
from services.notifications.preferences.store import COLLECTION as WISHES
from services.notifications.preferences.store import Wishes
from services.notifications.sending import Sending
from services.notifications.store import INDEXES, Inbox, Notifications
from services.notifications.suppression import COLLECTION as SUPPRESSIONS
from services.notifications.suppression import INDEXES as SUPPRESSION_INDEXES
from services.notifications.suppression import Suppressions
from services.notifications.unsubscribe import Links
from services.notifications.views import DeliveryView, InboxView
from services.notifications.webhooks.assembly import assemble as assemble_webhooks
from services.notifications.webhooks.domain import RETRY_S
from services.notifications.wordings import api as wordings_api
from services.notifications.wordings.store import COLLECTION as WORDINGS
from services.notifications.wordings.store import Wordings
from services.notifications.writing import Writer
from shared.events.notifications import TOPIC
from shared.process import Service, run
from shared.settings import Role, Settings

ALL_INDEXES = {
    **INDEXES,
    BUNDLES: BUNDLE_INDEXES,
    SUPPRESSIONS: SUPPRESSION_INDEXES,
    FEEDS: (*FEED_INDEXES, (("hash", 1),)),
}


class NotificationSettings(Settings):
    """Settings of a notifications process; see `Settings` for the rest."""

    service: str = "notifications"

    smtp_host: str = "127.0.0.1"
    smtp_port: int = Field(1025, ge=1, le=65535)
    smtp_username: str | None = None
    smtp_password: SecretStr | None = None
    smtp_starttls: bool = False
    smtp_tls: bool = False  # TLS from the first byte (port 465) instead
    smtp_ca_file: str | None = None  # certificates to trust beside the usual ones
    smtp_connections: int = Field(4, ge=1, le=50)
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
    for name, indexes in ALL_INDEXES.items():
        service.index(name, *indexes)
    notifications = Notifications(service.collection("notifications"))
    members = _members(service)
    sending = _sending(service, settings)
    _webhooks(service, members, settings)
    _routes(service, settings, notifications, sending)
    if role == "worker":
        _worker(service, notifications, members, sending)
        _letters(service, settings)
    return service


def _sending(service: Service, settings: NotificationSettings) -> Sending:
    links = Links(settings.service_client_secret, settings.public_url)
    return Sending(
        copies=Copies(*(service.collection(name) for name in ("sessions", "bookings", "policies"))),
        contacts=Contacts(Lookups(service.peer(settings.membership_url)), service.peer(settings.courses_url)),
        mailer=Mailer(_server(settings)),
        writer=Writer(settings.mail_from, f"{settings.public_url.rstrip('/')}/", links),
        wishes=Wishes(service.collection(WISHES)),
        wordings=Wordings(service.collection(WORDINGS)),
        bundles=Bundles(service.collection(BUNDLES)),
        suppressions=Suppressions(service.collection(SUPPRESSIONS)),
    )


def _routes(
    service: Service, settings: NotificationSettings, notifications: Notifications, sending: Sending
) -> None:
    inbox, copies = service.collection("inbox"), sending.copies
    view = InboxView(inbox, copies)
    live = Live(inbox, service.stopping.is_set)
    mail_domain = settings.mail_from.rpartition("@")[2]
    feeds = feeds_api.Parts(Feeds(service.collection(FEEDS)), copies, inbox, settings.public_url, mail_domain)
    for router in (
        api.router(view, DeliveryView(notifications.collection), live),
        privacy.router(view, {name: service.collection(name) for name in privacy.SHOWN}),
        preferences_api.router(sending.wishes, sending.writer.links),
        wordings_api.router(sending.wordings, sending.writer),
        feeds_api.router(feeds),
        operations_api.router(notifications, service.collection("webhook_messages"), sending.suppressions),
    ):
        service.app.include_router(router)


def _worker(service: Service, notifications: Notifications, members: Members, sending: Sending) -> None:
    inbox = Inbox(service.collection("inbox"))
    dispatcher = Dispatcher(notifications=notifications, inbox=inbox, sending=sending)
    privacy.listen(service, service.consumers)
    consumers.listen(service.consumers, Parts(notifications, sending.copies, members, dispatcher.wake))
    service.background("notifications.dispatch", partial(dispatcher.run, service.stopping))
    service.background("notifications.digests", partial(DigestSender(sending).run, service.stopping))
    measured = (notifications.collection, service.collection("webhook_messages"), service.pause)
    service.background("notifications.measure", partial(measure, *measured))


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
        tls=settings.smtp_tls,
        trusted=settings.smtp_ca_file,
        connections=settings.smtp_connections,
    )


def main(arguments: Sequence[str]) -> int:
    """Run one process until SIGTERM; 2 for a wrong role."""
    match list(arguments):
        case ["api" | "worker" as role]:
            run(partial(build, role))
            return 0
        case _:
            return 2
