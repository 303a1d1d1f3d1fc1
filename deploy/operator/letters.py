"""Dead letters: find the open ones, look at one, give it back to its group, or drop it.

A dead-letter topic only grows. What becomes of a letter is another record of the same topic, with the headers
`dlq-resolves` (the letter's offset) and `dlq-outcome`; so nothing is lost and everybody sees what was done.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from aiokafka import ConsumerRecord

from deploy.operator import kafka
from shared.clock import utc_now
from shared.deadletters import dead_letter_topic, retry_topic
from shared.producer import Producer, Record
from shared.topics import Declarations, declarations

type Outcome = Literal["replayed", "dropped"]
PREFIX = "dlq-"


class NoSuchLetter(Exception):  # noqa: N818  it names the condition
    """There is no open dead letter of this number."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One open dead letter; `number` is its offset in the dead-letter topic, `bytes` the size of its value."""

    group: str
    number: int
    reason: str
    topic: str
    partition: int
    offset: int
    event_type: str
    subject: str
    parked_at: str
    bytes: int


class LetterBox:
    """The dead letters of all declared groups. Every method may raise `KafkaError`, sending also `KafkaDown`."""

    def __init__(self, servers: str, declared: Declarations | None = None) -> None:
        self._servers = servers
        self._groups = (declared or declarations()).groups

    async def open_letters(self, group: str | None = None) -> list[Letter]:
        """Return the letters that nobody has answered yet, oldest first per topic."""
        found: list[Letter] = []
        for each, topics in sorted(self._groups.items()):
            if group in {None, each}:
                for topic in topics:
                    found += [letter(each, record) for record in await self._open(each, topic)]
        return found

    async def show(self, group: str, number: int, topic: str | None = None) -> "ConsumerRecord[Any, Any]":
        """Return the record of one open letter. Errors: `NoSuchLetter`."""
        return (await self._find(group, number, topic))[1]

    async def replay(self, group: str, number: int, topic: str | None = None) -> None:
        """Give a letter back to its group, byte for byte. Errors: `NoSuchLetter`."""
        origin, record = await self._find(group, number, topic)
        kept = [(name, value) for name, value in record.headers if not name.startswith(PREFIX)]
        again = Record(retry_topic(origin, group), record.key, record.value, kept)
        # In this order: a crash in between has it handled twice, and every effect is guarded against that.
        await self._send(again)
        await self._send(_resolution(origin, group, number, "replayed"))

    async def drop(self, group: str, number: int, topic: str | None = None) -> None:
        """Note that a letter needs no handling. Errors: `NoSuchLetter`."""
        origin, _ = await self._find(group, number, topic)
        await self._send(_resolution(origin, group, number, "dropped"))

    async def _open(self, group: str, topic: str) -> list["ConsumerRecord[Any, Any]"]:
        return unresolved(await kafka.records(self._servers, dead_letter_topic(topic, group)))

    async def _find(
        self, group: str, number: int, topic: str | None
    ) -> tuple[str, "ConsumerRecord[Any, Any]"]:
        found = [
            (each, record)
            for each in self._groups.get(group, [])
            if topic in {None, each}
            for record in await self._open(group, each)
            if record.offset == number
        ]
        if len(found) != 1:
            what = "several topics have one" if found else "there is none"
            msg = f"group {group} has no single open letter {number}: {what}; name the topic"
            raise NoSuchLetter(msg)
        return found[0]

    async def _send(self, record: Record) -> None:
        producer = Producer(self._servers, "verbundwerk-operator")
        try:
            await producer.send_all([record])
        finally:
            await producer.stop()


def unresolved(records: Iterable["ConsumerRecord[Any, Any]"]) -> list["ConsumerRecord[Any, Any]"]:
    """Return the letters that no later record of the topic answers."""
    letters: dict[int, ConsumerRecord[Any, Any]] = {}
    for record in records:
        answered = dict(record.headers).get("dlq-resolves")
        if answered is None:
            letters[record.offset] = record
        else:
            letters.pop(int(answered), None)
    return list(letters.values())


def letter(group: str, record: "ConsumerRecord[Any, Any]") -> Letter:
    """Describe a parked record without its content."""
    headers = {name: value.decode(errors="replace") for name, value in record.headers if value is not None}
    return Letter(
        group=group,
        number=record.offset,
        reason=headers.get("dlq-reason", ""),
        topic=headers.get("dlq-topic", ""),
        partition=int(headers.get("dlq-partition", -1)),
        offset=int(headers.get("dlq-offset", -1)),
        event_type=headers.get("ce_type", ""),
        subject=headers.get("ce_subject", ""),
        parked_at=headers.get("dlq-time", ""),
        bytes=len(record.value or b""),
    )


def _resolution(topic: str, group: str, number: int, outcome: Outcome) -> Record:
    headers = [
        ("dlq-resolves", str(number).encode()),
        ("dlq-outcome", outcome.encode()),
        ("dlq-time", utc_now().isoformat().encode()),
    ]
    return Record(dead_letter_topic(topic, group), str(number).encode(), None, headers)
