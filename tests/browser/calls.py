"""A call for offers in the demo's network, made once through the API."""

from functools import cache
from typing import Any

from tests.browser.people import World

COURSES = "/api/courses/v1"
TOPIC = "auto-sensor"


def call_of(world: World) -> str:
    """Return the id of a call that the demo's provider is asked by."""
    return _made(world.url, world)


@cache
def _made(_: str, world: World) -> str:
    needs = [_need(world, role) for role in ("company", "second_company")]
    body = {"network_id": world.network, "topic_code": TOPIC, "minimum_seats": 2, "need_ids": needs}
    pool = _post(world, "manager", "/pools", body, "pool")["id"]
    for role in ("company", "second_company"):
        pledge = {"organisation_id": world.organisations[role], "seats": 2}
        _post(world, role, f"/pools/{pool}/pledges", pledge, f"pledge/{role}")
    draft = {
        "pool_id": pool,
        "providers": [world.organisations["provider"]],
        "few_providers_reason": "Nur ein Anbieter in der Region.",
        "due_at": "2027-01-20T12:00:00+01:00",
    }
    made = _post(world, "manager", "/calls", draft, "call")["id"]
    _post(world, "manager", f"/calls/{made}/request", {}, "request")
    return str(made)


def _need(world: World, role: str) -> str:
    body = {
        "network_id": world.network,
        "organisation_id": world.organisations[role],
        "topic_code": TOPIC,
        "headcount": 2,
        "window_from": "2027-02-01",
        "window_to": "2027-06-30",
        "format": "on_site",
    }
    return str(_post(world, role, "/needs", body, f"need/{role}")["id"])


def _post(world: World, role: str, path: str, body: dict[str, Any], key: str) -> dict[str, Any]:
    with world.api(role) as client:
        answer = client.post(f"{COURSES}{path}", json=body, headers={"Idempotency-Key": f"calls/{key}"})
    assert answer.is_success, answer.text
    found: dict[str, Any] = answer.json()
    return found
