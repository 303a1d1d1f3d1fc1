"""The audit finds in a live database what was broken on purpose, and nothing where nothing is."""

import asyncio
import json
import os
import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest

from services.courses.audit import audit
from shared.clock import utc_now
from shared.mongo import Mongo
from tests.integration.sessions.world import booked, opened, replica, request
from tests.support import Infra

pytestmark = [pytest.mark.connected, pytest.mark.timeout(180)]


async def ran(infra: Infra, database: str) -> tuple[int, list[dict[str, Any]]]:
    """Run the command as an operator does; return its exit status and what it prints."""
    environment = {**os.environ, "MONGODB_URL": infra.mongodb_url, "MONGODB_DATABASE": database}
    command = [sys.executable, "-m", "services.courses", "audit"]
    done = await asyncio.to_thread(subprocess.run, command, env=environment, capture_output=True, check=False)
    return done.returncode, json.loads(done.stdout)


async def test_nothing_is_found_when_nothing_is_wrong(infra: Infra, mongo: Mongo, database: str) -> None:
    sessions = replica(mongo.collection("sessions"), "one")
    session = await opened(sessions)
    for _ in range(4):
        await booked(sessions, session.id, request())
    assert await ran(infra, database) == (0, [])


async def test_violations_are_reported_when_documents_were_changed_by_hand(
    infra: Infra, mongo: Mongo, database: str
) -> None:
    collection = mongo.collection("sessions")
    sessions = replica(collection, "one")
    ids = [(await opened(sessions)).id for _ in range(4)]
    for _ in range(3):
        await booked(sessions, ids[0], request())
    late = int((utc_now() - timedelta(hours=1)).timestamp() * 1000)
    for session_id, change in zip(
        ids,
        ({"state.capacity": 1}, {"due": late}, {"state.days": "x"}, {"summary.seats.confirmed": 7}),
        strict=True,
    ):
        await collection.update_one({"_id": session_id}, {"$set": change})
    found = {(each.id, each.rule) for each in await audit(collection, utc_now())}
    assert {(ids[0], "capacity"), (ids[1], "due"), (ids[2], "readable"), (ids[3], "fields")} <= found
    status, printed = await ran(infra, database)
    assert status == 1
    assert {(each["id"], each["rule"]) for each in printed} == found
