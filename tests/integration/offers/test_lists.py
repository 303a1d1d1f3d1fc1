"""Needs from a file, through the API: a dry run stores nothing, a second import makes no duplicates."""

import io
from typing import Any

import pytest
from openpyxl import Workbook

from tests.integration.offers.conftest import COMPANIES, NETWORK, World

pytestmark = pytest.mark.connected

PATH = f"/api/courses/v1/needs/imports?network_id={NETWORK}&organisation_id={COMPANIES[0]}"
LIST = "Thema;Personen;Von;Bis\nemob-hv1;3;01.02.2099;30.06.2099\nnichts;3;01.02.2099;30.06.2099\n"


async def sent(world: World, content: bytes, more: str = "", who: str = "hr0") -> dict[str, Any]:
    """Send a file and return the report."""
    headers = {"Authorization": f"Bearer {who}", "content-type": "application/octet-stream"}
    answer = await world.http.post(PATH + more, content=content, headers=headers)
    assert answer.status_code < 500, answer.text
    found: dict[str, Any] = {**answer.json(), "http": answer.status_code}
    return found


async def test_list_is_imported_once_when_it_is_sent_twice(world: World) -> None:
    dry = await sent(world, LIST.encode(), "&dry_run=true")
    assert (dry["posted"], dry["known"], dry["refused"]) == (1, 0, 1)
    path = f"/needs?network_id={NETWORK}"
    assert (await world.got("hr0", path))["items"] == []
    reports = [await sent(world, LIST.encode()) for _ in range(2)]
    assert [(each["posted"], each["known"]) for each in reports] == [(1, 0), (0, 1)]
    (finding,) = reports[0]["findings"]
    assert (finding["line"], finding["column"]) == (3, "topic_code")
    (need,) = (await world.got("hr0", path))["items"]
    assert (need["origin"], need["headcount"]) == ("imported", 3)


async def test_workbook_is_read_and_another_company_refused(world: World) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["topic", "headcount", "from", "to"], ["emob-hv1", 2, "2099-02-01", "2099-06-30"]):
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    assert (await sent(world, out.getvalue()))["posted"] == 1
    assert (await sent(world, LIST.encode(), who="hr1"))["http"] == 403
    assert (await sent(world, b"\x00\x01"))["http"] == 422
