"""Many questions in one request, and the limit that a service meets."""

import pytest

from services.membership.people.contacts_api import LOOKUPS_PER_MINUTE
from services.membership.signin.limits import _key
from tests.integration.membership.world import EMPLOYEE, Api, service_token

pytestmark = [pytest.mark.connected]


@pytest.fixture
async def notifications(api: Api) -> str:
    api.tokens["notifications"] = (await service_token(api, "notifications")).json()["access_token"]
    return "notifications"


async def test_each_question_is_answered_as_if_it_were_alone(
    api: Api, world: dict[str, str], notifications: str
) -> None:
    made = await api.made(f"/organisations/{world['company']}/people", "hr", EMPLOYEE)
    questions = [
        {"organisation_id": world["company"], "role": "company_hr"},
        {"person_ids": [made["id"]], "organisation_id": world["company"]},
        {"person_ids": [made["id"]], "organisation_id": world["stranger"]},
        {"network_id": world["one"], "role": "network_manager"},
    ]
    alone = [(await api("POST", "/contacts/lookup", notifications, one)).json() for one in questions]
    together = await api("POST", "/contacts/lookups", notifications, {"questions": questions})
    assert together.json()["answers"] == alone
    assert [len(one["contacts"]) for one in alone] == [1, 1, 0, 1]
    wrong = {"questions": [questions[0], {"organisation_id": world["company"]}]}
    refused = await api("POST", "/contacts/lookups", notifications, wrong)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "#/questions/1/role"


async def test_a_service_is_held_back_when_it_asks_too_often(
    api: Api, world: dict[str, str], notifications: str
) -> None:
    body = {"questions": [{"organisation_id": world["company"], "role": "company_hr"}]}
    assert (await api("POST", "/contacts/lookups", notifications, body)).status_code == 200
    counters = api.service.collection("limits")
    prefix = f"{_key('lookup', 'notifications')}:"
    for found in await counters.find({}):
        if found["_id"].startswith(prefix):
            await counters.update_one({"_id": found["_id"]}, {"$set": {"failures": LOOKUPS_PER_MINUTE}})
    answer = await api("POST", "/contacts/lookups", notifications, body)
    assert answer.status_code in {200, 429}  # 200 only when a new minute has just begun
    if answer.status_code == 429:
        assert 1 <= int(answer.headers["Retry-After"]) <= 60
