"""One notification in words for one reader: the mail's text, HTML and calendar entry."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from typing import Any

from services.notifications import invitations, texts
from services.notifications.contacts import Contact
from services.notifications.digests import writing as digest_writing
from services.notifications.domain import Audience
from services.notifications.invitations import Entry, Guest
from services.notifications.layout import Page, lay_out
from services.notifications.mail import Parts, compose, deliverable
from services.notifications.preferences.domain import Choice
from services.notifications.preferences.store import kinds
from services.notifications.texts import Reader, Rendered, Session, Text
from services.notifications.unsubscribe import Links
from shared.ids import derived_id
from shared.mongo import Document
from shared.telemetry import trace_id

_CANCELS = {"cancelled_participant", "session_cancelled_participant"}


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes mails; `sender` is our address, `link` where readers find their bookings."""

    sender: str
    link: str
    links: Links

    def mail(
        self,
        document: Mapping[str, Any],
        session: Session | None,
        contact: Contact,
        *,
        participant: str | None = None,
        own: Mapping[str, Text] | None = None,
        at: datetime,
    ) -> EmailMessage:
        """Return the mail; `own` is a network's wording by language. Errors: `Refused` for a bad address."""
        language = texts.language_for(contact.locale)
        facts = document["facts"]
        values = texts.context(facts, session, language, at)
        written = texts.render(document["template"], language, values, (own or {}).get(language))
        pays = document["audience"] == Audience.COMPANY_HR
        reader = Reader(contact.name, language, participant, pays)
        unsubscribe = self._unsubscribe(contact.person_id, document.get("kind", "bookings"))
        page = self._page(
            written,
            reader,
            texts.facts_of(session, facts, document["booking_id"], reader),
            unsubscribe,
            "footer_general" if document["booking_id"] is None else "footer",
        )
        key = f"{document['_id']}:{contact.person_id}"
        calendar = self._entry(document, session, contact, language, at)
        return compose(self._parts(key, contact, page, at, calendar, unsubscribe))

    def digest(
        self, key: str, items: list[Document], sessions: dict[str, Session], contact: Contact, at: datetime
    ) -> EmailMessage:
        """Return one mail for everything that waited. Errors: `Refused` for a bad address."""
        language = texts.language_for(contact.locale)
        written = digest_writing.rendered(items, language)
        reader = Reader(contact.name, language)
        page = self._page(written, reader, digest_writing.facts_of(items, sessions, language, at))
        return compose(self._parts(f"{key}:{contact.person_id}", contact, page, at, None, None))

    def _page(
        self,
        written: Rendered,
        reader: Reader,
        facts: list[tuple[str, list[str]]],
        unsubscribe: str | None = None,
        footer: str = "footer_general",
    ) -> Page:
        words = texts.texts(reader.language).words
        return Page(
            language=reader.language,
            words=words,
            subject=written.subject,
            title=written.title,
            paragraphs=written.paragraphs,
            name=reader.name,
            facts=facts,
            link=self.link,
            button=words["open"],
            footer=words[footer],
            unsubscribe=unsubscribe,
        )

    def _parts(
        self,
        key: str,
        contact: Contact,
        page: Page,
        at: datetime,
        calendar: Entry | None,
        unsubscribe: str | None,
    ) -> Parts:
        return Parts(
            key=key,
            sender=self.sender,
            name=contact.name,
            address=contact.email,
            subject=page.subject,
            text=lay_out("txt", page),
            html=lay_out("html", page),
            language=page.language,
            trace_id=trace_id(),
            at=at,
            calendar=calendar,
            unsubscribe=unsubscribe,
        )

    def _unsubscribe(self, person_id: str, kind: str) -> str | None:
        known = kinds().get(kind)
        if known is None or known.choice is Choice.MANDATORY:
            return None
        return self.links.make(person_id, kind)

    def _entry(
        self,
        document: Mapping[str, Any],
        session: Session | None,
        contact: Contact,
        language: str,
        at: datetime,
    ) -> Entry | None:
        facts = document["facts"]
        # Who waits, or only waited, has nothing in the calendar.
        if not document.get("invite") or session is None or facts.get("waiting"):
            return None
        if facts.get("was_confirmed") is False or document["booking_id"] is None:
            return None
        domain = self.sender.rpartition("@")[2] or "localhost"
        return invitations.entry(
            f"{derived_id('calendar', document['booking_id'])}@{domain}",
            session,
            sequence=document["sequence"],
            cancelled=document["template"] in _CANCELS,
            language=language,
            at=at,
            link=self.link,
            guest=Guest(contact.name, deliverable(contact.email), self.sender),
        )
