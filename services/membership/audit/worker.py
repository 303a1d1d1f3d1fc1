"""The part of membership's worker that moves audit entries to where they are read."""

from functools import partial

from services.membership.audit.store import trails_of
from services.membership.parts import Parts
from shared.process import Service
from shared.trail import Trails

EVERY_S = 0.5


def work(service: Service, parts: Parts) -> None:
    """Collect entries twice a second."""
    service.background("audit", partial(_step, service, trails_of(service, parts)))


async def _step(service: Service, trails: Trails) -> None:
    if not await trails.collect():
        await service.pause(EVERY_S)
