"""Routes of webhooks: the same ones for a network's and for an organisation's."""

import base64
import secrets as randomness
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import Field, StringConstraints

from services.notifications.webhooks import deliveries_api, domain, handlers, views
from services.notifications.webhooks.access import Owner, Parts, owner_from
from services.notifications.webhooks.destinations import MAX_URL
from services.notifications.webhooks.domain import KIND, Secret, Webhook
from services.notifications.webhooks.views import EventTypeView, SecretView, WebhookView
from shared.clock import epoch_ms, utc_now
from shared.events.notifications import WebhookStop
from shared.ids import WebhookId
from shared.text import Note
from shared.web import Body, Caller, Commanded, Page, Paged

BASE = "/api/notifications/v1"
SECRET_BYTES = 32  # Standard Webhooks: 24 to 64 bytes
OWNERS = ("network", "organisation")

Types = Annotated[list[Annotated[str, StringConstraints(min_length=1, max_length=120)]], Field(max_length=50)]
Url = Annotated[str, Field(min_length=8, max_length=MAX_URL)]
Label = Annotated[Note, Field(max_length=200)]


class NewWebhook(Body):
    """`event_types` holds types, or beginnings of types with a `*`; empty means all."""

    url: Url
    label: Label = ""
    event_types: Types = Field(default_factory=list)


class WebhookChange(Body):
    url: Url | None = None
    label: Label | None = None
    event_types: Types | None = None


class Rotation(Body):
    """For how many hours the old secret goes on signing beside the new one."""

    overlap_hours: Annotated[int, Field(strict=True, ge=0, le=domain.OVERLAP_MAX_H)] = 24


def new_secret() -> str:
    """Return a fresh signing secret."""
    return f"whsec_{base64.b64encode(randomness.token_bytes(SECRET_BYTES)).decode()}"


def router(parts: Parts) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(prefix=BASE, tags=["webhooks"])

    @routes.get(
        "/webhook-event-types", operation_id="get_webhook_event_types", summary="What can be subscribed"
    )
    async def get_webhook_event_types(_caller: Caller) -> list[EventTypeView]:
        return [EventTypeView(type=one, for_members=one in handlers.open_types()) for one in handlers.TYPES]

    for kind in OWNERS:
        base = f"/{kind}s/{{{kind}_id}}/webhooks"
        _collection(routes, parts, kind, base)
        path = f"{base}/{{{kind}_webhook_id}}"
        _single(routes, parts, kind, path)
        _stopping(routes, parts, kind, path)
        _secrets(routes, parts, kind, path)
        deliveries_api.add(routes, parts, kind, path)
    return routes


def _collection(routes: APIRouter, parts: Parts, kind: str, base: str) -> None:
    @routes.post(base, status_code=201, operation_id=f"post_{kind}_webhook", summary="Register a webhook")
    async def post_webhook(
        owner: Annotated[Owner, Depends(owner_from(kind))], body: NewWebhook, command: Commanded
    ) -> WebhookView:
        """The secret that signs has a route of its own."""
        owner.require(command.principal)
        await parts.destinations.check(body.url)
        webhook = Webhook(
            id=WebhookId(command.id_for(KIND)),
            network_id=owner.network_id,
            organisation_id=owner.organisation_id,
            url=body.url,
            label=body.label,
            event_types=tuple(body.event_types),
            secrets=(Secret(value=new_secret()),),
            request=command.cause.fingerprint,
            created_ms=epoch_ms(utc_now()),
        )
        return await parts.view(await handlers.register(webhook, command.cause, webhooks=parts.webhooks))

    @routes.get(base, operation_id=f"get_{kind}_webhooks", summary="List the webhooks")
    async def get_webhooks(
        owner: Annotated[Owner, Depends(owner_from(kind))], caller: Caller, paging: Paged
    ) -> Page[WebhookView]:
        owner.require(caller, reading=True)
        return await views.list_webhooks(
            parts.webhooks,
            parts.health,
            owner.network_id,
            owner.organisation_id,
            paging,
        )


def _single(routes: APIRouter, parts: Parts, kind: str, path: str) -> None:
    @routes.get(path, operation_id=f"get_{kind}_webhook", summary="Read a webhook")
    async def get_webhook(webhook: Annotated[Webhook, Depends(parts.read(kind))]) -> WebhookView:
        return await parts.view(webhook)

    @routes.patch(path, operation_id=f"patch_{kind}_webhook", summary="Change address, label or filter")
    async def patch_webhook(
        webhook: Annotated[Webhook, Depends(parts.steered(kind))], body: WebhookChange, command: Commanded
    ) -> WebhookView:
        if body.url is not None:
            await parts.destinations.check(body.url)
        values = {name: value for name, value in body.model_dump().items() if value is not None}
        if "event_types" in values:
            domain.check_types(values["event_types"], handlers.TYPES)
            values["event_types"] = tuple(values["event_types"])
        outcome = await parts.webhooks.change(
            webhook.id, lambda found: domain.change(found, **values), command.cause
        )
        return await parts.view(outcome.state)

    @routes.delete(
        path,
        status_code=204,
        operation_id=f"delete_{kind}_webhook",
        summary="Remove a webhook, its address and its secrets",
    )
    async def delete_webhook(
        webhook: Annotated[Webhook, Depends(parts.steered(kind))], command: Commanded
    ) -> None:
        await parts.webhooks.change(webhook.id, domain.remove, command.cause)


def _stopping(routes: APIRouter, parts: Parts, kind: str, path: str) -> None:
    @routes.post(
        f"{path}/pause", operation_id=f"post_{kind}_webhook_pause", summary="Stop sending; keep collecting"
    )
    async def post_webhook_pause(
        webhook: Annotated[Webhook, Depends(parts.steered(kind))], command: Commanded
    ) -> WebhookView:
        outcome = await parts.webhooks.change(
            webhook.id, lambda found: domain.stop(found, WebhookStop.BY_HAND), command.cause
        )
        return await parts.view(outcome.state)

    @routes.post(f"{path}/resume", operation_id=f"post_{kind}_webhook_resume", summary="Send again")
    async def post_webhook_resume(
        webhook: Annotated[Webhook, Depends(parts.steered(kind))], command: Commanded
    ) -> WebhookView:
        outcome = await parts.webhooks.change(webhook.id, domain.resume, command.cause)
        return await parts.view(outcome.state)


def _secrets(routes: APIRouter, parts: Parts, kind: str, path: str) -> None:
    @routes.get(
        f"{path}/secrets", operation_id=f"get_{kind}_webhook_secrets", summary="Read the secrets that sign"
    )
    async def get_webhook_secrets(
        webhook: Annotated[Webhook, Depends(parts.steered(kind))],
    ) -> list[SecretView]:
        return views.secret_views(webhook, epoch_ms(utc_now()))

    @routes.post(
        f"{path}/secrets",
        status_code=201,
        operation_id=f"post_{kind}_webhook_secret",
        summary="Take a new secret; the old one signs too for a while",
    )
    async def post_webhook_secret(
        webhook: Annotated[Webhook, Depends(parts.steered(kind))], body: Rotation, command: Commanded
    ) -> list[SecretView]:
        until = epoch_ms(utc_now() + timedelta(hours=body.overlap_hours))
        secret = new_secret()
        outcome = await parts.webhooks.change(
            webhook.id, lambda found: domain.rotate(found, secret, until), command.cause
        )
        return views.secret_views(outcome.state, epoch_ms(utc_now()))
