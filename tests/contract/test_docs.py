"""The committed event document names every event of the code."""

from pathlib import Path

import pytest
import yaml

from shared.events import PRODUCERS


@pytest.mark.parametrize("producer", PRODUCERS, ids=lambda producer: producer.TOPIC)
def test_asyncapi_describes_every_event(producer: object) -> None:
    text = Path("docs/events/asyncapi.yaml").read_text(encoding="utf-8")
    assert yaml.safe_load(text)["asyncapi"].startswith("3.")
    missing = [event.type_name() for event in producer.EVENTS if event.type_name() not in text]  # type: ignore[attr-defined]
    assert missing == []
