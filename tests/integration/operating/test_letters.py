"""An operator and a poisoned topic, on real Kafka."""

import json
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from deploy.operator.__main__ import app
from deploy.operator.kafka import lags, topic_states
from deploy.operator.letters import LetterBox, NoSuchLetter
from shared.deadletters import DeadLetters, dead_letter_topic
from shared.events.envelope import Envelope
from shared.kafka import Consumers
from shared.producer import Producer, Record
from shared.topics import Declarations, Profile, Topic
from tests.integration.counter import Counted, read_all
from tests.support import Infra, eventually

pytestmark = pytest.mark.connected


def declared(topic: str) -> Declarations:
    one = Topic(partitions=1, retention_ms=-1)
    return Declarations(
        profiles={"local": Profile(replication=1, min_insync_replicas=1)},
        topics={topic: Topic(partitions=3, retention_ms=-1)},
        dead_letters=one,
        groups={"g": [topic]},
    )


class Group:
    """A consumer group with a fault that can be mended."""

    def __init__(self, infra: Infra, producer: Producer, topic: str) -> None:
        self.seen: list[int] = []
        self.broken = True
        self.consumers = Consumers(infra.kafka, service="test", dead_letters=DeadLetters(producer))
        self.consumers.handle(topic, "g", {Counted: self.on_counted})

    async def on_counted(self, event: Counted, _: Envelope) -> None:
        if self.broken:
            raise ZeroDivisionError
        self.seen.append(event.total)


async def park(infra: Infra, producer: Producer, topic: str, total: int) -> Group:
    """Return a running group that could not handle one event."""
    at = datetime(2026, 11, 24, tzinfo=UTC)
    body = b'{"total": %d}' % total
    event = Envelope(f"a:{total}", "/t", Counted.type_name(), "a", at, total, body)
    await producer.send_all([Record(topic, b"a", event.data, event.to_headers())])
    group = Group(infra, producer, topic)
    await group.consumers.start()
    box = LetterBox(infra.kafka, declared(topic))

    async def parked() -> bool:
        return bool(await box.open_letters())

    await eventually(parked, seconds=60)
    return group


async def test_letter_is_handled_by_its_group_alone_when_it_is_replayed(
    infra: Infra, producer: Producer, topic: str
) -> None:
    group = await park(infra, producer, topic, 7)
    box = LetterBox(infra.kafka, declared(topic))
    (letter,) = await box.open_letters("g")
    assert (letter.reason, letter.topic, letter.event_type) == (
        "ZeroDivisionError",
        topic,
        Counted.type_name(),
    )
    group.broken = False
    await box.replay("g", letter.number)
    await eventually(lambda: group.seen == [7])
    await group.consumers.stop()
    assert await box.open_letters() == []
    assert len(await read_all(infra, topic)) == 1  # the public topic has the event once


async def test_letter_comes_back_as_a_new_one_when_the_cause_was_not_mended(
    infra: Infra, producer: Producer, topic: str
) -> None:
    group = await park(infra, producer, topic, 1)
    box = LetterBox(infra.kafka, declared(topic))
    await box.replay("g", 0)

    async def back() -> bool:
        return [each.number for each in await box.open_letters()] not in ([], [0])

    await eventually(back)
    await group.consumers.stop()
    (letter,) = await box.open_letters()
    assert letter.topic == topic
    first, *_, again = [each for each in await read_all(infra, dead_letter_topic(topic, "g")) if each.value]
    assert first.value == again.value
    assert [name for name, _ in again.headers].count("dlq-reason") == 1


async def test_dropped_letter_is_open_no_more_and_stays_in_the_topic(
    infra: Infra, producer: Producer, topic: str
) -> None:
    group = await park(infra, producer, topic, 1)
    await group.consumers.stop()
    box = LetterBox(infra.kafka, declared(topic))
    await box.drop("g", 0)
    assert await box.open_letters() == []
    with pytest.raises(NoSuchLetter):
        await box.replay("g", 0)
    kept = await read_all(infra, dead_letter_topic(topic, "g"))
    assert dict(kept[-1].headers)["dlq-outcome"] == b"dropped"


async def test_lag_is_what_a_group_has_yet_to_handle(infra: Infra, producer: Producer, topic: str) -> None:
    group = await park(infra, producer, topic, 1)
    await group.consumers.stop()
    await producer.send_all([Record(topic, b"k", b"{}", []) for _ in range(3)])
    (lag,) = await lags(infra.kafka, declared(topic))
    assert (lag.group, lag.topic, lag.lag) == ("g", topic, 3)
    states = {each.name: each for each in await topic_states(infra.kafka, declared(topic))}
    assert (states[topic].records, states[topic].problem) == (4, "")


def test_commands_answer_scripts_and_say_by_their_status_what_is_wrong(
    infra: Infra, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", infra.kafka)
    monkeypatch.setenv("PROCESSES", "courses-api=http://127.0.0.1:9")
    cli = CliRunner()
    listed = cli.invoke(app, ["topics", "--json"])
    assert listed.exit_code == 0
    assert {each["problem"] for each in json.loads(listed.stdout)} == {""}
    down = cli.invoke(app, ["status", "--json"])
    assert (down.exit_code, json.loads(down.stdout)[0]["state"]) == (1, "down")
    missing = cli.invoke(app, ["dead-letters", "replay", "reporting.figures", "4711"])
    assert (missing.exit_code, "no single open letter" in missing.stderr) == (1, True)
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:9")
    away = cli.invoke(app, ["lag"])
    assert (away.exit_code, "Kafka does not answer" in away.stderr) == (1, True)
