"""Organisations are found by half-remembered names, filtered, and paged without gaps."""

from typing import Any

import pytest

from services.membership.imports import lines as import_lines
from services.membership.imports.columns import ImportKind
from services.membership.imports.handlers import work
from tests.integration.membership.world import Api

pytestmark = [pytest.mark.connected]

NAMES = [
    "Müller & Söhne Metallbau GmbH",
    "Mueller Präzisionstechnik AG",
    "Großmann Textil KG",
    "Schäfer Logistik GmbH & Co. KG",
    "Çelik Elektro e.K.",
    "Bäckerei Brüggemann",
    "Weißenhorn Software GmbH",
    "Łukasz Maschinenbau GmbH",
    "O’Connor Consulting",
    "AB Werkzeug",
]
EXTRA = 240


@pytest.fixture
async def filled(api: Api, world: dict[str, str]) -> dict[str, str]:
    """Fill the first network with 250 more organisations."""
    lines = ["Name;Kreis;WZ-Ausgabe;WZ-Code;Mitglied seit;Rollen"]
    lines += [f"{name};08416;WZ2025;25.53;01.11.2026;Treiber" for name in NAMES]
    lines += [f"Firma {number:03d} Betrieb;08111;WZ2008;62.01;;" for number in range(EXTRA)]
    path = f"/networks/{world['one']}/imports?list=organisations"
    answer = await api("POST", path, "manager-one", content="\n".join(lines).encode())
    assert answer.status_code == 202, answer.text
    parts = api.service.app.state.parts

    async def way(job: Any, chunk: Any) -> Any:
        return await import_lines.organisations(parts, job, chunk)

    assert await work(parts.imports, {ImportKind.ORGANISATIONS: way})
    return world


async def found(api: Api, who: str, query: str) -> list[dict[str, Any]]:
    answer = await api("GET", f"/organisations?{query}", who)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("müller söhne", "Müller & Söhne Metallbau GmbH"),
        ("Mueler Metalbau", "Müller & Söhne Metallbau GmbH"),
        ("muller prazision", "Mueller Präzisionstechnik AG"),
        ("Grossman", "Großmann Textil KG"),
        ("schaefer", "Schäfer Logistik GmbH & Co. KG"),
        ("Shäfer Logistic", "Schäfer Logistik GmbH & Co. KG"),
        ("celik", "Çelik Elektro e.K."),
        ("brügemann", "Bäckerei Brüggemann"),
        ("weissenhorn", "Weißenhorn Software GmbH"),
        ("lukas masch", "Łukasz Maschinenbau GmbH"),
        ("oconnor", "O’Connor Consulting"),
        ("weberei lindach", "Weberei Lindach KG (Demo)"),
        ("lidnach", "Weberei Lindach KG (Demo)"),
    ],
)
async def test_a_name_is_found_with_umlauts_and_typing_errors(
    api: Api, filled: dict[str, str], query: str, name: str
) -> None:
    hits = await found(api, "manager-one", f"network_id={filled['one']}&q={query}")
    assert name in [hit["name"] for hit in hits[:3]]


async def test_filters_pages_and_orders(api: Api, filled: dict[str, str]) -> None:
    network = f"network_id={filled['one']}"
    assert len(await found(api, "manager-one", f"{network}&ags=08416&limit=200")) == len(NAMES)
    assert len(await found(api, "manager-one", f"{network}&division=25&limit=200")) == len(NAMES)
    drivers = await found(api, "manager-one", f"{network}&role=driver&limit=200")
    assert len(drivers) == len(NAMES) + 1
    assert all("driver" in one["membership"]["roles"] for one in drivers)
    assert len(await found(api, "manager-one", f"{network}&status=active&limit=200")) == len(NAMES) + 1
    assert await found(api, "manager-one", f"{network}&kind=provider") == []
    assert await found(api, "manager-one", f"{network}&sme_class=micro") == []
    for sort in ("name", "newest"):
        names, cursor = [], ""
        while True:
            answer = await api("GET", f"/organisations?{network}&sort={sort}&limit=70{cursor}", "manager-one")
            page = answer.json()
            names += [one["name"] for one in page["items"]]
            if page["next_cursor"] is None:
                break
            cursor = f"&cursor={page['next_cursor']}"
        assert len(names) == len(set(names)) == len(NAMES) + EXTRA + 1
    ranked = await api("GET", f"/organisations?{network}&q=firma&limit=10", "manager-one")
    more = f"&cursor={ranked.json()['next_cursor']}"
    rest = await found(api, "manager-one", f"{network}&q=firma&limit=10{more}")
    assert not {one["id"] for one in rest} & {one["id"] for one in ranked.json()["items"]}
    for junk in ("!!!!", "MQ==", "djE6LTE=", "djE6eA=="):
        answer = await api("GET", "/organisations", "manager-one", params={"cursor": junk, "q": "firma"})
        assert answer.status_code == 422, junk


async def test_who_left_is_found_no_more_and_strangers_never(api: Api, filled: dict[str, str]) -> None:
    await api.done(f"/memberships/{filled['membership']}/terminate", "manager-one", {"reason_code": "left"})
    network = f"network_id={filled['one']}"
    hits = await found(api, "manager-one", f"{network}&q=weberei+lindach")
    assert "Weberei Lindach KG (Demo)" not in [one["name"] for one in hits]
    assert [one["name"] for one in await found(api, "manager-one", "q=fremd")] == []
    assert (await api("GET", f"/organisations?{network}&q=firma", "manager-two")).status_code == 404
    assert await found(api, "manager-two", "q=firma") == []
    assert [one["name"] for one in await found(api, "foreign-hr", "q=fremt")] == ["Fremd AG (Demo)"]
