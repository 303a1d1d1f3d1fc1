"""The record as a page and as PDF: names where membership knows them, no markup from forms, nothing before its time."""

import pytest

from services.courses.calls.record import RecordView, html_of
from tests.integration.offers.conftest import BIDDERS, World, offer

pytestmark = pytest.mark.connected

MARKUP = "<script>alert(1)</script> & <img src=http://127.0.0.1:9/x>"


async def decided(world: World) -> str:
    call_id = await world.requested(
        await world.pool(),
        providers=BIDDERS[:2],
        few_providers_reason="Nur zwei Träger haben die Anlage.",
        criteria=[
            {"key": "price", "kind": "price", "weight": 60},
            {"key": "didactics", "kind": "didactics", "weight": 40, "description": "Praxisanteil"},
        ],
    )
    first = await world.made("provider0", f"/invitations/{call_id}/offer", offer(0, concept=MARKUP))
    second = await world.made("provider1", f"/invitations/{call_id}/offer", offer(1))
    world.clock.forward(days=14)
    await world.made("manager", f"/calls/{call_id}/open")
    for each, points in ((first, 70), (second, 90)):
        path = f"/calls/{call_id}/offers/{each['offer_id']}/score"
        await world.made("manager", path, {"points": {"didactics": points}, "note": "Begründet."})
    shown = await world.got("manager", f"/calls/{call_id}")
    # 18,000 to 19,000 euros at 8 seats: 94 x 0.6 + 90 x 0.4, and 100 x 0.6 + 70 x 0.4.
    assert [each["score"] for each in shown["offers"]] == [92.4, 88.0]
    award = {"offer_id": second["offer_id"], "reason_code": "best_score", "reason": "Mehr Praxis."}
    await world.made("manager", f"/calls/{call_id}/award", award)
    return call_id


async def test_record_is_a_page_and_a_pdf_when_the_award_is_made(world: World) -> None:
    call_id = await decided(world)
    page = await world("manager", "GET", f"/calls/{call_id}/record.html")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "Mehr Praxis." in page.text
    assert "<script>" not in page.text
    assert "&lt;script&gt;" in page.text
    for who in ("manager", "funder"):
        pdf = await world(who, "GET", f"/calls/{call_id}/record.pdf")
        assert pdf.headers["content-type"] == "application/pdf"
        assert pdf.content.startswith(b"%PDF-")
    assert (await world("provider0", "GET", f"/calls/{call_id}/record")).status_code == 403
    assert (await world("hr0", "GET", f"/calls/{call_id}/record.pdf")).status_code == 403


async def test_record_tells_nothing_of_offers_when_they_are_sealed(world: World) -> None:
    call_id = await world.requested(await world.pool())
    before = await world.got("manager", f"/calls/{call_id}/record")
    await world.made("provider0", f"/invitations/{call_id}/offer", offer(0))
    asked = {"provider_id": BIDDERS[1], "text": "Wann?"}
    after = await world.got("manager", f"/calls/{call_id}/record")
    assert after == before
    await world.made("provider1", f"/invitations/{call_id}/questions", asked)
    assert [
        entry["act"] for entry in (await world.got("manager", f"/calls/{call_id}/record"))["journal"]
    ] == [
        "drafted",
        "requested",
    ]
    assert (await world("funder", "GET", f"/calls/{call_id}/record")).status_code == 409


async def test_names_stand_in_the_document_when_membership_knows_them(world: World) -> None:
    call_id = await decided(world)
    record = RecordView.model_validate(await world.got("manager", f"/calls/{call_id}/record"))
    names = {BIDDERS[0]: "Akademie Filstal gGmbH (Demo)", "person-manager": "Şeyma Yıldız"}
    for language in ("de", "en"):
        page = html_of(record, names, language)
        assert "Akademie Filstal gGmbH (Demo)" in page
        assert "Şeyma Yıldız" in page
        assert BIDDERS[1] in page  # nobody has told its name
