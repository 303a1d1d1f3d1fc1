"""The published language may only grow: golden events and schemas of every type, and CloudEvents as others read them.

A new event type gets its files by `python -m tests.contract.test_events`; a changed one fails here instead.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary
from cloudevents.core.formats.json import JSONFormat
from hypothesis import given
from hypothesis import strategies as st

from shared.events import PRODUCERS, Envelope, Event

GOLDEN = Path(__file__).parent / "golden"
EVENTS = [event for producer in PRODUCERS for event in producer.EVENTS]
ID = "0190c7a2-5b1e-7c3d-8f4a-123456789abc"


def example(schema: dict[str, Any], definitions: dict[str, Any]) -> Any:  # noqa: PLR0911  a case each
    """Return one value that fits the schema, always the same one."""
    if "$ref" in schema:
        return example(definitions[schema["$ref"].rsplit("/", 1)[1]], definitions)
    if "const" in schema or "enum" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    if "anyOf" in schema:
        return example(schema["anyOf"][0], definitions)
    match schema.get("type"):
        case "object":
            return {key: example(part, definitions) for key, part in schema["properties"].items()}
        case "array":
            return [example(schema["items"], definitions)]
        case "integer":
            return 3
        case "boolean":
            return True
        case _:
            by_format = {"date": "2027-03-28", "date-time": "2027-03-28T06:00:00Z"}
            return by_format.get(schema.get("format", ""), ID)


def within(written: Any, golden: Any) -> Any:
    """Return `written` without the fields that were added, at any depth, since `golden` was."""
    if isinstance(golden, dict):
        return {key: within(written[key], part) for key, part in golden.items()}
    if isinstance(golden, list):
        return [within(*pair) for pair in zip(written, golden, strict=True)]
    return written


def files(event: type[Event]) -> tuple[Path, Path]:
    name = event.type_name()
    return GOLDEN / f"{name}.json", GOLDEN / f"{name}.schema.json"


def shape(schema: Any) -> Any:
    """Return the schema without prose, which may change."""
    if isinstance(schema, dict):
        return {key: shape(part) for key, part in schema.items() if key not in {"description", "title"}}
    if isinstance(schema, list):
        return [shape(part) for part in schema]
    return schema


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.type_name())
def test_golden_event_is_read_and_written_unchanged(event: type[Event]) -> None:
    golden = json.loads(files(event)[0].read_text(encoding="utf-8"))
    read = event.model_validate(golden)
    assert within(json.loads(read.model_dump_json()), golden) == golden


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.type_name())
def test_schema_only_grows(event: type[Event]) -> None:
    old = json.loads(files(event)[1].read_text(encoding="utf-8"))
    new = shape(event.model_json_schema())
    parts = [(old, new)]
    parts += [(part, new["$defs"][name]) for name, part in old.get("$defs", {}).items()]
    for before, after in parts:
        assert set(after.get("required", ())) <= set(before.get("required", ())), "a new field is required"
        assert set(before.get("enum", ())) <= set(after.get("enum", ())), "a value is gone"
        for key, field in before.get("properties", {}).items():
            assert after["properties"].get(key) == field, f"{key} is gone or changed"


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.type_name())
def test_unknown_fields_of_a_newer_producer_are_ignored(event: type[Event]) -> None:
    golden = json.loads(files(event)[0].read_text(encoding="utf-8"))
    assert event.model_validate({**golden, "of_the_future": [1]}) == event.model_validate(golden)


def test_every_golden_file_belongs_to_an_event() -> None:
    expected = {file.name for event in EVENTS for file in files(event)}
    assert {file.name for file in GOLDEN.iterdir()} == expected


@given(
    sequence=st.integers(min_value=1, max_value=2**31),
    traceparent=st.none() | st.just(f"00-{'a' * 32}-{'b' * 16}-01"),
    causation=st.none() | st.text(st.characters(codec="ascii", min_codepoint=33), min_size=1, max_size=50),
    at=st.datetimes(min_value=datetime(2020, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001  hypothesis adds it
)
def test_envelope_survives_the_wire(
    sequence: int, traceparent: str | None, causation: str | None, at: datetime
) -> None:
    sent = Envelope(
        f"{ID}:{sequence}", "/t", "verbund.t.e.v1", ID, at, sequence, b"{}", traceparent, causation
    )
    assert Envelope.from_record(sent.to_headers(), sent.data) == sent


def test_cloudevents_library_reads_our_records() -> None:
    at = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
    sent = Envelope(f"{ID}:1", "/services/courses", "verbund.courses.e.v1", ID, at, 1, b'{"a": 1}')
    message = KafkaMessage(headers=dict(sent.to_headers()), key=ID.encode(), value=sent.data)
    read = from_binary(message, JSONFormat())
    assert (read.get_id(), read.get_source(), read.get_subject()) == (sent.id, sent.source, ID)
    assert read.get_time() == at
    assert read.get_data() == {"a": 1}
    assert read.get_extension("sequence") == "1"


if __name__ == "__main__":
    for event in EVENTS:
        body, schema = files(event)
        if not body.exists():
            made = event.model_json_schema()
            value = example({**made, "type": "object"}, made.get("$defs", {}))
            body.write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")
            schema.write_text(json.dumps(shape(made), indent=2) + "\n", encoding="utf-8")
