"""The race for seats on the real store, through two processes' worth of `Service`, with and without the guard."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Any

import pytest

from services.courses.main import CoursesSettings, build
from services.courses.memberships.domain import DEFAULT_POLICY
from services.courses.memberships.store import MEMBERSHIPS, NETWORKS, Memberships, membership_id
from services.courses.sessions import handlers
from services.courses.sessions.domain import Session, SessionState, bookings
from services.courses.sessions.domain.bookings import Request
from services.courses.sessions.store import Sessions, keys
from shared.clock import new_id, utc_now
from shared.decisions import Change
from shared.errors import Busy, Problem
from shared.events import membership
from shared.events.course_values import CostKey, SessionDay
from shared.events.courses import CourseBooked, SessionScheduled
from shared.events.envelope import Envelope
from shared.ids import BookingId, CourseId, NetworkId, OrganisationId, PersonId, SessionId, derived_id
from shared.mongo import Collection, Document, Filter, Mongo
from shared.process import Service
from shared.producer import Record
from shared.store import Aggregates, Cause
from tests.support import Infra, eventually

pytestmark = pytest.mark.connected

CALLERS, SEATS = 100, 20


class Ignored:
    """A relay that publishes nothing: events stay in the outbox."""

    def hand(self, collection: Collection, image: Document) -> None:
        """Do nothing."""


class Unguarded(Collection):
    """The damage: writes that do not ask whether the document is still the one that was read.

    The first reads of two processes wait for each other, so that the race happens every time.
    """

    def __init__(self, guarded: Collection, both: asyncio.Barrier) -> None:
        super().__init__(guarded._raw, "motor")
        self.both = both
        self.met = False

    async def find_one(self, where: Filter, *args: Any, **more: Any) -> Document | None:
        """Read, and wait once for the other process to have read the same."""
        found = await super().find_one(where, *args, **more)
        if not self.met and found is not None:
            self.met = True
            await self.both.wait()
        return found

    async def find_one_and_update(self, where: Filter, update: Filter, **more: Any) -> Document | None:
        """Leave the version out of the filter."""
        return await super().find_one_and_update(
            {key: value for key, value in where.items() if key != "v"}, update, **more
        )


def planned() -> Session:
    """Return an open session with `SEATS` seats."""
    day = SessionDay(
        starts_at=datetime(2099, 5, 4, 7, tzinfo=UTC), ends_at=datetime(2099, 5, 4, 15, tzinfo=UTC)
    )
    return Session(
        id=SessionId(new_id()),
        network_id=NetworkId(new_id()),
        course_id=CourseId(new_id()),
        topic_code="emob-hv1",
        teaching_units=4,
        days=(day,),
        time_zone="Europe/Berlin",
        minimum_seats=5,
        capacity=SEATS,
        price_cents=69_000,
        cost_key=CostKey.PER_SEAT,
        state=SessionState.OPEN,
        created_ms=1,
    )


def asked() -> Request:
    """Return a request of somebody new."""
    return Request(
        booking_id=BookingId(new_id()),
        organisation_id=OrganisationId(new_id()),
        participant_id=PersonId(new_id()),
    )


def replica(collection: Collection, name: str) -> Aggregates[Session]:
    """Return the sessions as one process sees them; two of them share nothing but the store."""
    return Aggregates(collection, Session, kind="session", relay=Ignored(), replica=name, keys=keys)


async def stored(sessions: Aggregates[Session], session: Session) -> None:
    """Store the session with the event that every aggregate begins with."""
    event = SessionScheduled.model_validate({"session_id": session.id, **session.model_dump()})
    await sessions.put(session.id, lambda _: Change(session, (event,)), Cause())


async def book(sessions: Aggregates[Session], session_id: str, request: Request, cause: Cause) -> Any:
    """Book as the handler does, and come back when the process was too busy, as a client would."""
    while True:
        try:
            return (
                await sessions.change(
                    session_id, lambda state: bookings.book(state, request, DEFAULT_POLICY, utc_now()), cause
                )
            ).result
        except Busy:
            continue


async def race(both: list[Aggregates[Session]], session_id: str) -> list[Any]:
    """Let all callers book at once, alternately through both processes."""
    return await asyncio.gather(
        *(book(both[number % 2], session_id, asked(), Cause(new_id())) for number in range(CALLERS))
    )


async def test_capacity_holds_when_a_hundred_callers_race_through_two_processes(mongo: Mongo) -> None:
    both = [replica(mongo.collection("sessions"), name) for name in ("one", "two")]
    session = planned()
    await stored(both[0], session)
    answers = await race(both, session.id)
    assert sum(answer["status"] == "confirmed" for answer in answers) == SEATS
    positions = [answer["position"] for answer in answers if answer["status"] == "waitlisted"]
    assert sorted(positions) == list(range(1, CALLERS - SEATS + 1))
    state = await both[1].get(session.id)
    assert (len(state.confirmed), len(state.waiting), state.requests) == (SEATS, CALLERS - SEATS, CALLERS)
    document = await both[0].collection.find_one({"_id": session.id})
    assert document is not None
    types = [entry["type"] for entry in document["outbox"]]
    assert types.count(CourseBooked.type_name()) == SEATS
    assert [entry["seq"] for entry in document["outbox"]] == list(range(1, document["v"] + 1))


async def test_bookings_are_lost_or_too_many_when_the_version_guard_is_missing(mongo: Mongo) -> None:
    guarded = mongo.collection("sessions")
    barrier = asyncio.Barrier(2)
    both = [replica(Unguarded(guarded, barrier), name) for name in ("one", "two")]
    session = planned()
    await stored(replica(guarded, "three"), session)
    answers = await race(both, session.id)
    state = await both[0].get(session.id)
    promised = sum(answer["status"] == "confirmed" for answer in answers)
    kept = len(state.confirmed) + len(state.waiting)
    assert promised > SEATS or kept < CALLERS


async def test_one_booking_is_made_when_a_request_is_repeated_at_once(mongo: Mongo) -> None:
    both = [replica(mongo.collection("sessions"), name) for name in ("one", "two")]
    session = planned()
    await stored(both[0], session)
    request, cause = asked(), Cause("caller/key", "print")
    answers = await asyncio.gather(
        *(book(both[number % 2], session.id, request, cause) for number in range(20))
    )
    assert all(answer == answers[0] for answer in answers)
    assert len((await both[0].get(session.id)).confirmed) == 1


async def test_newest_membership_stays_when_events_come_twice_and_late(mongo: Mongo) -> None:
    copies = Memberships(mongo.collection(MEMBERSHIPS), mongo.collection(NETWORKS))
    network, organisation = new_id(), new_id()
    subject = membership_id(network, organisation)
    ids = {"network_id": network, "organisation_id": organisation}
    for sequence, active in ((1, True), (3, True), (2, False), (3, True), (1, False)):
        await copies.keep_membership(subject, sequence, {**ids, "active": active})
    await copies.require_active(network, organisation)
    await copies.keep_membership(subject, 4, {**ids, "active": False})
    with pytest.raises(Problem) as ended:
        await copies.require_active(network, organisation)
    assert ended.value.slug == "membership-ended"
    # Two facts of one network keep a mark each: a late event of one kind is not hidden by the other kind.
    newer = DEFAULT_POLICY.model_copy(update={"version": 2})
    await copies.keep_policy(network, 5, newer)
    await copies.keep_policy(network, 4, DEFAULT_POLICY)
    assert (await copies.policy(network)).version == 2
    await copies.keep_closed(network, 3)
    with pytest.raises(Problem):
        await copies.policy(network)


@pytest.fixture
async def worker(infra: Infra, database: str) -> AsyncIterator[Service]:
    """Run the consumers and the relay of a worker, without its HTTP side."""
    settings = CoursesSettings(
        role="worker",
        kafka_bootstrap_servers=infra.kafka,
        mongodb_url=infra.mongodb_url,
        mongodb_database=database,
    )
    service = build("worker", settings)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(service._stop)
        await service._start()
        yield service


async def test_member_may_book_when_membership_has_told(worker: Service) -> None:
    network, organisation = NetworkId(new_id()), OrganisationId(new_id())
    subject = derived_id("membership", network, organisation)
    event = membership.MembershipAdmitted.model_validate(
        {
            "membership_id": subject,
            "network_id": network,
            "organisation_id": organisation,
            "organisation_kind": "company",
            "roles": ["sender"],
            "since": "2026-01-01",
        }
    )
    envelope = Envelope(
        f"{subject}:1",
        "/services/membership",
        event.type,
        subject,
        utc_now(),
        1,
        event.model_dump_json().encode(),
    )
    record = Record(membership.TOPIC, subject.encode(), envelope.data, envelope.to_headers())
    await worker.producer.send_all([record])
    copies = Memberships(worker.collection(MEMBERSHIPS), worker.collection(NETWORKS))

    async def known() -> bool:
        return await copies.any_active(network, [organisation])

    await eventually(known)
    sessions: Aggregates[Session] = replica(worker.collection("sessions"), "test")
    session = planned().model_copy(update={"network_id": network})
    await stored(sessions, session)
    outcome = await handlers.book_seat(
        session.id,
        network,
        asked(),
        Cause(new_id()),
        sessions=Sessions(sessions),
        memberships=copies,
        clock=utc_now,
    )
    assert outcome.result["status"] == "confirmed"
