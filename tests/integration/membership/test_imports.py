"""Lists of thousands of lines come in, broken ones are explained, and nothing comes in twice."""

import csv
import io
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import pytest
from openpyxl import Workbook
from pydantic import SecretStr

from services.membership.imports import lines as import_lines
from services.membership.imports.columns import ImportKind
from services.membership.imports.handlers import _take_chunk, work
from services.membership.main import MembershipSettings, build
from shared.process import Service
from tests.integration.membership.world import BASE, Api
from tests.support import Infra, eventually

pytestmark = [pytest.mark.connected]

HEADINGS = "Name;Kreis;WZ-Ausgabe;WZ-Code;Nummer;Mitglied seit;Rollen"


@pytest.fixture
async def worker(infra: Infra, database: str, api: Api) -> AsyncIterator[Service]:
    """The worker process of membership without its socket."""
    service = build(
        "worker",
        MembershipSettings(
            service="membership",
            role="worker",
            mongodb_url=SecretStr(infra.mongodb_url),
            mongodb_database=database,
            kafka_bootstrap_servers=infra.kafka,
        ),
    )
    await service._start()
    yield service
    service.stopping.set()
    await service._stop()


async def sent(api: Api, who: str, path: str, content: bytes | str, **headers: str) -> dict[str, Any]:
    body = content.encode() if isinstance(content, str) else content
    answer = await api("POST", path, who, content=body, headers=headers)
    assert answer.status_code == 202, answer.text
    found: dict[str, Any] = answer.json()
    return found


def place_of(job: dict[str, Any]) -> str:
    if job["network_id"] is not None:
        return f"/networks/{job['network_id']}/imports/{job['id']}"
    return f"/organisations/{job['organisation_id']}/imports/{job['id']}"


async def finished(api: Api, who: str, job: dict[str, Any], seconds: float = 120) -> dict[str, Any]:
    found: dict[str, Any] = {}

    async def done() -> bool:
        nonlocal found
        found = (await api("GET", place_of(job), who)).json()
        return bool(found["status"] == "finished")

    await eventually(done, seconds=seconds)
    return found


async def imported(api: Api, who: str, path: str, content: bytes | str) -> dict[str, Any]:
    return await finished(api, who, await sent(api, who, path, content))


def counts(job: dict[str, Any]) -> tuple[int, int, int, int]:
    return job["created"], job["updated"], job["unchanged"], job["refused"]


async def findings(api: Api, who: str, job: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor = ""
    while True:
        page = (await api("GET", f"{place_of(job)}/findings?limit=20{cursor}", who)).json()
        found += page["items"]
        if page["next_cursor"] is None:
            return found
        cursor = f"&cursor={page['next_cursor']}"


def great_list() -> tuple[str, set[int]]:
    """5,000 organisations as a German Excel saves them; the second value is the lines that are broken."""
    lines, broken = [HEADINGS], set()
    for number in range(5000):
        name, district, code, since = f"Müller & Söhne {number} (Demo)", "8415", "13.20", ""
        if number % 2 == 0:
            since = "01.11.2026"
        if number % 100 == 50:
            broken.add(number + 2)
            match number % 500:
                case 50:
                    name = ""
                case 150:
                    district = "99999"
                case 250:
                    code = "99.99"
                case 350:
                    since = "31.02.2026"
                case _:
                    name = "Müller & Söhne 0 (Demo)"
        lines.append(f"{name};{district};WZ2008;{code};;{since};")
    return "\r\n".join(lines) + "\r\n", broken


@pytest.mark.timeout(400)
async def test_of_5000_organisations_50_are_explained_and_none_comes_twice(
    api: Api, world: dict[str, str], worker: Service
) -> None:
    text, broken = great_list()
    path = f"/networks/{world['one']}/imports?list=organisations"
    collection = api.service.collection("organisations")
    before = await collection.count({})
    dry = await imported(api, "manager-one", f"{path}&dry_run=true", text.encode("cp1252"))
    assert counts(dry) == (4950, 0, 0, 50)
    assert await collection.count({}) == before

    first = await sent(api, "manager-one", path, text.encode("cp1252"))
    job = await finished(api, "manager-one", first, 240)
    assert counts(job) == (4950, 0, 0, 50)
    assert await collection.count({}) == before + 4950
    explained = await findings(api, "manager-one", job)
    assert [one["line"] for one in explained] == sorted(broken)
    assert all(one["detail_de"] and one["detail_en"] and one["column"] for one in explained)
    assert await api.service.collection("memberships").count({"status": "active"}) == 2500 + 1 - 50
    assert await api.service.collection("import_chunks").count({}) == 0

    again = await imported(api, "manager-one", path, text)
    assert counts(again) == (0, 0, 4950, 50)
    assert await collection.count({}) == before + 4950


async def test_a_workbook_is_taken_and_an_export_goes_in_again_unchanged(
    api: Api, world: dict[str, str], worker: Service
) -> None:
    book = Workbook()
    for row in (
        ["Name", "Kreis", "Nummer", "Rollen", "Mitglied seit"],
        ["=SUM(1) & Söhne (Demo)", 8136, 17, "Treiber, Finanzier", "2026-01-31"],
        ["Weberei Lindach KG (Demo)", "08415", None, None, None],
    ):
        book.worksheets[0].append(row)
    book.worksheets[0]["A2"].data_type = "s"
    out = io.BytesIO()
    book.save(out)
    path = f"/networks/{world['one']}/imports?list=organisations"
    job = await imported(api, "manager-one", path, out.getvalue())
    assert counts(job) == (1, 0, 1, 0)
    out_of = f"/networks/{world['one']}/export?list=organisations"
    for form in ("csv", "xlsx"):
        answer = await api("GET", f"{out_of}&file={form}", "manager-one", headers={"Accept-Language": "de"})
        assert answer.status_code == 200
        assert f'filename="organisations.{form}"' in answer.headers["content-disposition"]
        again = await imported(api, "manager-one", path, answer.content)
        assert counts(again) == (0, 0, 2, 0), form
        assert again["ignored_columns"] == ["Größenklasse", "Status im Verbund"]
    text = (await api("GET", f"{out_of}&file=csv", "manager-one")).content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert rows[1][0] == "'=SUM(1) & Söhne (Demo)"
    assert rows[1][7] == "driver, financier"


async def test_a_corrected_line_changes_what_was_registered_for_the_network_only(
    api: Api, world: dict[str, str], worker: Service
) -> None:
    path = f"/networks/{world['one']}/imports?list=organisations"
    first = "Name;Kreis;Nummer\nAlt GmbH (Demo);08111;1\nFremd AG (Demo);08415;\n"
    assert counts(await imported(api, "manager-one", path, first)) == (2, 0, 0, 0)
    corrected = "Name;Kreis;Nummer;WZ-Ausgabe;WZ-Code\nNeu GmbH (Demo);08111;1;WZ2025;25.53\n"
    assert counts(await imported(api, "manager-one", path, corrected)) == (0, 1, 0, 0)
    assert counts(await imported(api, "manager-one", path, corrected)) == (0, 0, 1, 0)
    # A stranger of the same name belongs to nobody's network here, so it is another organisation.
    stored = await api.service.collection("organisations").find({})
    assert sorted(one["state"]["name"] for one in stored) == [
        "Fremd AG (Demo)",
        "Fremd AG (Demo)",
        "Neu GmbH (Demo)",
        "Weberei Lindach KG (Demo)",
    ]
    other_kind = "Name;Art;Kreis;Nummer\nNeu GmbH (Demo);Verband;08111;1\n"
    job = await imported(api, "manager-one", path, other_kind)
    assert [one["code"] for one in await findings(api, "manager-one", job)] == ["kind-differs"]


async def test_people_come_in_once_and_only_into_organisations_of_the_network(
    api: Api, world: dict[str, str], worker: Service
) -> None:
    text = (
        "Name;E-Mail;Rolle;Organisation;Kreis\n"
        "Ada;ada@people.example;Personal;Weberei Lindach KG (Demo);08415\n"
        "Bob;bob@people.example;Personal;Fremd AG (Demo);08415\n"
        "Cleo;cleo@people.example;Anbieter;Weberei Lindach KG (Demo);08415\n"
        "Root;ADMIN@verbundwerk.example;Personal;Weberei Lindach KG (Demo);08415\n"
    )
    path = f"/networks/{world['one']}/imports?list=people"
    people = api.service.collection("people")
    before = await people.count({})
    dry = await imported(api, "manager-one", f"{path}&dry_run=true", text)
    assert counts(dry) == (1, 0, 0, 3)
    assert await people.count({}) == before
    job = await imported(api, "manager-one", path, text)
    assert counts(job) == (1, 0, 0, 3)
    explained = [(one["line"], one["code"]) for one in await findings(api, "manager-one", job)]
    assert explained == [(3, "no-such-organisation"), (4, "role-unfitting"), (5, "email-in-use")]
    assert counts(await imported(api, "manager-one", path, text)) == (0, 0, 1, 3)
    assert await people.count({}) == before + 1
    own = f"/organisations/{world['company']}/imports"
    assert counts(await imported(api, "hr", own, "Name;E-Mail\nEmil;emil@people.example\n")) == (1, 0, 0, 0)
    exported = await api("GET", f"/networks/{world['one']}/export?list=people&file=csv", "manager-one")
    assert b"ada@people.example" in exported.content
    assert b"emil@people.example" not in exported.content
    exported = await api("GET", f"/organisations/{world['company']}/export?file=csv", "hr")
    assert b"emil@people.example" in exported.content
    report = await api("GET", f"{place_of(job)}/report?file=csv", "manager-one")
    assert b"people.example" not in report.content


async def test_nobody_imports_or_reads_what_belongs_to_another_network(
    api: Api, world: dict[str, str], worker: Service
) -> None:
    text = "Name;Kreis\nA (Demo);08111\n"
    network, employer = f"/networks/{world['one']}", f"/organisations/{world['company']}"
    for who, path, status in (
        (None, f"{network}/imports?list=organisations", 401),
        ("manager-two", f"{network}/imports?list=organisations", 403),
        ("hr", f"{network}/imports?list=organisations", 403),
        ("hr", f"{network}/imports?list=people", 403),
        ("manager-one", f"{employer}/imports", 403),
        ("foreign-hr", f"{employer}/imports", 404),
        ("manager-one", f"{network}/imports", 422),
        ("manager-one", f"{network}/imports?list=planets", 422),
    ):
        answer = await api("POST", path, who, content=text.encode())
        assert answer.status_code == status, (who, path, answer.text)
    job = await imported(api, "manager-one", f"{network}/imports?list=organisations", text)
    for place in ("", "/findings", "/report?file=csv"):
        assert (await api("GET", f"{place_of(job)}{place}", "manager-two")).status_code == 403
        assert (await api("GET", f"{place_of(job)}{place}", "manager-one")).status_code == 200
        elsewhere = f"/networks/{world['two']}/imports/{job['id']}{place}"
        assert (await api("GET", elsewhere, "manager-two")).status_code == 404
    listed = (await api("GET", f"{network}/imports", "manager-one")).json()["items"]
    assert [one["id"] for one in listed] == [job["id"]]
    for path in (f"{network}/export?list=people&file=csv", f"{network}/export?list=organisations&file=xlsx"):
        assert (await api("GET", path, "manager-two")).status_code == 403


async def test_a_bad_file_is_refused_and_stores_nothing(api: Api, world: dict[str, str]) -> None:
    path = f"/networks/{world['one']}/imports?list=organisations"
    for content, problem in (
        (b"", "file-empty"),
        (b"Name;Kreis\n", "file-empty"),
        (b"PK\x03\x04...", "file-unreadable"),
        (b"Name\nA", "column-missing"),
        (b"Name;Firma;Kreis\nA;B;C", "column-twice"),
        (b"Name;Kreis\n" + b"A;1\n" * 10_001, "file-too-large"),
        (b"x" * (1024 * 1024 + 1), "body-too-large"),
    ):
        answer = await api("POST", path, "manager-one", content=content)
        assert answer.status_code in {413, 422}, problem
        assert answer.json()["type"].endswith(f":{problem}"), answer.text
    for name in ("imports", "import_chunks", "import_findings"):
        assert await api.service.collection(name).count({}) == 0


async def test_the_same_key_is_one_import(api: Api, world: dict[str, str]) -> None:
    path = f"/networks/{world['one']}/imports?list=organisations"
    key = {"Idempotency-Key": "list-1"}
    first = await sent(api, "manager-one", path, "Name;Kreis\nA (Demo);08111\n", **key)
    assert first == await sent(api, "manager-one", path, "Name;Kreis\nA (Demo);08111\n", **key)
    for other, text in ((path, "B"), (f"{path}&dry_run=true", "A")):
        content = f"Name;Kreis\n{text} (Demo);08111\n".encode()
        answer = await api("POST", other, "manager-one", content=content, headers=key)
        assert answer.status_code == 422


async def test_an_import_that_a_dead_worker_left_goes_on_where_it_stood(
    api: Api, world: dict[str, str]
) -> None:
    path = f"/networks/{world['one']}/imports?list=organisations"
    text = "Name;Kreis\n" + "".join(f"Firma {n} (Demo);08111\n" for n in range(600))
    job = await sent(api, "manager-one", path, text)
    parts = api.service.app.state.parts
    take = partial(import_lines.organisations, parts)
    claimed = await parts.imports.claim("dying")
    assert claimed is not None
    second = await _take_chunk(claimed, "dying", parts.imports, take)
    assert second is not None
    lines = await parts.imports.chunk(second)
    one = await take(second, lines)
    for line in lines[:100]:
        await one(line)
    # And then the process is gone, without a checkpoint; here the lease does not have to run out.
    await parts.imports.release(second, "dying")
    assert await work(parts.imports, {ImportKind.ORGANISATIONS: take})
    done = await finished(api, "manager-one", job)
    assert counts(done) == (600, 0, 0, 0)
    assert await api.service.collection("organisations").count({"registered_for": world["one"]}) == 600
    assert await parts.imports.taken(second, "dying", {"created": 250}) is None


async def test_templates_are_there_in_both_languages(api: Api, world: dict[str, str]) -> None:
    for kind in ("organisations", "people"):
        for form, start in (("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK")):
            path = f"{BASE}/import-templates?list={kind}&file={form}"
            answer = await api.http.get(path, headers={"Authorization": f"Bearer {api.tokens['hr']}"})
            assert answer.status_code == 200
            assert answer.content.startswith(start)
