"""What every mail goes through: who reads it, how it is written, where nothing may be sent."""

from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage

from services.notifications.contacts import Contact, Contacts
from services.notifications.copies import Copies
from services.notifications.digests.store import Bundles
from services.notifications.mail import Mailer, Refused
from services.notifications.preferences.store import Wishes
from services.notifications.suppression import HARD, Suppressions, key_of
from services.notifications.wordings.store import Wordings
from services.notifications.writing import Writer


@dataclass(frozen=True, slots=True)
class Sending:
    """The parts that single mails and digests share."""

    copies: Copies
    contacts: Contacts
    mailer: Mailer
    writer: Writer
    wishes: Wishes
    wordings: Wordings
    bundles: Bundles
    suppressions: Suppressions

    async def send(self, contact: Contact, write: Callable[[], EmailMessage]) -> None:
        """Write and hand over one mail, unless its address is known to be dead.

        Errors: `Refused` for good, and then the address is listed if it does not exist; `Undelivered` for now.
        """
        if await self.suppressions.has(contact.email):
            code = "suppressed"
            raise Refused(code)
        try:
            await self.mailer.send(write(), contact.email)
        except Refused as error:
            if error.code in HARD:
                await self.suppressions.bounced(key_of(contact.email), contact.person_id, error.code)
            raise
