"""A company joins, declares its size, and bad input is stored nowhere."""

import asyncio
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer

from services.membership.reference import industry_codes
from shared.events.membership import TOPIC
from tests.integration.membership.world import (
    EMPLOYEE,
    NEW_NETWORK,
    NUMBERS,
    Api,
)
from tests.support import Infra

pytestmark = [pytest.mark.connected]


async def test_a_company_joins_declares_its_size_and_every_step_is_an_event(
    api: Api, world: dict[str, str], infra: Infra
) -> None:
    figures = {"year": 2025, "annual_work_units": 65.5, "turnover_cents": 10**9, "balance_sheet_cents": 10**9}
    sized = await api.made(f"/organisations/{world['company']}/size-declarations", "hr", figures)
    assert sized["sme_class"] == "medium"
    listed = (await api("GET", f"/networks/{world['one']}/memberships", "manager-one")).json()["items"]
    assert [(one["organisation_name"], one["status"]) for one in listed] == [
        ("Weberei Lindach KG (Demo)", "active")
    ]
    wanted = {
        "network-founded",
        "network-policies-changed",
        "network-activated",
        "organisation-registered",
        "size-declared",
        "membership-applied",
        "membership-admitted",
    }
    seen: set[str] = set()
    async with asyncio.timeout(30):
        consumer = AIOKafkaConsumer(
            TOPIC, bootstrap_servers=infra.kafka, auto_offset_reset="earliest", group_id=None
        )
        await consumer.start()
        try:
            while not wanted <= seen:
                record = await consumer.getone()
                assert record.value is not None
                assert b"Demo" not in record.value
                assert b"people.example" not in record.value
                if record.key.decode() in world.values():
                    kind = dict(record.headers)["ce_type"].decode().split(".")[2]
                    seen.add(kind)
        finally:
            await consumer.stop()


async def test_policies_get_a_new_version_only_when_they_differ(api: Api, world: dict[str, str]) -> None:
    path = f"/networks/{world['one']}/policies"
    body = {"cancellation": [{"days_before": 10, "fee_percent": 0}, {"days_before": 0, "fee_percent": 80}]}
    first = (await api("PUT", path, "manager-one", body)).json()
    again = (await api("PUT", path, "manager-one", body)).json()
    assert (first["policies"]["version"], again["policies"]["version"]) == (2, 2)
    body["cancellation"].reverse()
    assert (await api("PUT", path, "manager-one", body)).status_code == 422


async def test_the_same_key_creates_one_person_and_odd_names_survive(api: Api, world: dict[str, str]) -> None:
    names = ["Adébáyọ̀", "İlknur", "ırmak", "O’Brien", "محمد", "李", "Marie-Luise", "ß"]
    path = f"/organisations/{world['company']}/people"
    for name in names:
        body = {"name": name, "email": f"e{next(NUMBERS)}@people.example", "locale": "de"}
        key = {"Idempotency-Key": f"key-{body['email']}"}
        first = await api("POST", path, "hr", body, headers=key)
        again = await api("POST", path, "hr", body, headers=key)
        assert first.status_code == again.status_code == 201
        assert first.json() == again.json()
        changed = await api("POST", path, "hr", {**body, "name": "Other"}, headers=key)
        assert changed.status_code == 422
        used = await api("POST", path, "hr", {**body, "email": body["email"].upper()})
        assert used.status_code == 409
    page = (await api("GET", f"{path}?limit=5", "hr")).json()
    rest = (await api("GET", f"{path}?limit=50&cursor={page['next_cursor']}", "hr")).json()
    shown = [one["name"] for one in [*page["items"], *rest["items"]]]
    assert sorted(shown) == sorted([*names, "hr"])
    contacts = (await api("GET", path, "manager-one")).json()["items"]
    assert [one["name"] for one in contacts] == ["hr"]


TOO_SHORT = {"password": "short"}  # pragma: allowlist secret
BAD: list[tuple[str, Any, str]] = [
    ("/networks", {**NEW_NETWORK, "extra": 1}, "#/extra"),
    ("/networks", {**NEW_NETWORK, "name": 7}, "#/name"),
    ("/networks", {**NEW_NETWORK, "name": "x" * 201}, "#/name"),
    ("/networks", {**NEW_NETWORK, "name": "a\u202eb"}, "#/name"),
    ("/networks", {**NEW_NETWORK, "name": "a\x00b"}, "#/name"),
    ("/networks", {**NEW_NETWORK, "name": "  "}, "#/name"),
    ("/networks", {**NEW_NETWORK, "name": "\u200b"}, "#/name"),
    ("/networks", {**NEW_NETWORK, "ags": ["99999"]}, "#/ags/0"),
    ("/networks", {**NEW_NETWORK, "ags": []}, "#/ags"),
    ("/networks", {**NEW_NETWORK, "sector_focus": "steel"}, "#/sector_focus"),
    ("/organisations", {"name": "X", "kind": "company", "ags": "8415"}, "#/ags"),
    (
        "/organisations",
        {
            "name": "X",
            "kind": "company",
            "ags": "08415",
            "industry_scheme": "WZ2025",
            "industry_code": "99.99",
        },
        "#/industry_code",
    ),
    (
        "/organisations",
        {"name": "X", "kind": "company", "ags": "08415", "industry_code": "13.20"},
        "#/industry_code",
    ),
    ("/people", {"name": "X", "email": "nowhere", "grants": [{"role": "platform_admin"}]}, "#/email"),
    ("/people", {"name": "X", "email": "a@b.example", "grants": []}, "#/grants"),
    ("/people", {**EMPLOYEE, **TOO_SHORT, "grants": [{"role": "platform_admin"}]}, "#/password"),
    ("/people", {**EMPLOYEE, "locale": "fr", "grants": [{"role": "platform_admin"}]}, "#/locale"),
    ("/organisations/{company}/size-declarations", {"year": "2025"}, "#/year"),
    (
        "/organisations/{company}/size-declarations",
        {"year": 2199, "annual_work_units": 1, "turnover_cents": 1, "balance_sheet_cents": 1},
        "#/year",
    ),
    (
        "/organisations/{company}/size-declarations",
        {"year": 1999, "annual_work_units": 1, "turnover_cents": 1, "balance_sheet_cents": 1},
        "#/year",
    ),
    (
        "/organisations/{company}/size-declarations",
        {"year": 2025, "annual_work_units": True, "turnover_cents": 1, "balance_sheet_cents": 1},
        "#/annual_work_units",
    ),
    (
        "/organisations/{company}/size-declarations",
        {"year": 2025, "annual_work_units": 9.999, "turnover_cents": 1.5, "balance_sheet_cents": 1},
        "#/annual_work_units",
    ),
]


async def test_bad_input_is_pointed_at_and_stored_nowhere(api: Api, world: dict[str, str]) -> None:
    async def stored() -> list[int]:
        names = ("networks", "organisations", "people")
        return [await api.service.collection(name).count({}) for name in names]

    before = await stored()
    for path, body, pointer in BAD:
        answer = await api("POST", path.replace("{company}", world["company"]), "admin", body)
        assert answer.status_code == 422, (path, body, answer.text)
        assert answer.headers["content-type"] == "application/problem+json"
        assert pointer in [error["pointer"] for error in answer.json()["errors"]], (body, answer.text)
    date = {"roles": ["sender"], "since": "2026-02-30"}
    answer = await api("POST", f"/memberships/{world['membership']}/admit", "manager-one", date)
    assert answer.json()["errors"][0]["pointer"] == "#/since"
    assert (await api("GET", "/networks/NOT-AN-ID", "admin")).status_code == 422
    for junk in ("a", "junk", "!!!!", "MQ==", "c29ydA==", "ä"):
        assert (await api("GET", "/networks", "admin", params={"cursor": junk})).status_code == 422, junk
    assert await stored() == before


async def test_industry_codes_of_the_newer_edition_are_accepted(api: Api, world: dict[str, str]) -> None:
    codes = [code for code in industry_codes()["WZ2025"] if len(code) == 5][:3]
    for code in codes:
        body = {"name": f"Ärzte & Söhne {code} (Demo)", "kind": "company", "ags": "08111"}
        await api.made(
            "/organisations", "admin", {**body, "industry_scheme": "WZ2025", "industry_code": code}
        )


async def test_everybody_lists_the_own_organisations(api: Api, world: dict[str, str]) -> None:
    async def listed(who: str, query: str = "") -> set[str]:
        answer = await api("GET", f"/organisations{query}", who)
        assert answer.status_code == 200, answer.text
        return {one["id"] for one in answer.json()["items"]}

    assert await listed("hr") == {world["company"]}
    assert await listed("manager-one") == {world["company"]}
    assert await listed("manager-two") == set()
    assert await listed("admin") == {world["company"], world["stranger"]}
    assert await listed("manager-one", f"?network_id={world['one']}") == {world["company"]}
    assert await listed("manager-two", f"?network_id={world['two']}") == set()


async def test_a_repeated_command_is_answered_like_the_first_time(api: Api, world: dict[str, str]) -> None:
    key = {"Idempotency-Key": "found-1"}
    first = await api("POST", "/networks", "admin", NEW_NETWORK, headers=key)
    await api.done(f"/networks/{first.json()['id']}/activate", "admin")
    again = await api("POST", "/networks", "admin", NEW_NETWORK, headers=key)
    assert (again.status_code, again.json()) == (201, first.json())
    other = await api("POST", "/networks", "admin", {**NEW_NETWORK, "name": "Other"}, headers=key)
    assert other.status_code == 422
    page = (await api("GET", "/networks?limit=2", "hr")).json()
    rest = (await api("GET", f"/networks?limit=2&cursor={page['next_cursor']}", "hr")).json()
    assert len({one["id"] for one in [*page["items"], *rest["items"]]}) == 3
    assert rest["next_cursor"] is None
