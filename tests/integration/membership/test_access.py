"""Each role may do its own and nothing foreign."""

import json
from typing import Any

import pytest

from tests.integration.membership.world import EMPLOYEE, NEW_NETWORK, NUMBERS, Api, service_token

pytestmark = [pytest.mark.connected]


# (who, method, path, body, status); "{x}" is an id of the world.
TIERS = {"cancellation": [{"days_before": 0, "fee_percent": 5}]}
ADMISSION = {"roles": ["sender"], "since": "2026-01-01"}
ACCESS: list[tuple[str | None, str, str, Any, int]] = [
    (None, "GET", "/me", None, 401),
    (None, "GET", "/networks", None, 401),
    ("hr", "POST", "/networks", NEW_NETWORK, 403),
    ("manager-one", "POST", "/networks", NEW_NETWORK, 403),
    ("hr", "GET", "/networks/{one}", None, 200),
    ("hr", "PUT", "/networks/{one}/policies", TIERS, 403),
    ("admin", "PUT", "/networks/{one}/policies", TIERS, 403),
    ("manager-two", "PUT", "/networks/{one}/policies", TIERS, 403),
    ("manager-two", "POST", "/networks/{one}/activate", None, 403),
    ("manager-one", "POST", "/networks/{one}/close", None, 403),
    ("hr", "GET", "/organisations/{company}", None, 200),
    ("foreign-hr", "GET", "/organisations/{company}", None, 404),
    ("manager-two", "GET", "/organisations/{company}", None, 404),
    ("manager-one", "GET", "/organisations/{company}", None, 200),
    ("manager-one", "GET", "/organisations/{stranger}", None, 404),
    ("admin", "GET", "/organisations/{company}", None, 200),
    ("hr", "POST", "/organisations", {"name": "X", "kind": "company", "ags": "08415"}, 403),
    ("hr", "GET", "/organisations?network_id={one}", None, 404),
    ("manager-two", "GET", "/organisations?network_id={one}", None, 404),
    ("manager-one", "POST", "/networks/{one}/memberships", {"organisation_id": "{stranger}"}, 404),
    ("manager-two", "POST", "/networks/{two}/memberships", {"organisation_id": "{company}"}, 404),
    ("foreign-hr", "POST", "/networks/{one}/memberships", {"organisation_id": "{company}"}, 404),
    ("hr", "POST", "/networks/{one}/memberships", {"organisation_id": "{company}"}, 409),
    ("hr", "POST", "/networks/{two}/memberships", {"organisation_id": "{company}"}, 201),
    ("foreign-hr", "GET", "/memberships/{membership}", None, 404),
    ("manager-two", "POST", "/memberships/{membership}/terminate", None, 404),
    ("hr", "POST", "/memberships/{membership}/admit", ADMISSION, 403),
    ("admin", "POST", "/memberships/{membership}/admit", ADMISSION, 403),
    ("hr", "POST", "/memberships/{membership}/terminate", {"reason_code": "other"}, 403),
    ("hr", "POST", "/memberships/{membership}/terminate", {"reason_code": "left"}, 200),
    ("hr", "POST", "/organisations/{company}/people", EMPLOYEE, 201),
    ("foreign-hr", "POST", "/organisations/{company}/people", EMPLOYEE, 404),
    ("manager-one", "POST", "/organisations/{company}/people", EMPLOYEE, 403),
    ("foreign-hr", "GET", "/organisations/{company}/people", None, 404),
    ("hr", "GET", "/organisations/{company}/people", None, 200),
    ("hr", "POST", "/contacts/lookup", {"person_ids": ["{company}"]}, 403),
    ("admin", "POST", "/contacts/lookup", {"person_ids": ["{company}"]}, 403),
]


@pytest.mark.timeout(240)
async def test_each_role_may_do_its_own_and_nothing_foreign(api: Api, world: dict[str, str]) -> None:
    wrong = []
    for who, method, path, body, status in ACCESS:
        text = json.dumps(body)
        place = path
        for name, one in world.items():
            place, text = place.replace(f"{{{name}}}", one), text.replace(f'"{{{name}}}"', f'"{one}"')
        answer = await api(method, place, who, json.loads(text))
        if answer.status_code != status:
            wrong.append((who, method, path, answer.status_code, status, answer.text))
    assert not wrong


async def test_a_manager_creates_contacts_of_the_own_network_only(api: Api, world: dict[str, str]) -> None:
    def body(role: str, **place: str) -> dict[str, Any]:
        return {
            "name": "P",
            "email": f"p{next(NUMBERS)}@people.example",
            "grants": [{"role": role, **place}],
        }

    for sent, status in (
        (body("company_hr", organisation_id=world["company"]), 201),
        (body("company_hr", organisation_id=world["stranger"]), 404),
        (body("provider", organisation_id=world["company"]), 422),
        (body("participant", organisation_id=world["company"]), 403),
        (body("platform_admin"), 403),
        (body("network_manager", network_id=world["one"]), 403),
        (body("company_hr", network_id=world["one"]), 422),
    ):
        answer = await api("POST", "/people", "manager-one", sent)
        assert answer.status_code == status, (sent, answer.text)


async def test_a_service_looks_up_contacts_and_no_strangers(api: Api, world: dict[str, str]) -> None:
    granted = (await service_token(api, "notifications")).json()
    assert granted["scope"] == "bookings:read contacts:read erasures:read letters:open organisations:read"
    api.tokens["notifications"] = granted["access_token"]
    api.tokens["reporting"] = (await service_token(api, "reporting")).json()["access_token"]
    made = await api.made(f"/organisations/{world['company']}/people", "hr", EMPLOYEE)
    ask = {"person_ids": [made["id"]], "organisation_id": world["company"]}
    found = (await api("POST", "/contacts/lookup", "notifications", ask)).json()["contacts"]
    assert [one["email"] for one in found] == ["ada@people.example"]
    ask["organisation_id"] = world["stranger"]
    assert (await api("POST", "/contacts/lookup", "notifications", ask)).json()["contacts"] == []
    by_role = {"organisation_id": world["company"], "role": "company_hr"}
    found = (await api("POST", "/contacts/lookup", "notifications", by_role)).json()["contacts"]
    assert [one["name"] for one in found] == ["hr"]
    by_network = {"network_id": world["one"], "role": "network_manager"}
    found = (await api("POST", "/contacts/lookup", "notifications", by_network)).json()["contacts"]
    assert [one["name"] for one in found] == ["manager-one"]
    assert (await api("POST", "/contacts/lookup", "reporting", by_role)).status_code == 403
    everybody = {"organisation_id": world["company"]}
    assert (await api("POST", "/contacts/lookup", "notifications", everybody)).status_code == 422
    assert (await api("GET", f"/organisations/{world['company']}", "notifications")).status_code == 200
    assert (await api("GET", f"/organisations/{world['company']}", "reporting")).status_code == 403
    assert (await api("GET", "/networks", "notifications")).status_code == 403
