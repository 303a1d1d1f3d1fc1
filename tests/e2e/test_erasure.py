"""Erasing a participant of the story on the whole running system: nothing is left, and reports keep their counts.

Databases, topics, logs and traces are looked at while it runs, the store's file after it has stopped. Mails that
were delivered into the local sink are the recipients' own and are not looked at.
"""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from pymongo import MongoClient
from rich.progress import Progress

from deploy.local.topology import mongodb_url
from tests.e2e.conftest import System
from tests.e2e.test_system import all_records, until
from tools import story
from tools.chapters import telling
from tools.walkthrough import MEMBERSHIP

pytestmark = [pytest.mark.connected, pytest.mark.timeout(420)]

NAME = story.PEOPLE[0]  # has a booking that was cancelled; the second one has a confirmed seat


@pytest.fixture
def apart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A system of one's own, in which nobody waits for access tokens to expire."""
    started = System(tmp_path_factory.mktemp("erasure") / "var", ERASURE_SETTLE_S="0")
    try:
        yield started
    finally:
        started.stop()


def databases(system: System) -> bytes:
    """Return every document of every database."""
    found = []
    with MongoClient[dict[str, Any]](mongodb_url(system.settings)) as client:
        for database in client.list_database_names():
            for name in client[database].list_collection_names():
                found += [repr(document) for document in client[database][name].find()]
    return "\n".join(found).encode()


def places(system: System) -> dict[str, bytes]:
    """Return what is in every place but mailboxes."""
    files = [*system.settings.logs.glob("*.log*"), *system.settings.traces.glob("*.jsonl")]
    found = {path.name: path.read_bytes() for path in files if "mail" not in path.name}
    found["topics"] = b"\n".join(asyncio.run(all_records(system)))
    found["databases"] = databases(system)
    return found


def left_in(haystacks: dict[str, bytes], needles: list[str]) -> list[tuple[str, bytes]]:
    """Return each place where a needle is left, with what stands around it."""
    return [
        (place, text[max(0, at - 300) : at + 100])
        for place, text in haystacks.items()
        for needle in needles
        if (at := text.find(needle.encode())) >= 0
    ]


def test_nothing_is_left_of_an_erased_person_and_reports_keep_their_counts(apart: System) -> None:
    demo = apart.demo
    with Progress(disable=True) as progress:
        telling.tell(demo, progress)
    before = demo.figures()
    assert {key: before.get(key) for key in story.EXPECTED} == story.EXPECTED
    hr = demo.as_company("gerber")
    people = hr.get(f"{MEMBERSHIP}/organisations/{demo.organisation('gerber')}/people?limit=200")["items"]
    person = next(one for one in people if one["name"] == NAME)
    needles = [person["name"], person["email"], person["id"]]
    held = databases(apart).decode()
    assert [needle for needle in needles if needle not in held] == []
    assert len(hr.get(f"{MEMBERSHIP}/people/{person['id']}/export")["bookings"]) > 0

    asked = hr.post(f"{MEMBERSHIP}/people/{person['id']}/erasure", {"wait_hours": 0})
    until(lambda: bool(hr.get(f"{MEMBERSHIP}/erasures/{asked['id']}")["proven"]))
    shown = hr.get(f"{MEMBERSHIP}/erasures/{asked['id']}")
    assert {one["service"] for one in shown["confirmations"]} == {"membership", "courses", "notifications"}

    until(lambda: person["id"] not in databases(apart).decode())
    assert left_in(places(apart), needles) == []
    assert demo.figures() == before
    apart.stop()
    stored = {
        path.name: path.read_bytes() for path in (apart.settings.data / "store").rglob("*") if path.is_file()
    }
    assert stored
    assert left_in(stored, needles) == []
