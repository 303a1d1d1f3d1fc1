"""Two processes race for one session in four ways; each race does its damage when the version guard is taken out."""

import asyncio
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.courses.sessions.domain import Session, bookings, contingents
from services.courses.sessions.domain.parts import Promotion
from services.courses.sessions.invariants import violations
from shared.clock import new_id, utc_now
from shared.ids import OrganisationId
from shared.mongo import Document, Mongo
from shared.store import Aggregates, Cause
from tests.integration.sessions.world import booked, opened, replica, request
from tests.support import Infra

pytestmark = [pytest.mark.connected, pytest.mark.timeout(180)]  # processes start slowly on a busy machine

BOTH_WAYS = pytest.mark.parametrize("guarded", [True, False], ids=["guarded", "unguarded"])
type Race = Callable[..., Any]


@pytest.fixture
def race(infra: Infra, database: str, mongo: Mongo) -> Race:
    """Return the race of two orders in two processes: what each was answered, and what is wrong afterwards."""

    async def run(session_id: str, guarded: bool, *orders: dict[str, Any]) -> tuple[list[str], list[str]]:
        common: dict[str, Any] = {"mongodb_url": infra.mongodb_url, "database": database}
        common |= {"session_id": session_id, "guarded": guarded}
        answers = await asyncio.gather(*(_process({**common, **order}) for order in orders))
        document = await mongo.collection("sessions").find_one({"_id": session_id})
        assert document is not None
        return answers, damage(document, orders[0]["at"])

    return run


async def _process(order: dict[str, Any]) -> str:
    command = [sys.executable, "-m", "tests.integration.sessions.racer"]
    told = json.dumps(order).encode()
    done = await asyncio.to_thread(subprocess.run, command, input=told, capture_output=True, check=True)
    answer: str = json.loads(done.stdout)
    return answer


def damage(document: Document, at: str) -> list[str]:
    """Return how the state and its events contradict each other, or the rules."""
    session = Session.model_validate(document["state"])
    found = [each.detail for each in violations(session, datetime.fromisoformat(at))]
    events = document["outbox"]
    if [entry["seq"] for entry in events] != list(range(1, document["v"] + 1)):
        found.append("two events have the same number")
    told = Counter(entry["type"].split(".")[2] for entry in events)
    ended = [json.loads(entry["body"]) for entry in events if "booking-cancelled" in entry["type"]]
    confirmed = told["course-booked"] + told["waitlist-promoted"] - sum(one["was_confirmed"] for one in ended)
    if confirmed != len(session.confirmed):
        found.append(f"{confirmed} seats were told confirmed, {len(session.confirmed)} are")
    return found


async def settled(sessions: Aggregates[Session], session: Session, *asked: Any) -> Session:
    """Let these book, one after the other."""
    for each in asked:
        session = await booked(sessions, session.id, each)
    return session


def order(what: str, at: datetime, **more: Any) -> dict[str, Any]:
    """Return an order to a racing process."""
    return {"what": what, "at": at.isoformat(), **more}


@BOTH_WAYS
async def test_last_seat_goes_to_one(race: Race, mongo: Mongo, guarded: bool) -> None:
    sessions = replica(mongo.collection("sessions"), "three")
    session = await settled(sessions, await opened(sessions), request())
    orders = [order("book", utc_now(), request=request().model_dump(mode="json")) for _ in range(2)]
    answers, wrong = await race(session.id, guarded, *orders)
    assert answers == ["done", "done"]
    assert bool(wrong) is not guarded
    if guarded:
        state = await sessions.get(session.id)
        assert (len(state.confirmed), len(state.waiting)) == (2, 1)


@BOTH_WAYS
async def test_offer_is_accepted_or_expires_but_not_both(race: Race, mongo: Mongo, guarded: bool) -> None:
    sessions = replica(mongo.collection("sessions"), "three")
    first, second, third = request(), request(), request()
    session = await settled(
        sessions, await opened(sessions, capacity=1, promotion=Promotion.OFFER), first, second, third
    )
    at = utc_now()
    await sessions.change(
        session.id, lambda state: bookings.cancel_booking(state, first.booking_id, at), Cause()
    )
    state = await sessions.get(session.id)
    ((offer_id, offer),) = state.offers.items()
    answers, wrong = await race(
        session.id,
        guarded,
        order("accept", offer.expires_at - timedelta(milliseconds=1), offer_id=offer_id),
        order("due", offer.expires_at),
    )
    assert bool(wrong) is not guarded
    if guarded:
        state = await sessions.get(session.id)
        accepted = answers[0] == "done"
        assert answers[0] in {"done", "not-found"}
        assert (second.booking_id in state.confirmed) is accepted
        assert bool(state.offers) is not accepted  # who waits longest now has the offer, or nobody


@BOTH_WAYS
async def test_substitute_is_in_or_the_booking_is_cancelled(race: Race, mongo: Mongo, guarded: bool) -> None:
    sessions = replica(mongo.collection("sessions"), "three")
    booking = request()
    session = await settled(sessions, await opened(sessions, capacity=1), booking, request())
    at = utc_now()
    answers, wrong = await race(
        session.id,
        guarded,
        order("substitute", at, booking_id=booking.booking_id, participant_id=new_id()),
        order("cancel", at, booking_id=booking.booking_id),
    )
    assert bool(wrong) is not guarded
    if guarded:
        state = await sessions.get(session.id)
        assert answers[1] == "done"
        assert answers[0] in {"done", "booking-ended"}
        assert booking.booking_id in state.ended
        assert len(state.confirmed) == 1


@BOTH_WAYS
async def test_contingent_is_booked_or_released(race: Race, mongo: Mongo, guarded: bool) -> None:
    sessions = replica(mongo.collection("sessions"), "three")
    company = OrganisationId(new_id())
    session = await opened(sessions, capacity=2)
    at = utc_now()
    await sessions.change(session.id, lambda one: contingents.reserve(one, company, 1, 28, at), Cause())
    session = await settled(sessions, session, request(), request())
    released = contingents.release_at(session, session.contingents[company])
    answers, wrong = await race(
        session.id,
        guarded,
        order("book", released, request=request(company).model_dump(mode="json")),
        order("due", released),
    )
    assert answers == ["done", "done"]
    assert bool(wrong) is not guarded
    if guarded:
        state = await sessions.get(session.id)
        assert (len(state.confirmed), len(state.waiting)) == (2, 1)
