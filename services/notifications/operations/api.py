"""Routes for the person in charge of the post office."""

from typing import Annotated

from fastapi import APIRouter, Path

from services.notifications.access import require_manager
from services.notifications.domain import State
from services.notifications.operations import views
from services.notifications.operations.views import MailHealth, SuppressionView
from services.notifications.store import Notifications
from services.notifications.suppression import Suppressions
from services.notifications.views import Delivery, delivery_view
from shared.auth import Principal
from shared.errors import Forbidden, NotFound, WrongState
from shared.mongo import Collection
from shared.web import Caller, Commanded, Page, Paged

BASE = "/api/notifications/v1"
type DeliveryId = Annotated[
    str, Path(max_length=300, pattern=r"^[0-9a-z_:-]+$", description="A delivery's `id`")
]
type SuppressionId = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]


def router(notifications: Notifications, messages: Collection, suppressions: Suppressions) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(prefix=BASE, tags=["operations"])

    @routes.get(
        "/mail-health",
        operation_id="get_mail_health",
        summary="How much mail waits, what failed and why",
    )
    async def get_mail_health(caller: Caller) -> MailHealth:
        _require_admin(caller)
        return await views.mail_health(notifications.collection, messages)

    @routes.post(
        "/deliveries/{delivery_id}/retry",
        operation_id="post_delivery_retry",
        summary="Send parked, bounced or undeliverable mail again, to those who have not got it",
    )
    async def post_delivery_retry(delivery_id: DeliveryId, command: Commanded) -> Delivery:
        found = await notifications.collection.find_one({"_id": delivery_id})
        if found is None:
            raise NotFound(kind="delivery")
        if found["network_id"] is None:
            _require_admin(command.principal)
        else:
            require_manager(command.principal, found["network_id"], "delivery")
        if not await notifications.again(delivery_id):
            state = State(found["state"])
            if state not in {State.QUEUED, State.FAILED}:
                raise WrongState(kind="delivery", state=state)
        document = await notifications.collection.find_one({"_id": delivery_id})
        return delivery_view(document or found)

    @routes.get(
        "/suppressions", operation_id="get_suppressions", summary="Addresses to which nothing is sent"
    )
    async def get_suppressions(caller: Caller, paging: Paged) -> Page[SuppressionView]:
        _require_admin(caller)
        return await views.list_suppressions(suppressions, paging)

    @routes.delete(
        "/suppressions/{suppression_id}",
        status_code=204,
        operation_id="delete_suppression",
        summary="Send to this address again",
    )
    async def delete_suppression(suppression_id: SuppressionId, command: Commanded) -> None:
        _require_admin(command.principal)
        if not await suppressions.lift(suppression_id):
            raise NotFound(kind="suppression")

    return routes


def _require_admin(principal: Principal) -> None:
    if not principal.is_admin:
        raise Forbidden
