"""What this service listens to about organisations."""

from functools import partial

from services.courses.organisations import handlers
from services.courses.organisations.store import Organisations
from shared.events import membership
from shared.kafka import Consumers

GROUP = "courses.organisations"


def listen(consumers: Consumers, *, organisations: Organisations) -> None:
    """Say which event calls which handler."""
    consumers.handle(
        membership.TOPIC,
        GROUP,
        {
            membership.OrganisationRegistered: partial(handlers.keep_registered, organisations=organisations),
            membership.SizeDeclared: partial(handlers.keep_size, organisations=organisations),
        },
    )
