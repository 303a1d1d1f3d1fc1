"""Networks, organisations, groups and the de-minimis ledger through the api."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from services.membership.networks.handlers import begin_due_policies, day_of
from shared.clock import utc_now
from tests.integration.membership.world import Api

pytestmark = [pytest.mark.connected]

RULES: dict[str, Any] = {"cancellation": [{"days_before": 0, "fee_percent": 80}]}


async def put(api: Api, path: str, who: str, body: Any) -> dict[str, Any]:
    answer = await api("PUT", path, who, body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_rules_for_a_later_day_begin_by_themselves(api: Api, world: dict[str, str]) -> None:
    path = f"/networks/{world['one']}/policies"
    later = day_of(utc_now) + timedelta(days=1)
    rules = {**RULES, "pooling_days": 21, "cost_key": "per_company", "valid_from": later.isoformat()}
    planned = await put(api, path, "manager-one", rules)
    assert planned["policies"]["version"] == 1
    assert planned["scheduled_policies"][0]["pooling_days"] == 21
    networks = api.service.app.state.parts.networks
    assert await begin_due_policies(networks=networks, clock=utc_now) == 0

    def tomorrow() -> Any:
        return utc_now() + timedelta(days=1)

    assert await begin_due_policies(networks=networks, clock=tomorrow) == 1
    assert await begin_due_policies(networks=networks, clock=tomorrow) == 0
    history = (await api("GET", path, "hr")).json()
    assert [(one["version"], one["cost_key"]) for one in history["versions"]] == [
        (1, "per_seat"),
        (2, "per_company"),
    ]
    assert history["versions"][1]["valid_from"] == later.isoformat()
    yesterday = (later - timedelta(days=2)).isoformat()
    answer = await api("PUT", path, "manager-one", {**RULES, "valid_from": yesterday})
    assert (answer.status_code, answer.json()["type"]) == (
        422,
        "urn:verbundwerk:problem:policies-in-the-past",
    )


async def test_a_network_is_corrected_and_has_goals_and_documents(api: Api, world: dict[str, str]) -> None:
    path = f"/networks/{world['one']}"
    region = {"name": "Verbund Neu", "sector_focus": "metal_electro", "ags": ["08416", "08415"]}
    corrected = await put(api, path, "manager-one", region)
    assert (corrected["name"], corrected["ags"]) == ("Verbund Neu", ["08415", "08416"])
    goals = {"goals": [{"metric": "smes_reached", "target": 40, "due": "2027-12-31"}]}
    assert (await put(api, f"{path}/goals", "manager-one", goals))["goals"] == goals["goals"]
    documents = {"agreement": "Kooperationsvereinbarung 2026", "annex": "Anlage Datenschutz"}
    named = await put(api, f"{path}/documents", "manager-one", documents)
    assert (named["documents"]["agreement_version"], named["documents"]["annex_version"]) == (1, 1)
    for body in ({"goals": [{**goals["goals"][0], "metric": "profit"}]}, {"goals": [{"target": 0}]}):
        assert (await api("PUT", f"{path}/goals", "manager-one", body)).status_code == 422
    assert (await api("PUT", f"{path}/goals", "manager-two", goals)).status_code == 403


async def test_an_organisation_is_corrected_verified_and_archived(api: Api, world: dict[str, str]) -> None:
    path = f"/organisations/{world['company']}"
    correction = {"name": "Weberei Neu KG (Demo)", "ags": "08416", "reference": "17"}
    assert (await put(api, path, "hr", correction))["ags"] == "08416"
    sites = await put(api, f"{path}/sites", "hr", {"sites": [{"name": "Werk 1", "ags": "08415"}]})
    (site,) = sites["sites"]
    none = await put(api, f"{path}/sites", "hr", {"sites": []})
    assert none["sites"] == [{**site, "closed": True}]
    wrong = {"sites": [{"name": "W", "ags": "08415", "municipality": "08415999"}]}
    answer = await api("PUT", f"{path}/sites", "hr", wrong)
    assert answer.json()["errors"][0]["pointer"] == "#/sites/0/municipality"
    approved = {**correction, "azav_until": "2027-12-31"}
    assert (await api("PUT", path, "hr", approved)).status_code == 422
    assert (await api("POST", f"{path}/verify", "hr")).status_code == 403
    assert (await api.done(f"{path}/verify", "manager-one"))["status"] == "verified"
    assert (await api("POST", f"{path}/archive", "manager-one")).status_code == 403
    assert (await api.done(f"{path}/archive", "admin"))["status"] == "archived"
    assert (await api("PUT", path, "hr", correction)).status_code == 409
    apply = {"organisation_id": world["company"]}
    assert (await api("POST", f"/networks/{world['two']}/memberships", "hr", apply)).status_code == 409


async def test_both_size_facts_come_from_one_declaration(api: Api, world: dict[str, str]) -> None:
    path = f"/organisations/{world['company']}/size-declarations"
    body = {"year": 2025, "annual_work_units": 44, "turnover_cents": 10**8, "balance_sheet_cents": 10**8}
    staff = {"over_30_hours": 40, "up_to_20_hours": 10, "group": 10.25}
    sized = await api.made(path, "hr", {**body, "staff": staff, "ownership_changed": True})
    assert (sized["sme_class"], sized["headcount_band"]) == ("small", "from_50")
    assert sized["sizes"][0]["review"] is True


async def test_linked_enterprises_share_the_ceiling_and_tell_a_sum_only(
    api: Api, world: dict[str, str]
) -> None:
    company = {"kind": "company", "ags": "08415", "network_id": world["one"]}
    others = [
        await api.made("/organisations", "manager-one", {**company, "name": f"Tochter {n} (Demo)"})
        for n in range(2)
    ]
    own = f"/organisations/{world['company']}"
    chain = [world["company"], *(one["id"] for one in others)]
    for one, other in pairwise(chain):
        link = {"organisation_id": other, "relation": "linked", "share_percent": 60}
        await put(api, f"/organisations/{one}/group", "manager-one", {"links": [link]})
    grant = {"amount_cents": 20_000_000, "granted_on": "2026-01-15", "giver": "Geheimbank (Demo)"}
    await api.made(f"/organisations/{chain[2]}/aid-grants", "manager-one", grant)
    key = {"Idempotency-Key": "grant-1"}
    more = {**grant, "amount_cents": 4_000_000, "giver": "L-Bank"}
    first = await api("POST", f"{own}/aid-grants", "hr", more, headers=key)
    again = await api("POST", f"{own}/aid-grants", "hr", more, headers=key)
    assert first.status_code == again.status_code == 201
    ledger = again.json()
    assert (ledger["used_cents"], ledger["of_linked_cents"], ledger["warning"]) == (
        24_000_000,
        20_000_000,
        True,
    )
    assert len(ledger["grants"]) == 1
    refused = await api("POST", f"{own}/aid-grants", "hr", {**grant, "amount_cents": 6_000_001})
    assert refused.status_code == 409
    assert refused.json()["params"]["left_cents"] == 6_000_000
    assert "Geheimbank" not in (await api("GET", f"{own}/aid", "manager-one")).text
    assert (await api("GET", f"{own}/aid?on=2029-01-15", "hr")).json()["used_cents"] == 0
    withdrawn = await api.done(f"{own}/aid-grants/{ledger['grants'][0]['id']}/withdraw", "hr")
    assert (withdrawn["used_cents"], withdrawn["grants"][0]["withdrawn"]) == (20_000_000, True)
    for who, status in (("foreign-hr", 404), ("manager-two", 404), ("manager-one", 200)):
        assert (await api("GET", f"{own}/aid", who)).status_code == status


async def test_choosers_name_their_source(api: Api, world: dict[str, str]) -> None:
    for path, count in (
        ("districts", 44),
        ("municipalities", 1103),
        ("municipalities?ags=08111", 1),
        ("industries", 1025),
        ("industries?scheme=WZ2008", 975),
        ("occupations", 118),
        ("sectors", 3),
    ):
        found = (await api("GET", f"/reference/{path}", "hr")).json()
        assert len(found["items"]) == count, path
        assert found["source"]
        assert found["as_of"][:2] == "20"


async def test_an_invited_organisation_joins_after_accepting_both_documents(
    api: Api, world: dict[str, str]
) -> None:
    documents = {"agreement": "Kooperationsvereinbarung 2026", "annex": "Anlage Datenschutz"}
    await put(api, f"/networks/{world['one']}/documents", "manager-one", documents)
    company = {"name": "Neuling GmbH (Demo)", "kind": "company", "ags": "08415", "network_id": world["one"]}
    made = await api.made("/organisations", "manager-one", company)
    await api.person("new-hr", "admin", "company_hr", organisation_id=made["id"])
    offer = {"organisation_id": made["id"], "roles": ["sender", "financier"], "until": "2099-01-01"}
    invited = await api.made(f"/networks/{world['one']}/invitations", "manager-one", offer)
    assert (invited["status"], invited["invitation"]["roles"]) == ("invited", ["financier", "sender"])
    path = f"/memberships/{invited['id']}"
    assert (await api("POST", f"{path}/accept-invitation", "manager-one")).status_code == 403
    refused = await api("POST", f"{path}/accept-invitation", "new-hr")
    assert refused.json()["type"] == "urn:verbundwerk:problem:agreement-missing"
    for document in ("agreement", "data_protection_annex"):
        await api.made(f"{path}/acceptances", "new-hr", {"document": document, "version": 1})
    joined = await api.done(f"{path}/accept-invitation", "new-hr")
    assert joined["status"] == "active"
    assert [one["role"] for one in joined["roles"]] == ["financier", "sender"]
    assert [(one["document"], one["version"]) for one in joined["acceptances"]] == [
        ("agreement", 1),
        ("data_protection_annex", 1),
    ]
    stranger = {**offer, "organisation_id": world["stranger"]}
    answer = await api("POST", f"/networks/{world['one']}/invitations", "manager-one", stranger)
    assert answer.status_code == 404
