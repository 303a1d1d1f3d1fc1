"""Routes of what was sent to a webhook, and of sending it again."""

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from pydantic import AwareDatetime

from services.notifications.webhooks import domain, handlers, views
from services.notifications.webhooks.access import Parts
from services.notifications.webhooks.domain import PING, Replay, Webhook
from services.notifications.webhooks.store import EVENTS_KEPT_DAYS, MessageState
from services.notifications.webhooks.views import MessageView, WebhookView
from shared.clock import epoch_ms, utc_now
from shared.errors import Invalid, NotFound
from shared.mongo import Document
from shared.web import Body, Commanded, Page, Paged


class Redelivery(Body):
    """`since`: at most 30 days back. Everything from then on is sent again, in order."""

    since: AwareDatetime
    failed_only: bool = False


def add(routes: APIRouter, parts: Parts, kind: str, path: str) -> None:
    """Add the routes of the delivery log."""
    _log(routes, parts, kind, path)
    _sending(routes, parts, kind, path)


def _log(routes: APIRouter, parts: Parts, kind: str, path: str) -> None:
    @routes.get(
        f"{path}/deliveries", operation_id=f"get_{kind}_webhook_deliveries", summary="The delivery log"
    )
    async def get_webhook_deliveries(
        webhook: Annotated[Webhook, Depends(parts.read(kind))],
        paging: Paged,
        state: MessageState | None = None,
    ) -> Page[MessageView]:
        return await views.list_messages(parts.queue.messages, webhook.id, paging, state)

    @routes.post(
        f"{path}/deliveries/{{{kind}_message_id}}/retry",
        operation_id=f"post_{kind}_webhook_retry",
        summary="Send one message again, out of order",
    )
    async def post_webhook_retry(
        webhook: Annotated[Webhook, Depends(parts.steered(kind))],
        message_id: Annotated[
            str, Path(alias=f"{kind}_message_id", max_length=200, pattern=r"^[0-9a-z:-]+$")
        ],
        _command: Commanded,
    ) -> MessageView:
        found = await _message(webhook.id, message_id, parts)
        if found["state"] != MessageState.PENDING:
            await parts.queue.add(webhook.id, _event_of(found), again=True)
        return views.message_view(await _message(webhook.id, message_id, parts))


def _sending(routes: APIRouter, parts: Parts, kind: str, path: str) -> None:
    @routes.post(
        f"{path}/pings",
        status_code=202,
        operation_id=f"post_{kind}_webhook_ping",
        summary="Send a test message, also to a paused webhook; the delivery log shows the answer",
    )
    async def post_webhook_ping(
        webhook: Annotated[Webhook, Depends(parts.steered(kind))], command: Commanded
    ) -> MessageView:
        event = ping(command.id_for("ping"), webhook.id, utc_now())
        await parts.queue.add(webhook.id, event)
        return views.message_view(await _message(webhook.id, f"{webhook.id}:{event['_id']}", parts))

    @routes.post(
        f"{path}/redeliveries",
        status_code=202,
        operation_id=f"post_{kind}_webhook_redelivery",
        summary="Send everything since a point in time again",
    )
    async def post_webhook_redelivery(
        webhook: Annotated[Webhook, Depends(parts.steered(kind))], body: Redelivery, command: Commanded
    ) -> WebhookView:
        now = utc_now()
        if not now - timedelta(days=EVENTS_KEPT_DAYS) <= body.since <= now:
            raise Invalid(
                pointer="#/since",
                reason_en=f"Choose an instant of the last {EVENTS_KEPT_DAYS} days.",
                reason_de=f"Wählen Sie einen Zeitpunkt der letzten {EVENTS_KEPT_DAYS} Tage.",
            )
        replay = Replay(since_ms=epoch_ms(body.since), asked_ms=epoch_ms(now), failed_only=body.failed_only)
        outcome = await parts.webhooks.change(
            webhook.id, lambda found: domain.redeliver(found, replay), command.cause
        )
        return await parts.view(outcome.state)


def ping(ping_id: str, webhook_id: str, at: datetime) -> Document:
    """Return a test message in the shape of a logged event; its body is kept with it."""
    subject = f"ping-{ping_id}"
    event = {
        "_id": f"{subject}:1",
        "type": PING,
        "subject": subject,
        "sequence": 1,
        "occurred": epoch_ms(at),
        "sort": f"{epoch_ms(at):013d}-{subject}",
        "time": at.isoformat().replace("+00:00", "Z"),
        "data": f'{{"webhook_id":"{webhook_id}"}}',
    }
    return {**event, "body": handlers.body_of(event)}


def _event_of(message: Document) -> Document:
    kept = ("type", "sequence", "occurred", "sort")
    _, _, subject = message["lane"].partition(":")
    event = {**{name: message[name] for name in kept}, "_id": message["event_id"], "subject": subject}
    return event if message["body"] is None else {**event, "body": message["body"]}


async def _message(webhook_id: str, message_id: str, parts: Parts) -> Document:
    found = await parts.queue.messages.find_one({"_id": message_id, "webhook_id": webhook_id})
    if found is None:
        raise NotFound(kind="delivery")
    return found
