"""What the routes of webhooks work with, and who may have which webhook."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Path

from services.notifications.access import require_owner
from services.notifications.webhooks import views
from services.notifications.webhooks.destinations import Destinations
from services.notifications.webhooks.domain import KIND, Webhook, WebhookState
from services.notifications.webhooks.store import Health, Queue
from services.notifications.webhooks.views import WebhookView
from shared.auth import Principal
from shared.errors import NotFound
from shared.ids import NetworkId, OrganisationId, Ref, WebhookId
from shared.store import Aggregates
from shared.web import Caller


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose webhooks are meant: exactly one of the two is set."""

    network_id: NetworkId | None = None
    organisation_id: OrganisationId | None = None

    def require(self, principal: Principal, *, reading: bool = False) -> None:
        """Let who may steer pass, or who may read. Errors: `Forbidden` 403, `NotFound` 404."""
        require_owner(principal, self.network_id, self.organisation_id, kind=KIND, reading=reading)


def owner_from(kind: str) -> Callable[..., Awaitable[Owner]]:
    """Return the dependency that reads the owner out of the path."""

    async def network(network_id: Ref[NetworkId]) -> Owner:
        return Owner(network_id=network_id)

    async def organisation(organisation_id: Ref[OrganisationId]) -> Owner:
        return Owner(organisation_id=organisation_id)

    return network if kind == "network" else organisation


@dataclass(frozen=True, slots=True)
class Parts:
    """What the routes work with."""

    webhooks: Aggregates[Webhook]
    queue: Queue
    health: Health
    destinations: Destinations

    def steered(self, kind: str) -> Callable[..., Awaitable[Webhook]]:
        """Return the dependency that gives the path's webhook to who may steer it."""
        return self._webhook_of(kind, reading=False)

    def read(self, kind: str) -> Callable[..., Awaitable[Webhook]]:
        """Return the dependency that gives the path's webhook to who may read it."""
        return self._webhook_of(kind, reading=True)

    def _webhook_of(self, kind: str, *, reading: bool) -> Callable[..., Awaitable[Webhook]]:
        async def webhook_of(
            owner: Annotated[Owner, Depends(owner_from(kind))],
            webhook_id: Annotated[Ref[WebhookId], Path(alias=f"{kind}_webhook_id")],
            caller: Caller,
        ) -> Webhook:
            owner.require(caller, reading=reading)
            webhook = await self.webhooks.get(webhook_id)
            found = Owner(webhook.network_id, webhook.organisation_id)
            if found != owner or webhook.state is WebhookState.REMOVED:
                raise NotFound(kind=KIND)
            return webhook

        return webhook_of

    async def view(self, webhook: Webhook) -> WebhookView:
        """Return the webhook with its last tries."""
        return views.webhook_view(webhook, (await self.health.last([webhook.id])).get(webhook.id))
