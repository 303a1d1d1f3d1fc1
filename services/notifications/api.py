"""The routes of notifications."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request

from services.notifications.views import Delivery, DeliveryView, InboxEntry, InboxView, UnreadCount
from shared.auth import Principal
from shared.errors import Forbidden, NotFound
from shared.ids import NetworkId, Ref
from shared.web import Caller, Commanded, Page, Paged

BASE = "/api/notifications/v1"
type EntryId = Annotated[str, Path(max_length=300, pattern=r"^[0-9a-z_:-]+$", description="An entry's `id`")]


def router(inbox: InboxView, deliveries: DeliveryView) -> APIRouter:
    """Return the routes under `/api/notifications/v1`."""
    routes = APIRouter(prefix=BASE)

    @routes.get(
        "/inbox", operation_id="get_inbox", tags=["inbox"], summary="Read the own messages, newest first"
    )
    async def get_inbox(request: Request, caller: Caller, paging: Paged) -> Page[InboxEntry]:
        return await inbox.page(_person(caller), paging, request.state.language)

    @routes.get(
        "/inbox/unread-count",
        operation_id="get_unread_count",
        tags=["inbox"],
        summary="Count the unread messages",
    )
    async def get_unread_count(caller: Caller) -> UnreadCount:
        return await inbox.unread(_person(caller))

    @routes.post(
        "/inbox/{entry_id}/read",
        operation_id="post_inbox_read",
        tags=["inbox"],
        summary="Mark a message read; repeating it changes nothing",
    )
    async def post_inbox_read(entry_id: EntryId, command: Commanded) -> InboxEntry:
        return await inbox.mark_read(_person(command.principal), entry_id, command.language)

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
        _require_manager(caller, network_id)
        return await deliveries.page(network_id, paging)

    return routes


def _person(principal: Principal) -> str:
    if principal.kind != "person":
        raise Forbidden
    return principal.id


def _require_manager(principal: Principal, network_id: str) -> None:
    if principal.is_admin or principal.manages(network_id):
        return
    # Only who belongs to the network may learn that it exists.
    if network_id in principal.networks:
        raise Forbidden
    raise NotFound(kind="network")
