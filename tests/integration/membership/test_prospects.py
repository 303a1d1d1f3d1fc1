"""From the first talk to a member that signs in by itself."""

from typing import Any

import pytest

from services.membership.erasures.handlers import forget
from services.membership.erasures.worker import vault_of
from services.membership.prospects.store import KEPT_MS, Prospects
from shared.clock import Clock, utc_now
from tests.integration.membership.world import PASSWORD, Api

pytestmark = [pytest.mark.connected]

PROSPECT: dict[str, Any] = {
    "organisation_name": "Schalttechnik Ohm e.K. (Demo)",
    "ags": "08415",
    "contact": {"name": "Georg Ohm", "email": "ohm@people.example", "phone": "+49 711 1234"},
    "source": "info_event",
}
OFFER = {"roles": ["sender"], "until": "2099-01-01"}


def joining(token: str) -> dict[str, Any]:
    return {
        "token": token,
        "organisation_name": "Schalttechnik Ohm e.K. (Demo)",
        "ags": "08415",
        "person_name": "Georg Ohm",
        "email": "ohm@people.example",
        "password": PASSWORD,
    }


async def test_a_prospect_is_invited_joins_and_signs_in(api: Api, world: dict[str, str]) -> None:
    path = f"/networks/{world['one']}/prospects"
    documents = {"agreement": "Kooperationsvereinbarung", "annex": None}
    assert (await api("PUT", f"/networks/{world['one']}/documents", "manager-one", documents)).is_success
    made = await api.made(path, "manager-one", PROSPECT)
    one = f"{path}/{made['id']}"
    talk = {"on": "2026-11-20", "channel": "phone", "note": "kommt zum Infotag"}
    await api.made(f"{one}/talks", "manager-one", talk)
    key = {"Idempotency-Key": "link-1"}
    first = await api("POST", f"{one}/invite", "manager-one", OFFER, headers=key)
    again = await api("POST", f"{one}/invite", "manager-one", OFFER, headers=key)
    assert first.json() == again.json()
    token = first.json()["url"].rsplit("/", 1)[1]
    seen = (await api("POST", "/invitations/look", body={"token": token})).json()
    assert (seen["organisation_name"], seen["agreement_version"]) == (PROSPECT["organisation_name"], 1)

    refused = await api("POST", "/invitations/join", body=joining(token))
    assert refused.json()["type"] == "urn:verbundwerk:problem:not-the-present-version"
    assert await api.service.collection("people").count({"email_key": "ohm@people.example"}) == 0
    joined = await api("POST", "/invitations/join", body={**joining(token), "agreement_version": 1})
    assert joined.status_code == 201, joined.text
    repeated = await api("POST", "/invitations/join", body={**joining(token), "agreement_version": 1})
    assert repeated.json() == joined.json()
    await api.sign_in("ohm", "ohm@people.example", PASSWORD)
    membership = (await api("GET", f"/memberships/{joined.json()['membership_id']}", "ohm")).json()
    assert (membership["status"], [role["role"] for role in membership["roles"]]) == ("active", ["sender"])
    told = (await api("GET", one, "manager-one")).json()
    assert (told["status"], told["organisation_id"]) == ("converted", joined.json()["organisation_id"])
    assert (told["contact"]["name"], told["talks"], told["organisation_name"]) == (None, [], "")
    assert (await api("POST", "/invitations/look", body={"token": token})).status_code == 404


async def test_an_address_in_use_is_refused_and_nothing_is_registered(
    api: Api, world: dict[str, str]
) -> None:
    made = await api.made(f"/networks/{world['one']}/prospects", "manager-one", PROSPECT)
    link = await api.done(f"/networks/{world['one']}/prospects/{made['id']}/invite", "manager-one", OFFER)
    body = joining(link["url"].rsplit("/", 1)[1]) | {"email": "admin@verbundwerk.example"}
    before = await api.service.collection("organisations").count({})
    answer = await api("POST", "/invitations/join", body=body)
    assert answer.json()["type"] == "urn:verbundwerk:problem:email-in-use"
    assert await api.service.collection("organisations").count({}) == before


async def test_only_the_network_s_manager_knows_its_prospects(api: Api, world: dict[str, str]) -> None:
    path = f"/networks/{world['one']}/prospects"
    made = await api.made(path, "manager-one", PROSPECT)
    for who in ("admin", "manager-two", "hr"):
        for place in (path, f"{path}/{made['id']}"):
            assert (await api("GET", place, who)).status_code == 403
    elsewhere = f"/networks/{world['two']}/prospects/{made['id']}"
    assert (await api("GET", elsewhere, "manager-two")).status_code == 404
    assert (await api("DELETE", elsewhere, "manager-two")).status_code == 204
    assert (await api("GET", f"{path}/{made['id']}", "manager-one")).status_code == 200
    assert (await api("DELETE", f"{path}/{made['id']}", "manager-one")).status_code == 204
    assert (await api("GET", f"{path}/{made['id']}", "manager-one")).status_code == 404
    answer = await api("POST", "/invitations/look", body={"token": "x" * 40})
    assert answer.json()["type"] == "urn:verbundwerk:problem:link-not-valid"


async def test_an_erased_person_is_no_prospect_s_contact_either(api: Api, world: dict[str, str]) -> None:
    made = await api.made(f"/networks/{world['two']}/prospects", "manager-two", PROSPECT)
    employee = {"name": "Georg Ohm", "email": PROSPECT["contact"]["email"]}
    person = await api.made(f"/organisations/{world['company']}/people", "hr", employee)
    vault = vault_of(api.service, api.service.app.state.parts)
    await forget(person["id"], vault)
    await forget(person["id"], vault)
    answer = await api("GET", f"/networks/{world['two']}/prospects/{made['id']}", "manager-two")
    assert answer.status_code == 404


async def test_what_nobody_worked_on_for_half_a_year_is_gone(api: Api, world: dict[str, str]) -> None:
    made = await api.made(f"/networks/{world['one']}/prospects", "manager-one", PROSPECT)
    collection = api.service.collection("prospects")

    def after(milliseconds: int) -> Clock:
        moment = utc_now().timestamp() * 1000 + milliseconds
        return lambda: utc_now().fromtimestamp(moment / 1000, tz=utc_now().tzinfo)

    assert await Prospects(collection).forget("somebody@people.example") == 0
    assert await Prospects(collection, after(KEPT_MS - 60_000)).purge() == 0
    assert await Prospects(collection, after(KEPT_MS + 60_000)).purge() == 1
    assert (
        await api("GET", f"/networks/{world['one']}/prospects/{made['id']}", "manager-one")
    ).status_code == 404
    await api.made(f"/networks/{world['one']}/prospects", "manager-one", PROSPECT)
    assert await Prospects(collection).forget("OHM@people.example") == 1
