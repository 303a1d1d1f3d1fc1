"""What membership's events about organisations do here."""

from services.courses.organisations.store import Organisations
from shared.events import membership
from shared.events.envelope import Envelope


async def keep_registered(
    event: membership.OrganisationRegistered, envelope: Envelope, *, organisations: Organisations
) -> None:
    """Keep where an organisation sits."""
    await organisations.keep_place(envelope.subject, envelope.sequence, event.ags)


async def keep_size(
    event: membership.SizeDeclared, envelope: Envelope, *, organisations: Organisations
) -> None:
    """Keep an organisation's size class."""
    await organisations.keep_size(envelope.subject, envelope.sequence, event.year, event.sme_class)
