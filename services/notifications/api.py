"""The routes of notifications."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent

from services.notifications.access import person_of, require_manager
from services.notifications.live import Live
from services.notifications.views import (
    Delivery,
    DeliveryView,
    Folder,
    InboxEntry,
    InboxView,
    Mark,
    UnreadCount,
)
from shared.ids import NetworkId, Ref
from shared.web import Caller, Commanded, Page, Paged

BASE = "/api/notifications/v1"
type EntryId = Annotated[str, Path(max_length=300, pattern=r"^[0-9a-z_:-]+$", description="An entry's `id`")]


def router(inbox: InboxView, deliveries: DeliveryView, live: Live) -> APIRouter:
    """Return the routes under `/api/notifications/v1`."""
    routes = APIRouter(prefix=BASE)

    @routes.get(
        "/inbox", operation_id="get_inbox", tags=["inbox"], summary="Read the own messages, newest first"
    )
    async def get_inbox(
        request: Request, caller: Caller, paging: Paged, folder: Folder = Folder.INBOX
    ) -> Page[InboxEntry]:
        return await inbox.page(person_of(caller), paging, request.state.language, folder)

    @routes.get(
        "/inbox/stream",
        operation_id="stream_inbox",
        tags=["inbox"],
        summary="The own messages, live",
        response_class=EventSourceResponse,
    )
    async def stream_inbox(
        request: Request,
        caller: Caller,
        last_event_id: Annotated[
            str | None, Header(max_length=400, description="The id of the last event that arrived")
        ] = None,
    ) -> AsyncIterator[ServerSentEvent]:
        """Server-sent events named `entry`, from `Last-Event-ID` on or from now on.

        After a break the last seconds may come again; an entry's `id` tells. Ends after 15 minutes, as a token does.
        """
        person_id, language = person_of(caller), request.state.language
        async for document in live.entries(person_id, last_event_id):
            entry = await inbox.entry(document, language)
            yield ServerSentEvent(event="entry", id=document["added"], data=entry)

    @routes.get(
        "/inbox/unread-count",
        operation_id="get_unread_count",
        tags=["inbox"],
        summary="Count the unread messages",
    )
    async def get_unread_count(caller: Caller) -> UnreadCount:
        return await inbox.unread(person_of(caller))

    _marks(routes, inbox)

    @routes.get(
        "/deliveries",
        operation_id="get_deliveries",
        tags=["deliveries"],
        summary="See what became of a network's mails, without addresses",
    )
    async def get_deliveries(
        caller: Caller,
        paging: Paged,
        network_id: Annotated[Ref[NetworkId], Query(description="The network whose mails are meant")],
    ) -> Page[Delivery]:
        require_manager(caller, network_id)
        return await deliveries.page(network_id, paging)

    return routes


def _marks(routes: APIRouter, inbox: InboxView) -> None:
    @routes.post(
        "/inbox/{entry_id}/read",
        operation_id="post_inbox_read",
        tags=["inbox"],
        summary="Mark a message read; repeating it changes nothing",
    )
    async def post_inbox_read(entry_id: EntryId, command: Commanded) -> InboxEntry:
        return await inbox.mark(person_of(command.principal), entry_id, Mark.READ, command.language)

    @routes.post(
        "/inbox/{entry_id}/unread",
        operation_id="post_inbox_unread",
        tags=["inbox"],
        summary="Mark a message unread again",
    )
    async def post_inbox_unread(entry_id: EntryId, command: Commanded) -> InboxEntry:
        return await inbox.mark(person_of(command.principal), entry_id, Mark.UNREAD, command.language)

    @routes.post(
        "/inbox/{entry_id}/archive",
        operation_id="post_inbox_archive",
        tags=["inbox"],
        summary="Put a message away",
    )
    async def post_inbox_archive(entry_id: EntryId, command: Commanded) -> InboxEntry:
        return await inbox.mark(person_of(command.principal), entry_id, Mark.ARCHIVED, command.language)

    @routes.post(
        "/inbox/{entry_id}/restore",
        operation_id="post_inbox_restore",
        tags=["inbox"],
        summary="Take a message out of the archive",
    )
    async def post_inbox_restore(entry_id: EntryId, command: Commanded) -> InboxEntry:
        return await inbox.mark(person_of(command.principal), entry_id, Mark.RESTORED, command.language)
