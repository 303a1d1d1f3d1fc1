"""Composition root of courses."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from fastapi import APIRouter
from pydantic import SecretStr

from services.courses import audit
from services.courses.calls import domain as calls_domain
from services.courses.calls import wiring as calls_wiring
from services.courses.calls.handlers import Stores as CallStores
from services.courses.catalogue import api as catalogue_api
from services.courses.catalogue import offering_api
from services.courses.catalogue.domain import Course
from services.courses.catalogue.offering_api import Catalogue
from services.courses.catalogue.settings_store import settings_store
from services.courses.catalogue.store import course_store
from services.courses.memberships import consumers
from services.courses.memberships.store import MEMBERSHIPS, NETWORKS, Memberships
from services.courses.needs import api as needs_api
from services.courses.needs import consumers as needs_consumers
from services.courses.needs import domain as needs_domain
from services.courses.needs import lists_api
from services.courses.needs.domain import Need
from services.courses.needs.store import need_store
from services.courses.planning import wiring as planning_wiring
from services.courses.pools import api as pools_api
from services.courses.pools.domain import Pool
from services.courses.pools.store import pool_store
from services.courses.privacy import api as privacy_api
from services.courses.privacy import consumers as privacy_consumers
from services.courses.privacy.store import MARKS, MENTIONING, Marks, unlinking_store
from services.courses.renewals import api as renewals_api
from services.courses.renewals import domain as renewals_domain
from services.courses.renewals.domain import Renewal
from services.courses.renewals.store import renewal_store
from services.courses.sessions import api as sessions_api
from services.courses.sessions import wiring as sessions_wiring
from services.courses.sessions.store import Sessions, session_store
from services.courses.waves import api as waves_api
from services.courses.waves import domain as waves_domain
from services.courses.waves.domain import Wave
from services.courses.waves.store import wave_store
from shared.clock import Clock, utc_now
from shared.due import DueRunner
from shared.events.courses import TOPIC
from shared.process import Service, run
from shared.settings import Role, Settings
from shared.store import Aggregates


class CoursesSettings(Settings):
    """Settings of a courses process; see `Settings`. `offers_key` seals the keys of calls for offers."""

    service: str = "courses"
    offers_key: SecretStr | None = None


@dataclass(frozen=True, slots=True)
class Stores:
    """What a courses process keeps and reads."""

    memberships: Memberships
    planner: planning_wiring.Planner
    needs: Aggregates[Need]
    pools: Aggregates[Pool]
    waves: Aggregates[Wave]
    renewals: Aggregates[Renewal]
    courses: Aggregates[Course]
    sessions: Sessions
    calls: CallStores


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
    stores = _stores(service, settings, clock)
    for router in _routers(service, stores):
        service.app.include_router(router)
    if role == "worker":
        _work(service, stores, clock)
    return service


def _stores(service: Service, settings: CoursesSettings, clock: Clock) -> Stores:
    needs, pools = need_store(service), pool_store(service)
    calls = calls_wiring.stores(service, settings.offers_key, pools=pools, needs=needs, clock=clock)
    return Stores(
        memberships=Memberships(service.collection(MEMBERSHIPS), service.collection(NETWORKS)),
        planner=planning_wiring.stores(service, calls),
        needs=needs,
        pools=pools,
        waves=wave_store(service),
        renewals=renewal_store(service),
        courses=course_store(service),
        sessions=Sessions(session_store(service)),
        calls=calls,
    )


def _routers(service: Service, stores: Stores) -> list[APIRouter]:
    memberships, needs, pools, sessions = stores.memberships, stores.needs, stores.pools, stores.sessions
    return [
        needs_api.reference_router(),
        needs_api.router(needs, memberships),
        needs_api.command_router(needs, stores.waves, memberships, stores.calls.clock),
        lists_api.router(needs, memberships, stores.calls.clock),
        waves_api.router(stores.waves, memberships, stores.calls.clock),
        renewals_api.router(stores.renewals, memberships),
        pools_api.router(pools, needs, memberships),
        *calls_wiring.routers(service, stores.calls, memberships),
        catalogue_api.router(stores.courses, memberships),
        *_catalogue(service, stores),
        sessions_api.router(sessions, stores.courses, pools, memberships),
        *sessions_wiring.routers(service, sessions, memberships),
        privacy_api.router(sessions, [service.collection(name) for name in MENTIONING]),
        *planning_wiring.routers(service, stores.planner, sessions.aggregates, stores.courses, memberships),
    ]


def _catalogue(service: Service, stores: Stores) -> tuple[APIRouter, ...]:
    shown = Catalogue(
        sessions=stores.sessions.aggregates.collection,
        settings=settings_store(service),
        memberships=stores.memberships,
        clock=stores.calls.clock,
        public_url=service.settings.public_url,
    )
    return offering_api.member_router(shown), offering_api.public_router(shown)


def _work(service: Service, stores: Stores, clock: Clock) -> None:
    listening, sessions = service.consumers, stores.sessions
    consumers.listen(listening, memberships=stores.memberships)
    calls_wiring.listen(listening, stores.calls)
    needs_consumers.listen(
        listening,
        needs=stores.needs,
        pools=stores.pools,
        sessions=sessions.aggregates,
        clock=stores.calls.clock,
    )
    privacy_consumers.listen(
        listening,
        peer=service.peer(service.settings.membership_url),
        sessions=sessions.aggregates,
        unlinkings=unlinking_store(service),
        marks=Marks(service.collection(MARKS)),
        mentioning=[service.collection(name) for name in MENTIONING],
    )
    sessions_wiring.work(service, sessions, clock)
    planning_wiring.work(service, stores.planner)
    runner = DueRunner(
        service.collection("leases"),
        service="courses.demand",
        replica=service.replica,
        clock=clock,
        pause=service.pause,
    )
    runner.watch(stores.needs, needs_domain.due)
    runner.watch(stores.calls.calls, calls_domain.due)
    runner.watch(stores.waves, waves_domain.due)
    runner.watch(stores.renewals, renewals_domain.due)
    service.background("due demand", runner.step)


def main(arguments: Sequence[str]) -> int:
    """Run one process until SIGTERM, or audit the database (exit status 1: violations); 2 for a wrong role."""
    match list(arguments):
        case ["api" | "worker" as role]:
            run(partial(build, role))
            return 0
        case ["audit"]:
            return asyncio.run(audit.run(CoursesSettings(role="worker")))
        case _:
            return 2
