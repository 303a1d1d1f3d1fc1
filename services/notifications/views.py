"""What people and managers read."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from services.notifications import texts
from services.notifications.copies import Copies
from services.notifications.domain import Audience, State, Urgency
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
    session_id: str | None
    booking_id: str | None
    network_id: str | None
    created_at: datetime
    read_at: datetime | None
    archived: bool


class Folder(StrEnum):
    """Which messages are meant: all that are not archived, the unread ones of these, or the archived ones."""

    INBOX = "inbox"
    UNREAD = "unread"
    ARCHIVED = "archived"


class Mark(StrEnum):
    """What a person does with a message."""

    READ = "read"
    UNREAD = "unread"
    ARCHIVED = "archived"
    RESTORED = "restored"


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
    session_id: str | None
    booking_id: str | None
    organisation_id: str | None
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

    async def page(
        self, person_id: str, paging: Paging, language: str, folder: Folder | None = None
    ) -> Page[InboxEntry]:
        """Return the person's entries, newest first; `folder` None means every one."""
        where: Document = {"person_id": person_id, **_FOLDERS.get(folder, {})}
        page = await page_of(self._collection, where, paging, lambda document: document)
        known = await self._copies.sessions([one["session_id"] for one in page.items if one["session_id"]])
        return Page(
            items=[_entry(one, known.get(one["session_id"]), language) for one in page.items],
            next_cursor=page.next_cursor,
        )

    async def unread(self, person_id: str) -> UnreadCount:
        """Return the number of unread entries."""
        return UnreadCount(unread=await self._collection.count({"person_id": person_id, "unread": True}))

    async def mark(self, person_id: str, entry_id: str, mark: Mark, language: str) -> InboxEntry:
        """Mark an entry; the first reading stays. Errors: `NotFound` 404, also for another's entry."""
        mine: Document = {"_id": entry_id, "person_id": person_id}
        now = epoch_ms(self._clock())
        where, values = {
            Mark.READ: ({"unread": True}, {"unread": False, "read_at": now}),
            Mark.UNREAD: ({"unread": False}, {"unread": True, "read_at": None}),
            Mark.ARCHIVED: ({}, {"archived": True, "unread": False}),
            Mark.RESTORED: ({}, {"archived": False}),
        }[mark]
        await self._collection.update_one({**mine, **where}, {"$set": values})
        document = await self._collection.find_one(mine)
        if document is None:
            raise NotFound(kind="inbox-entry")
        return await self.entry(document, language)

    async def entry(self, document: Document, language: str) -> InboxEntry:
        """Return one entry in words."""
        session = await self._copies.session(document["session_id"]) if document["session_id"] else None
        return _entry(document, session, language)


_FOLDERS: dict[Folder | None, Document] = {
    Folder.INBOX: {"archived": {"$ne": True}},
    Folder.UNREAD: {"unread": True},
    Folder.ARCHIVED: {"archived": True},
}


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
        archived=bool(document.get("archived")),
    )


def _words(document: Document, session: Session | None, language: str) -> tuple[str, str]:
    if (
        session is None and document["session_id"] is not None
    ):  # the copies are being rebuilt; the title needs no session
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
        return await page_of(self._collection, {"network_id": network_id}, paging, delivery_view)


def delivery_view(document: Document) -> Delivery:
    """Return the state of one notification's mail."""
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
