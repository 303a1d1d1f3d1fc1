"""The composition root of the reporting service."""

import asyncio
from functools import partial

from services.reporting import api
from services.reporting.consumers import GROUP, TOPICS, projection
from services.reporting.handlers import recount_when_due
from services.reporting.live import Live
from services.reporting.store import ReadModel
from shared.process import Service
from shared.settings import Role, Settings

TOPIC = "verbund.reporting.events"
DESCRIPTION = (
    "Shows what training networks achieve: needs, pools, sessions, seats, companies and SMEs reached. "
    "The figures follow the events of membership and courses within moments; every figure says what it "
    "counts and how fresh it is. Counts of one or two companies are shown to the network's management only."
)


class ReportingSettings(Settings):
    """Reporting needs nothing beyond the common settings."""

    service: str = "reporting"


def build(role: Role, settings: ReportingSettings | None = None) -> Service:
    """Put one process together; does no I/O."""
    settings = settings or ReportingSettings(role=role)
    service = Service(settings, topic=TOPIC, title="Verbundwerk reporting", description=DESCRIPTION)
    store = ReadModel(service.collection)
    service.on_start(store.prepare)
    if role == "worker":
        wake = asyncio.Event()
        service.consumers.project(TOPICS, GROUP, projection(store, wake))
        service.background("recount", partial(recount_when_due, store, wake, service.stopping))
    service.app.include_router(api.router(store, Live(store.figures, service.stopping)))
    return service
