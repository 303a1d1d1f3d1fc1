"""The main job on the whole system: the story, the trace, the silence about people, the race, the kills."""

import asyncio
import json
import mailbox
import os
import signal
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiokafka import AIOKafkaConsumer
from rich.progress import Progress

from deploy.local.topology import kafka_servers
from shared.clock import new_id
from tests.e2e.conftest import System
from tools import story
from tools.chapters import telling
from tools.walkthrough import COURSES, NOTIFICATIONS, REPORTING, Demo

pytestmark = [pytest.mark.connected, pytest.mark.timeout(300)]

WAIT_S = 90


@pytest.fixture(scope="module")
def told(system: System) -> System:
    """The system after the story."""
    assert tell(system.demo) == story.EXPECTED_STEPS
    return system


def tell(demo: Demo) -> dict[str, Any]:
    """Tell the story; told again, it changes nothing and signs everybody in. Return what its steps came to."""
    with Progress(disable=True) as progress:
        return telling.tell(demo, progress)


def test_story_ends_in_the_expected_figures(told: System) -> None:
    figures = told.demo.figures()
    assert {key: figures.get(key) for key in story.EXPECTED} == story.EXPECTED
    outcome = told.demo.outcome()
    assert outcome["promoted"]["status"] == "confirmed"
    assert (outcome["waiting"]["status"], outcome["waiting"]["position"]) == ("waitlisted", 1)
    assert len(told.demo.inbox(at_least=3)) == 3


def test_everything_is_still_there_when_the_system_was_stopped_and_started(told: System) -> None:
    before = report(told, story.EXPECTED)
    unread = told.demo.as_company("gerber").get(f"{NOTIFICATIONS}/inbox/unread-count")
    told.restart()
    assert tell(told.demo) == story.EXPECTED_STEPS
    assert report(told, story.EXPECTED) == before
    assert told.demo.as_company("gerber").get(f"{NOTIFICATIONS}/inbox/unread-count") == unread


def test_one_trace_leads_from_the_request_to_the_mail_and_the_report(told: System) -> None:
    trace = f"{os.urandom(16).hex()}"
    headers = {"traceparent": f"00-{trace}-{os.urandom(8).hex()}-01"}
    session = make_session(told, capacity=1)
    book(told, session, headers)
    until(lambda: {"courses", "notifications", "reporting"} <= services_in(told, trace))
    names = {name for _, name in spans(told, trace)}
    assert "reporting.project" in names
    assert any(name.startswith("POST /api/courses/v1/sessions/{session_id}/bookings") for name in names)
    until(lambda: any(mail["X-Verbundwerk-Trace"] == trace for mail in mails(told)))


def test_topics_logs_and_traces_hold_no_name_address_or_free_text(told: System) -> None:
    personal = [*story.PEOPLE, story.SUBSTITUTE, *(hero.name for hero in story.HEROES)]
    personal += [name for name, _, _ in story.NETWORKS]
    personal += [*(bidder.name for bidder in story.BIDDERS), story.AWARD_REASON]
    needles = [text.encode() for text in personal] + [json.dumps(text)[1:-1].encode() for text in personal]
    needles.append(b"@demo.example")
    records = asyncio.run(all_records(told))
    assert records
    files = [*told.settings.logs.glob("*.log*"), *told.settings.traces.glob("*.jsonl")]
    haystacks: dict[str, bytes] = {f"topic record {n}": record for n, record in enumerate(records)}
    haystacks |= {path.name: path.read_bytes() for path in files if "mail" not in path.name}
    found = [(place, needle) for place, text in haystacks.items() for needle in needles if needle in text]
    assert found == []


def test_hundred_callers_on_twenty_seats_through_the_gateway(told: System) -> None:
    session = make_session(told, capacity=20)
    answers = asyncio.run(book_many(told, session, 100))
    statuses = [answer["status"] for answer in answers]
    assert (statuses.count("confirmed"), statuses.count("waitlisted")) == (20, 80)
    positions = sorted(answer["position"] for answer in answers if answer["status"] == "waitlisted")
    assert positions == list(range(1, 81))
    shown = told.demo.as_manager.get(f"{COURSES}/sessions/{session}")
    assert (shown["seats"]["confirmed"], shown["seats"]["waitlisted"]) == (20, 80)


VICTIMS = (
    "services.courses api",
    "services.courses worker",
    "services.notifications worker",
    "services.reporting worker",
    "verbundwerk.store.Main",
    "kafka.Kafka",
)


def test_kills_lose_no_acknowledged_booking_and_no_effect(told: System) -> None:
    before = told.demo.figures()
    sessions = [make_session(told, capacity=20) for _ in range(len(VICTIMS))]
    acknowledged: list[str] = []
    for victim, session in zip(VICTIMS, sessions, strict=True):
        answers = asyncio.run(book_many(told, session, 30, during=partial(kill9, told, victim)))
        assert [answer["status"] for answer in answers].count("confirmed") == 20
        acknowledged += [answer["id"] for answer in answers]
    assert len(set(acknowledged)) == 30 * len(VICTIMS)
    stored: list[str] = []
    for session in sessions:
        shown = told.demo.as_manager.get(f"{COURSES}/sessions/{session}")
        assert (shown["seats"]["confirmed"], shown["seats"]["waitlisted"]) == (20, 10)
        listed = told.demo.as_manager.get(f"{COURSES}/sessions/{session}/bookings?limit=200")
        stored += [item["id"] for item in listed["items"]]
    assert set(acknowledged) <= set(stored)
    expected = {
        "seats_confirmed": before["seats_confirmed"] + 20 * len(VICTIMS),
        "seats_waitlisted": before["seats_waitlisted"] + 10 * len(VICTIMS),
    }
    until(lambda: report(told, expected) == expected)


def kill9(system: System, name: str) -> None:
    until(lambda: bool(system.pids(name)))  # an earlier kill's successor may still be starting
    os.kill(system.pids(name)[0], signal.SIGKILL)


def report(system: System, keys: dict[str, Any]) -> dict[str, Any]:
    path = f"{REPORTING}/networks/{system.demo.network}/figures"
    found = {figure["key"]: figure["value"] for figure in system.demo.as_manager.get(path)["figures"]}
    return {key: found[key] for key in keys}


def make_session(system: System, capacity: int) -> str:
    return system.demo.extra_session(capacity)


def book(system: System, session: str, headers: dict[str, str]) -> dict[str, Any]:
    person = system.demo._employee("gerber", 0, story.PEOPLE[0])
    body = {"organisation_id": system.demo.organisation("gerber"), "participant_id": person}
    path = f"{COURSES}/sessions/{session}/bookings"
    answer: dict[str, Any] = system.demo.as_company("gerber").call("POST", path, body, headers)
    return answer


async def book_many(
    system: System, session: str, count: int, during: Callable[[], None] | None = None
) -> list[dict[str, Any]]:
    """Book for `count` people at once; each caller repeats with its key until it is answered 201."""
    body = {"organisation_id": system.demo.organisation("gerber")}
    token = system.demo.token("gerber")
    path = f"{COURSES}/sessions/{session}/bookings"
    deadline = time.monotonic() + WAIT_S

    async with httpx.AsyncClient(base_url=system.settings.public_url, timeout=30) as client:

        async def one(number: int) -> dict[str, Any]:
            headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": f"{session}/{number}"}
            while True:
                try:
                    answer = await client.post(
                        path, json={**body, "participant_id": people[number]}, headers=headers
                    )
                except httpx.TransportError:
                    answer = None
                if answer is not None and answer.status_code == httpx.codes.CREATED:
                    found: dict[str, Any] = answer.json()
                    return found
                if answer is not None and answer.status_code < httpx.codes.INTERNAL_SERVER_ERROR:
                    raise AssertionError(answer.text)
                assert time.monotonic() < deadline, "a booking was never answered"
                await asyncio.sleep(0.1)

        people = [new_id() for _ in range(count)]
        tasks = [asyncio.create_task(one(number)) for number in range(count)]
        if during is not None:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            during()
        return list(await asyncio.gather(*tasks))


async def all_records(system: System) -> list[bytes]:
    """Return every record of every topic: key, value and headers."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=kafka_servers(system.settings), auto_offset_reset="earliest"
    )
    await consumer.start()
    try:
        topics = [topic for topic in await consumer.topics() if topic.startswith("verbund.")]
        consumer.subscribe(topics)
        while not consumer.assignment():
            await consumer.getmany(timeout_ms=100)
        ends = await consumer.end_offsets(consumer.assignment())
        await consumer.seek_to_beginning()
        found: list[bytes] = []
        while any([await consumer.position(partition) < end for partition, end in ends.items()]):
            for records in (await consumer.getmany(timeout_ms=200)).values():
                found += [
                    b"\n".join([record.key or b"", record.value or b"", *(raw for _, raw in record.headers)])
                    for record in records
                ]
        return found
    finally:
        await consumer.stop()


def spans(system: System, trace: str) -> list[tuple[str, str]]:
    """Return (process, span name) of every span of the trace."""
    found = []
    for file in system.settings.traces.glob("*.jsonl"):
        for line in file.read_text(encoding="utf-8").splitlines():
            if trace in line:
                span = json.loads(line)
                if span["context"]["trace_id"] == f"0x{trace}":
                    found.append((file.stem, span["name"]))
    return found


def services_in(system: System, trace: str) -> set[str]:
    return {process.split("-")[0] for process, _ in spans(system, trace)}


def mails(system: System) -> list[mailbox.MaildirMessage]:
    return list(mailbox.Maildir(str(Path(system.settings.var) / "mail"), create=False))


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT_S
    while not condition():
        assert time.monotonic() < deadline, "the condition did not come true"
        time.sleep(0.2)
