"""Write docs/events (AsyncAPI 3.0), docs/api (OpenAPI 3.1), docs/permissions.md and docs/privacy from the code.

Errors: exit status 1 names each service whose app cannot be built.
"""

import asyncio
import importlib
import importlib.util
import inspect
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml
from pydantic.json_schema import models_json_schema

from services.membership.privacy.catalogue import markdown
from shared.events import PRODUCERS, Event
from shared.process import VERSION
from shared.topics import declarations
from tools import permissions

DOCS = Path("docs")
SERVICES = ("membership", "courses", "notifications", "reporting")
# The context of every event, as Kafka headers: CloudEvents 1.0.2, binary content mode.
HEADERS: dict[str, str] = {
    "ce_specversion": "Always 1.0.",
    "ce_id": "<aggregate id>:<sequence>; the same event always has the same id.",
    "ce_source": "/services/<name of the producing service>.",
    "ce_type": "verbund.<service>.<event>.v<version>.",
    "ce_subject": "Id of the aggregate; also the record's key.",
    "ce_time": "When it happened, RFC 3339, UTC.",
    "ce_dataschema": "Names the schema of the value.",
    "ce_partitionkey": "Same as ce_subject.",
    "ce_sequence": "Counts the events of one aggregate from 1 without gaps.",
    "ce_traceparent": "W3C trace context; may be missing.",
    "ce_causationid": "The request or event that led to this one; may be missing.",
}
OPTIONAL = {"ce_traceparent", "ce_causationid"}


def asyncapi() -> dict[str, Any]:
    """Return the description of every public topic."""
    events: dict[ModuleType, list[type[Event]]] = {producer: list(producer.EVENTS) for producer in PRODUCERS}
    everything = [(event, "serialization") for found in events.values() for event in found]
    _, schemas = models_json_schema(everything, ref_template="#/components/schemas/{model}")  # type: ignore[arg-type]
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Verbundwerk events",
            "version": VERSION,
            "description": "Topics are keyed by aggregate id and kept for ever. Readers ignore unknown fields and "
            "types; a delivery may come twice, and ce_sequence tells.",
        },
        "defaultContentType": "application/json",
        "channels": {producer.TOPIC: channel(producer.TOPIC, found) for producer, found in events.items()},
        "operations": {
            "publish-" + producer.TOPIC.replace(".", "-"): {
                "action": "send",
                "channel": {"$ref": f"#/channels/{producer.TOPIC}"},
            }
            for producer in events
        },
        "components": {
            "messages": {event.__name__: message(event) for found in events.values() for event in found},
            "schemas": schemas["$defs"],
            "messageTraits": {"cloudEvent": {"headers": headers()}},
        },
    }


def channel(topic: str, events: list[type[Event]]) -> dict[str, Any]:
    """Return the description of one topic."""
    partitions = declarations().topics[topic].partitions
    return {
        "address": topic,
        "messages": {event.__name__: {"$ref": f"#/components/messages/{event.__name__}"} for event in events},
        "bindings": {"kafka": {"partitions": partitions, "bindingVersion": "0.5.0"}},
    }


def message(event: type[Event]) -> dict[str, Any]:
    """Return the description of one event type."""
    return {
        "name": event.type_name(),
        "title": event.__name__,
        "summary": inspect.cleandoc(event.__doc__).split("\n", 1)[0] if event.__doc__ else event.__name__,
        "traits": [{"$ref": "#/components/messageTraits/cloudEvent"}],
        "payload": {"$ref": f"#/components/schemas/{event.__name__}"},
    }


def headers() -> dict[str, Any]:
    """Return the schema of the record's headers."""
    return {
        "type": "object",
        "required": [name for name in HEADERS if name not in OPTIONAL],
        "properties": {name: {"type": "string", "description": text} for name, text in HEADERS.items()},
    }


async def openapi(service: str) -> dict[str, Any]:
    """Return the description of a service's routes; builds its app and starts nothing."""
    main = importlib.import_module(f"services.{service}.main")
    described: dict[str, Any] = main.build("api").app.openapi()
    return described


def write(file: Path, content: str) -> None:
    """Write a generated file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content, "utf-8")
    print(file)


def main() -> int:
    """Write all of it; 1 when a service could not be described."""
    described = yaml.safe_dump(asyncapi(), sort_keys=False, allow_unicode=True, width=120)
    write(DOCS / "events" / "asyncapi.yaml", described)
    write(DOCS / "privacy" / "personal-data.md", markdown())
    failed = 0
    routes: dict[str, dict[str, Any]] = {}
    for service in SERVICES:
        try:
            routes[service] = asyncio.run(openapi(service))
            text = json.dumps(routes[service], indent=2, ensure_ascii=False)
        except (ImportError, ValueError) as error:
            print(f"{service}: {type(error).__name__}: {error}", file=sys.stderr)
            failed = 1
        else:
            write(DOCS / "api" / f"{service}.json", text + "\n")
    write(DOCS / "permissions.md", permissions.page(routes))
    return failed


if __name__ == "__main__":
    sys.exit(main())
