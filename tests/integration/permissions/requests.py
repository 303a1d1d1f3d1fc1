"""From a route's OpenAPI description to a request for somebody's thing; values are found by their names."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

NUMBERS = count(1)
METHODS = ("get", "post", "put", "patch", "delete")

# Bodies that cannot be told from the schema; "{x}" is an id of the place.
BODIES: dict[str, Any] = {
    "post_person": {"grants": [{"role": "company_hr", "organisation_id": "{organisation_id}"}]},
    "put_network_goals": {"goals": []},
    "terminate_membership": {"reason_code": "left"},
    "post_network_webhook_redelivery": {"since": "2020-01-01T00:00:00Z"},
    "post_organisation_webhook_redelivery": {"since": "2020-01-01T00:00:00Z"},
    "split_pool": {"need_ids": ["{need_id}"]},
    "merge_pools": {"source_pool_id": "{pool_id}"},
    "invite_network": {"partner_network_id": "{network_id}"},
    "uninvite_network": {"partner_network_id": "{network_id}"},
    "lookup_contacts": {"person_ids": ["{person_id}"]},
    "lookup_many_contacts": {"questions": [{"person_ids": ["{person_id}"]}]},
    "submit_offer": {"venues": [{"kind": "online", "label": "online"}]},
}
# Whose thing is asked for, where the name alone does not say it.
PLACES: dict[str, dict[str, str]] = {"invite_person": {"person_id": "contact_id"}}
# Values of fields by name, where the schema alone would give something that a rule refuses.
FIELDS: dict[str, Any] = {
    "ags": "08415",
    "name": "Neu (Demo)",
    "topic_code": "emob-hv1",
    "window_from": "2099-01-04",
    "window_to": "2099-06-30",
    "starts_at": "2099-05-04T07:00:00Z",
    "ends_at": "2099-05-04T10:00:00Z",
    "since": "2026-01-01",
    "issued_on": "2026-11-02",
    "due_at": "2099-01-01T00:00:00Z",
    "valid_until": "2099-12-31",
    "granted_on": "2026-01-01",
    "until": "2099-01-01",
    "on": "2026-01-01",
    "days_before": 0,
    "minimum_seats": 1,
    "capacity": 5,
    "year": 2025,
    "need_ids": [],
    "venue_ags": "08415",
}


@dataclass(frozen=True)
class Operation:
    """One route as OpenAPI describes it."""

    service: str
    id: str
    method: str
    path: str
    parameters: tuple[dict[str, Any], ...]
    body: dict[str, Any] | None
    schemas: Mapping[str, Any]

    @property
    def reads(self) -> bool:
        return self.method == "get"

    def request(self, place: Mapping[str, str]) -> tuple[str, dict[str, str], Any]:
        """Return path, query and body that ask for the thing of this place."""
        place = {**place, **{name: place[other] for name, other in PLACES.get(self.id, {}).items()}}
        path = self.path.format_map(place)
        query = {
            each["name"]: place[each["name"]]
            for each in self.parameters
            if each["in"] == "query" and each.get("required")
        }
        body = None if self.body is None else self.value("", self.body, place)
        if self.id in BODIES:
            body = {**(body or {}), **_filled(BODIES[self.id], place)}
        return path, query, body

    def value(self, name: str, schema: Mapping[str, Any], place: Mapping[str, str]) -> Any:
        """Return a value that the schema allows."""
        if name == "email":
            return f"neu{next(NUMBERS)}@people.example"
        if name == "ags":
            return [FIELDS[name]] if schema.get("type") == "array" else FIELDS[name]
        if name in FIELDS or name in place:
            return FIELDS.get(name, place.get(name))
        if "$ref" in schema:
            return self.value(name, self.schemas[schema["$ref"].rsplit("/", 1)[-1]], place)
        for several in ("anyOf", "oneOf", "allOf"):
            if several in schema:
                return self.value(name, schema[several][0], place)
        return self._plain(name, schema, place)

    def _plain(self, name: str, schema: Mapping[str, Any], place: Mapping[str, str]) -> Any:
        if "enum" in schema:
            return schema["enum"][0]
        kind = schema.get("type")
        if kind == "object":
            required = schema.get("required", ())
            fields = schema.get("properties", {})
            return {each: self.value(each, fields[each], place) for each in required}
        if kind == "array":
            item = self.value(name.removesuffix("s"), schema.get("items", {}), place)
            return [item] * max(schema.get("minItems", 0), 1)
        if kind in {"integer", "number"}:
            return int(schema.get("minimum", 1))
        if kind == "boolean":
            return True
        return "x" * max(schema.get("minLength", 1), 3)


def operations(service: str, described: Mapping[str, Any]) -> Iterator[Operation]:
    """Yield every route of an OpenAPI document."""
    for path, methods in described["paths"].items():
        for method in METHODS:
            if method not in methods:
                continue
            found = methods[method]
            content = found.get("requestBody", {}).get("content", {})
            yield Operation(
                service=service,
                id=found["operationId"],
                method=method,
                path=path,
                parameters=tuple(found.get("parameters", ())),
                body=next((each["schema"] for each in content.values()), None),
                schemas=described.get("components", {}).get("schemas", {}),
            )


def _filled(value: Any, place: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _filled(each, place) for key, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, place) for each in value]
    return value.format_map(place) if isinstance(value, str) else value
