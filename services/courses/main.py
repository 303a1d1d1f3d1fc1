"""Composition root of courses."""

from collections.abc import Sequence
from functools import partial

from services.courses.catalogue import api as catalogue_api
from services.courses.catalogue.store import course_store
from services.courses.memberships import consumers
from services.courses.memberships.store import MEMBERSHIPS, NETWORKS, Memberships
from services.courses.needs import api as needs_api
from services.courses.needs import consumers as needs_consumers
from services.courses.needs.store import need_store
from services.courses.pools import api as pools_api
from services.courses.pools.store import pool_store
from services.courses.privacy import api as privacy_api
from services.courses.sessions import api as sessions_api
from services.courses.sessions import bookings_api, lifecycle_api, queue_api
from services.courses.sessions import consumers as sessions_consumers
from services.courses.sessions.access import Access
from services.courses.sessions.domain.due import due as session_due
from services.courses.sessions.store import Sessions, session_store
from shared.due import DueRunner
from shared.events.courses import TOPIC
from shared.process import Service, run
from shared.settings import Role, Settings


class CoursesSettings(Settings):
    """Settings of a courses process; see `Settings`."""

    service: str = "courses"


def build(role: Role, settings: CoursesSettings | None = None) -> Service:
    """Build a process of this service; does no I/O."""
    service = Service(
        settings or CoursesSettings(role=role),
        topic=TOPIC,
        title="Verbundwerk: courses",
        description="Turns the training needs of many companies into joint courses, and sells their seats: "
        "needs, pools, courses, sessions, bookings, waitlists.",
    )
    memberships = Memberships(service.collection(MEMBERSHIPS), service.collection(NETWORKS))
    needs, pools = need_store(service), pool_store(service)
    courses, sessions = course_store(service), Sessions(session_store(service))
    access = Access(sessions, memberships)
    service.index(MEMBERSHIPS, (("organisation_id", 1),))
    for router in (
        needs_api.reference_router(),
        needs_api.router(needs, memberships),
        needs_api.command_router(needs, memberships),
        pools_api.router(pools, needs, memberships),
        catalogue_api.router(courses, memberships),
        sessions_api.router(sessions, courses, pools, memberships),
        bookings_api.router(sessions, memberships, access),
        queue_api.router(sessions, access),
        lifecycle_api.router(sessions, access),
        privacy_api.router(sessions),
    ):
        service.app.include_router(router)
    if role == "worker":
        consumers.listen(service.consumers, memberships=memberships)
        needs_consumers.listen(service.consumers, needs=needs, pools=pools, sessions=sessions.aggregates)
        sessions_consumers.listen(service.consumers, sessions=sessions)
        runner = DueRunner(
            service.collection("leases"), service="courses", replica=service.replica, pause=service.pause
        )
        runner.watch(sessions.aggregates, session_due)
        service.background("due", runner.step)
    return service


def main(arguments: Sequence[str]) -> int:
    """Run one process until SIGTERM; 2 for a wrong role."""
    match list(arguments):
        case ["api" | "worker" as role]:
            run(partial(build, role))
            return 0
        case _:
            return 2
