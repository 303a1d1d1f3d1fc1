"""What notifications holds about a person: shown to the service that answers the person, deleted on erasure."""

from collections.abc import Mapping
from functools import partial
from typing import Protocol

from fastapi import APIRouter, Request

from services.notifications.views import InboxEntry, InboxView
from shared.clock import Clock, epoch_ms, utc_now
from shared.decisions import Change
from shared.errors import NotFound
from shared.events import membership
from shared.events.envelope import Envelope, Value
from shared.events.erasures import PersonErased, PersonForgotten
from shared.ids import ErasureId, PersonId, Ref, derived_id
from shared.kafka import Consumers
from shared.mongo import Collection
from shared.process import Service
from shared.store import Aggregates, Cause
from shared.traces import SCOPE, Shown, Trace, add_traces_route, traces_of
from shared.web import Caller, Page, Paged

GROUP = "notifications.privacy"
# Collection -> the field that names the person. A new one that holds something about people is added here.
HELD = dict.fromkeys(("inbox", "preferences", "bundles", "feeds", "suppressions"), "person_id")
# What a person is shown of each; the inbox has a route of its own, with its words. A feed's secret is its `hash`.
SHOWN = {
    "preferences": Shown("person_id", ("wishes",)),
    "bundles": Shown("person_id", ("due", "state", "items")),
    "feeds": Shown("person_id", ("created_ms", "language")),
    "suppressions": Shown("person_id", ("since", "code")),
}


class Forgetting(Value):
    """What notifications deleted for one erasure: the proof, without the person."""

    id: str
    erasure_id: ErasureId
    deleted: int
    at_ms: int


class Asked(Protocol):
    """Membership's API."""

    async def get(self, path: str) -> Mapping[str, str]:
        """GET. Errors: `NotFound` 404, `PeerDown` 503."""


def router(inbox: InboxView, shown: Mapping[str, Collection]) -> APIRouter:
    """Return the routes; `shown` are the collections of `SHOWN` by name."""
    routes = APIRouter(prefix="/api/notifications/v1/people", tags=["privacy"])

    @routes.get(
        "/{person_id}/inbox",
        summary="All messages of a person (services with scope people:read)",
        operation_id="list_person_messages",
    )
    async def list_person_messages(
        person_id: Ref[PersonId], principal: Caller, paging: Paged, request: Request
    ) -> Page[InboxEntry]:
        principal.require_scope(SCOPE)
        return await inbox.page(person_id, paging, request.state.language)

    async def traces(person_id: str) -> list[Trace]:
        found = [await traces_of(shown[name], how, person_id, name) for name, how in SHOWN.items()]
        return [one for traces in found for one in traces]

    add_traces_route(
        routes,
        traces,
        summary="What else is held about a person: wishes, calendar links, digests",
        operation_id="list_person_notification_traces",
    )
    return routes


def listen(service: Service, consumers: Consumers) -> None:
    """Forget who is erased."""
    forget = partial(
        forget_person,
        membership_api=service.peer(service.settings.membership_url),
        held={service.collection(name): field for name, field in HELD.items()},
        forgettings=forgetting_store(service),
        clock=utc_now,
    )
    consumers.handle(membership.TOPIC, GROUP, {PersonErased: forget})


def forgetting_store(service: Service) -> Aggregates[Forgetting]:
    """Return the proofs of what was deleted."""
    return service.aggregates("forgettings", Forgetting, kind="forgetting")


async def forget_person(
    event: PersonErased,
    envelope: Envelope,
    *,
    membership_api: Asked,
    held: Mapping[Collection, str],
    forgettings: Aggregates[Forgetting],
    clock: Clock,
) -> None:
    """Delete everything about the person, then prove it. Safe to repeat.

    Mails that wait hold no address: they ask for it when they are sent, and membership knows the person no more.
    When membership does not say who it was, everybody has confirmed already, this service included.
    """
    try:
        answer = await membership_api.get(f"/api/membership/v1/erasures/{event.erasure_id}/person")
    except NotFound:
        return
    deleted = 0
    for collection, field in held.items():
        deleted += await collection.delete_many({field: answer["person_id"]})
    new = Forgetting(
        id=derived_id("forgetting", event.erasure_id),
        erasure_id=event.erasure_id,
        deleted=deleted,
        at_ms=epoch_ms(clock()),
    )
    await forgettings.put(new.id, partial(_prove, new=new), Cause(causation_id=envelope.id))


def _prove(present: Forgetting | None, new: Forgetting) -> Change[Forgetting]:
    if present is not None:
        return Change(present)
    return Change(new, (PersonForgotten(erasure_id=new.erasure_id, deleted=new.deleted),))
