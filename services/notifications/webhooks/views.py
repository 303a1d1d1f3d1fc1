"""What owners see of their webhooks."""

from datetime import UTC, datetime

from services.notifications.webhooks.domain import Webhook, WebhookState
from services.notifications.webhooks.store import Health, MessageState, owner_of
from shared.events.notifications import WebhookStop
from shared.mongo import Collection, Document
from shared.store import Aggregates
from shared.web import Page, Paging, View, page_of


class WebhookView(View):
    """One webhook; `last_success_at` and `last_failure_at` are of the last tries, `last_error` of the last failure."""

    id: str
    network_id: str | None
    organisation_id: str | None
    url: str
    label: str
    event_types: list[str]
    state: WebhookState
    stopped_by: WebhookStop | None
    redelivering: bool
    created_at: datetime
    last_success_at: datetime | None = None
    last_failure_at: datetime | None = None
    last_error: str | None = None


class SecretView(View):
    """A secret that signs; `valid_until` is null for the present one."""

    secret: str
    valid_until: datetime | None


class Attempt(View):
    """One try: the receiver's status, or `error` says why there is none; `ms` is how long it took."""

    at: datetime
    ms: int
    status: int | None
    error: str | None


class MessageView(View):
    """An event on its way to a webhook; the last 20 tries are shown."""

    id: str
    event_id: str
    type: str
    occurred_at: datetime
    state: MessageState
    tries: int
    attempts: list[Attempt]


class EventTypeView(View):
    """`for_members`: an organisation's webhook gets it for every network in which it is an active member."""

    type: str
    for_members: bool


def moment(ms: int | None) -> datetime | None:
    """Return the instant of a millisecond count."""
    return None if ms is None else datetime.fromtimestamp(ms / 1000, UTC)


def webhook_view(webhook: Webhook, health: Document | None = None) -> WebhookView:
    """Return what may be seen of a webhook."""
    last = health or {}
    return WebhookView(
        **webhook.model_dump(include={"id", "network_id", "organisation_id", "url", "label", "state"}),
        event_types=list(webhook.event_types),
        stopped_by=webhook.stopped_by,
        redelivering=webhook.replay is not None,
        created_at=datetime.fromtimestamp(webhook.created_ms / 1000, UTC),
        last_success_at=moment(last.get("ok")),
        last_failure_at=moment(last.get("bad")),
        last_error=last.get("error"),
    )


def secret_views(webhook: Webhook, now_ms: int) -> list[SecretView]:
    """Return the secrets that sign now."""
    return [
        SecretView(secret=one.value, valid_until=moment(one.until_ms))
        for one in webhook.secrets
        if one.until_ms is None or one.until_ms > now_ms
    ]


async def list_webhooks(
    webhooks: Aggregates[Webhook],
    health: Health,
    network_id: str | None,
    organisation_id: str | None,
    paging: Paging,
) -> Page[WebhookView]:
    """Return an owner's webhooks, newest first, without removed ones."""
    where = {"owner": owner_of(network_id, organisation_id), "status": {"$ne": WebhookState.REMOVED.value}}
    page = await page_of(
        webhooks.collection, where, paging, lambda found: Webhook.model_validate(found["state"])
    )
    last = await health.last([one.id for one in page.items])
    return Page(
        items=[webhook_view(one, last.get(one.id)) for one in page.items], next_cursor=page.next_cursor
    )


async def list_messages(
    messages: Collection, webhook_id: str, paging: Paging, state: MessageState | None
) -> Page[MessageView]:
    """Return the delivery log, newest event first."""
    where: Document = {"webhook_id": webhook_id}
    if state is not None:
        where["state"] = state.value
    return await page_of(messages, where, paging, message_view)


def message_view(document: Document) -> MessageView:
    """Return a message with its tries."""
    return MessageView(
        id=document["_id"],
        event_id=document["event_id"],
        type=document["type"],
        occurred_at=datetime.fromtimestamp(document["occurred"] / 1000, UTC),
        state=document["state"],
        tries=document["tries"],
        attempts=[
            Attempt(
                at=datetime.fromtimestamp(one["at"] / 1000, UTC),
                ms=one["ms"],
                status=one["status"],
                error=one["error"],
            )
            for one in document["attempts"]
        ],
    )
