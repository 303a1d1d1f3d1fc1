"""1,000 bookings while every kind of process is killed -9, over and over; `make faults` runs it.

FAULTS_SEED repeats a run; FAULTS_BOOKINGS makes it longer.
"""

import asyncio
import os
import random
import secrets
from collections import Counter
from functools import partial

import pytest

from tests.e2e.conftest import System
from tests.e2e.test_system import VICTIMS, book_many, kill9, report, until
from tools.walkthrough import COURSES, NOTIFICATIONS

pytestmark = [pytest.mark.connected, pytest.mark.long, pytest.mark.timeout(1500)]

BATCH = 50
CAPACITY = 20
EVERY_PROCESS = (
    *VICTIMS,
    "services.membership api",
    "services.membership worker",
    "services.notifications api",
    "services.reporting api",
)


def test_thousand_bookings_survive_kills_of_every_process(told: System) -> None:
    seed = os.environ.get("FAULTS_SEED") or secrets.token_hex(4)
    total = int(os.environ.get("FAULTS_BOOKINGS", "1000"))
    print(f"seed {seed}, {total} bookings")  # noqa: T201  the run is repeated by it
    chance = random.Random(seed)
    before = told.demo.figures()
    acknowledged: set[str] = set()
    sessions = [told.demo.extra_session(CAPACITY) for _ in range(total // BATCH)]
    for session in sessions:
        victim = chance.choice(EVERY_PROCESS)
        answers = asyncio.run(book_many(told, session, BATCH, during=partial(kill9, told, victim)))
        acknowledged |= {answer["id"] for answer in answers}
    assert len(acknowledged) == total
    stored = 0
    for session in sessions:
        listed = told.demo.as_manager.get(f"{COURSES}/sessions/{session}/bookings?limit=200")["items"]
        statuses = [item["status"] for item in listed]
        assert (statuses.count("confirmed"), statuses.count("waitlisted")) == (CAPACITY, BATCH - CAPACITY)
        stored += len(acknowledged & {item["id"] for item in listed})
    assert stored == total
    expected = {
        "seats_confirmed": before["seats_confirmed"] + CAPACITY * len(sessions),
        "seats_waitlisted": before["seats_waitlisted"] + (BATCH - CAPACITY) * len(sessions),
    }
    until(lambda: report(told, expected) == expected)
    until(lambda: acknowledged <= messages(told).keys())
    told_of = messages(told)
    assert {told_of[booking] for booking in acknowledged} == {1}, "one message a booking, none twice"


def messages(system: System) -> Counter[str]:
    """Return how many inbox entries the company's person has of each booking."""
    found: Counter[str] = Counter()
    client, path = system.demo.as_company("gerber"), f"{NOTIFICATIONS}/inbox?limit=200"
    page = client.get(path)
    while True:
        found.update(entry["booking_id"] for entry in page["items"] if entry["booking_id"])
        if not page["next_cursor"]:
            return found
        page = client.get(f"{path}&cursor={page['next_cursor']}")
