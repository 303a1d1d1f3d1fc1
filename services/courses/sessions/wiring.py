"""How the parts of sessions are put together."""

from fastapi import APIRouter

from services.courses.memberships.store import MEMBERSHIPS, Memberships
from services.courses.sessions import bookings_api, calendars_api, consumers, lifecycle_api, queue_api
from services.courses.sessions.access import Access
from services.courses.sessions.domain.due import due
from services.courses.sessions.store import Sessions
from shared.clock import Clock
from shared.due import DueRunner
from shared.process import Service


def routers(service: Service, sessions: Sessions, memberships: Memberships) -> list[APIRouter]:
    """Return the routes of bookings, waitlist and dates."""
    service.index(MEMBERSHIPS, (("organisation_id", 1),))
    access = Access(sessions, memberships)
    return [
        bookings_api.router(sessions, memberships, access),
        queue_api.router(sessions, access),
        lifecycle_api.router(sessions, access),
        calendars_api.router(sessions, access),
    ]


def work(service: Service, sessions: Sessions, clock: Clock) -> None:
    """Listen to memberships, and do what time makes due."""
    consumers.listen(service.consumers, sessions=sessions)
    runner = DueRunner(
        service.collection("leases"),
        service="courses",
        replica=service.replica,
        clock=clock,
        pause=service.pause,
    )
    runner.watch(sessions.aggregates, due)
    service.background("due", runner.step)
