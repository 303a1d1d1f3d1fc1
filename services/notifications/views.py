"""What people and managers read."""

from datetime import UTC, datetime
from typing import Any

from services.notifications import texts
from services.notifications.domain import Audience, State, Urgency
from services.notifications.store import Copies
from services.notifications.texts import Session
from shared.clock import Clock, epoch_ms, utc_now
from shared.errors import NotFound
from shared.mongo import Collection, Document
from shared.web import Page, Paging, View, page_of


class InboxEntry(View):
    """One message to the person who asks, in words; `read_at` is null while it is unread."""

    id: str
    template: str
    urgency: Urgency
    title: str
    text: str
    session_id: str
    booking_id: str | None
    network_id: str
    created_at: datetime
    read_at: datetime | None


class UnreadCount(View):
    """How many inbox entries are unread."""

    unread: int


class Delivery(View):
    """The state of one notification's mail; `accepted` and `refused` count recipients.

    `error` is an SMTP reply code or a word of ours.
    """

    id: str
    template: str
    audience: Audience
    state: State
    session_id: str
    booking_id: str | None
    organisation_id: str
    created_at: datetime
    next_try_at: datetime | None
    settled_at: datetime | None
    tries: int
    accepted: int
    refused: int
    error: str | None


def _moment(ms: int | None) -> datetime | None:
    return None if ms is None else datetime.fromtimestamp(ms / 1000, UTC)


class InboxView:
    """Reads and marks the entries of one person at a time."""

    def __init__(self, collection: Collection, copies: Copies, *, clock: Clock = utc_now) -> None:
        self._collection = collection
        self._copies = copies
        self._clock = clock

    async def page(self, person_id: str, paging: Paging, language: str) -> Page[InboxEntry]:
        """Return the person's entries, newest first."""
        page = await page_of(self._collection, {"person_id": person_id}, paging, lambda document: document)
        known = await self._copies.sessions([document["session_id"] for document in page.items])
        return Page(
            items=[_entry(one, known.get(one["session_id"]), language) for one in page.items],
            next_cursor=page.next_cursor,
        )

    async def unread(self, person_id: str) -> UnreadCount:
        """Return the number of unread entries."""
        return UnreadCount(unread=await self._collection.count({"person_id": person_id, "unread": True}))

    async def mark_read(self, person_id: str, entry_id: str, language: str) -> InboxEntry:
        """Mark an entry read; the first time stays. Errors: `NotFound` 404, also for another's entry."""
        mine = {"_id": entry_id, "person_id": person_id}
        await self._collection.update_one(
            {**mine, "unread": True}, {"$set": {"unread": False, "read_at": epoch_ms(self._clock())}}
        )
        document = await self._collection.find_one(mine)
        if document is None:
            raise NotFound(kind="inbox-entry")
        return _entry(document, await self._copies.session(document["session_id"]), language)


def _entry(document: Document, session: Session | None, language: str) -> InboxEntry:
    title, text = _words(document, session, language)
    return InboxEntry(
        id=document["_id"],
        template=document["template"],
        urgency=document["urgency"],
        title=title,
        text=text,
        session_id=document["session_id"],
        booking_id=document["booking_id"],
        network_id=document["network_id"],
        created_at=datetime.fromtimestamp(document["created"] / 1000, UTC),
        read_at=_moment(document["read_at"]),
    )


def _words(document: Document, session: Session | None, language: str) -> tuple[str, str]:
    if session is None:  # the copies are being rebuilt; the title needs no session
        return texts.texts(language).templates[document["template"]].title, ""
    at = datetime.fromtimestamp(document["created"] / 1000, UTC)
    values: dict[str, Any] = texts.context(document["facts"], session, language, at)
    written = texts.render(document["template"], language, values)
    return written.title, "\n\n".join(written.paragraphs)


class DeliveryView:
    """Reads the states of a network's mails."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection

    async def page(self, network_id: str, paging: Paging) -> Page[Delivery]:
        """Return the network's notifications, newest first."""
        return await page_of(self._collection, {"network_id": network_id}, paging, _delivery)


def _delivery(document: Document) -> Delivery:
    state = State(document["state"])
    waiting = state in {State.QUEUED, State.FAILED}
    return Delivery(
        id=document["_id"],
        template=document["template"],
        audience=document["audience"],
        state=state,
        session_id=document["session_id"],
        booking_id=document["booking_id"],
        organisation_id=document["organisation_id"],
        created_at=datetime.fromtimestamp(document["created"] / 1000, UTC),
        next_try_at=_moment(document["due"]) if waiting else None,
        settled_at=None if waiting else _moment(document.get("settled")),
        tries=document["tries"],
        accepted=len(document["done"]),
        refused=len(document["refused"]),
        error=document["error"],
    )
