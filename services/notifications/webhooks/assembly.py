"""The parts of webhooks, put together for a process."""

from functools import partial

from services.notifications.members import Members
from services.notifications.webhooks import api, consumers
from services.notifications.webhooks.access import Parts
from services.notifications.webhooks.client import Client
from services.notifications.webhooks.destinations import Destinations
from services.notifications.webhooks.sender import Sender
from services.notifications.webhooks.store import INDEXES, EventLog, Health, Queue, webhook_store
from shared.process import Service


def assemble(
    service: Service, members: Members, *, loopback: bool, schedule: tuple[float, ...], trusted: str | None
) -> None:
    """Add routes to any process, and the queueing and sending to a worker.

    `loopback` allows receivers on this machine, for development; `schedule`: seconds between tries; `trusted`:
    a file of certificates to trust beside the usual ones.
    """
    for name, indexes in INDEXES.items():
        service.index(name, *indexes)
    webhooks = webhook_store(service)
    queue = Queue(service.collection("webhook_messages"), service.collection("webhook_lanes"))
    events, health = (
        EventLog(service.collection("webhook_events")),
        Health(service.collection("webhook_health")),
    )
    destinations = Destinations(loopback=loopback)
    service.app.include_router(api.router(Parts(webhooks, queue, health, destinations)))
    if service.settings.role != "worker":
        return
    sender = Sender(
        webhooks=webhooks,
        members=members,
        events=events,
        queue=queue,
        health=health,
        client=Client(destinations, trusted=trusted),
        schedule=schedule,
    )
    consumers.listen(
        service.consumers, webhooks=webhooks, members=members, log=events, queue=queue, wake=sender.wake
    )
    service.background("webhooks.send", partial(sender.run, service.stopping))
