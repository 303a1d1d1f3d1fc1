"""What reporting listens to: every event of membership and courses, in batches, one group."""

import asyncio
from functools import partial

from services.reporting.handlers import project
from services.reporting.projections import EVENTS
from services.reporting.store import ReadModel
from shared.delivery import Projection
from shared.events import courses, membership

GROUP = "reporting.figures"
TOPICS = (membership.TOPIC, courses.TOPIC)


def projection(store: ReadModel, wake: asyncio.Event) -> Projection:
    """Return the projection that feeds the figures; `wake` is set after every batch."""
    return Projection(GROUP, EVENTS, partial(project, store=store, wake=wake))
