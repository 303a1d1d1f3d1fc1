"""The committed documents are those of the code, and say everything by one name."""

import asyncio
import json
from pathlib import Path

import pytest
import yaml

from shared.events import PRODUCERS
from tools.docs import DOCS, SERVICES, openapi


@pytest.mark.parametrize("producer", PRODUCERS, ids=lambda producer: producer.TOPIC)
def test_asyncapi_describes_every_event(producer: object) -> None:
    text = Path("docs/events/asyncapi.yaml").read_text(encoding="utf-8")
    assert yaml.safe_load(text)["asyncapi"].startswith("3.")
    missing = [event.type_name() for event in producer.EVENTS if event.type_name() not in text]  # type: ignore[attr-defined]
    assert missing == []


@pytest.mark.parametrize("service", SERVICES)
def test_openapi_is_current_and_names_every_schema_once(service: str) -> None:
    committed = json.loads((DOCS / "api" / f"{service}.json").read_text(encoding="utf-8"))
    assert committed == asyncio.run(openapi(service)), "run `make docs`"
    # Two models of one name get their modules' names in front, which readers of the document would have to type.
    assert [name for name in committed["components"]["schemas"] if "__" in name] == []
