"""Composition root of courses."""

from collections.abc import Sequence
from functools import partial

from pydantic import SecretStr

from services.courses.calls import wiring as calls_wiring
from services.courses.catalogue import api as catalogue_api
from services.courses.catalogue.store import course_store
from services.courses.costs import api as costs_api
from services.courses.costs.store import cost_plan_store
from services.courses.memberships import consumers
from services.courses.memberships.store import MEMBERSHIPS, NETWORKS, Memberships
from services.courses.needs import api as needs_api
from services.courses.needs import consumers as needs_consumers
from services.courses.needs.store import need_store
from services.courses.organisations import consumers as organisation_consumers
from services.courses.organisations.store import ORGANISATIONS, Organisations
from services.courses.pools import api as pools_api
from services.courses.pools.store import pool_store
from services.courses.privacy import api as privacy_api
from services.courses.privacy import consumers as privacy_consumers
from services.courses.privacy.store import MARKS, Marks, unlinking_store
from services.courses.sessions import api as sessions_api
from services.courses.sessions import bookings_api
from services.courses.sessions.store import Sessions, session_store
from shared.clock import Clock, utc_now
from shared.events.courses import TOPIC
from shared.process import Service, run
from shared.settings import Role, Settings


class CoursesSettings(Settings):
    """Settings of a courses process; see `Settings`. `offers_key` seals the keys of calls for offers."""

    service: str = "courses"
    offers_key: SecretStr | None = None


def build(role: Role, settings: CoursesSettings | None = None, clock: Clock = utc_now) -> Service:
    """Build a process of this service; does no I/O."""
    settings = settings or CoursesSettings(role=role)
    service = Service(
        settings,
        topic=TOPIC,
        title="Verbundwerk: courses",
        description="Turns the training needs of many companies into joint courses, and sells their seats: "
        "needs, pools, courses, sessions, bookings, waitlists.",
    )
    memberships = Memberships(service.collection(MEMBERSHIPS), service.collection(NETWORKS))
    organisations = Organisations(service.collection(ORGANISATIONS))
    needs, pools = need_store(service), pool_store(service)
    courses, sessions = course_store(service), Sessions(session_store(service))
    calls = calls_wiring.stores(service, settings.offers_key, pools=pools, needs=needs, clock=clock)
    for router in (
        needs_api.reference_router(),
        needs_api.router(needs, memberships),
        needs_api.command_router(needs, memberships),
        pools_api.router(pools, needs, memberships),
        *calls_wiring.routers(service, calls, memberships),
        catalogue_api.router(courses, memberships),
        sessions_api.router(sessions, courses, pools, memberships),
        bookings_api.router(sessions, memberships),
        privacy_api.router(sessions),
        costs_api.router(cost_plan_store(service), pools, memberships, organisations),
    ):
        service.app.include_router(router)
    if role == "worker":
        consumers.listen(service.consumers, memberships=memberships)
        calls_wiring.listen(service.consumers, calls)
        needs_consumers.listen(service.consumers, needs=needs, pools=pools, sessions=sessions.aggregates)
        privacy_consumers.listen(
            service.consumers,
            peer=service.peer(service.settings.membership_url),
            sessions=sessions.aggregates,
            unlinkings=unlinking_store(service),
            marks=Marks(service.collection(MARKS)),
        )
        organisation_consumers.listen(service.consumers, organisations=organisations)
    return service


def main(arguments: Sequence[str]) -> int:
    """Run one process until SIGTERM; 2 for a wrong role."""
    match list(arguments):
        case ["api" | "worker" as role]:
            run(partial(build, role))
            return 0
        case _:
            return 2
