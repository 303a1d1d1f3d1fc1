"""Three providers are asked, offer under seal until the due time, are judged, and one is awarded.

The due time is a real one that is waited for: a few seconds, since no shortest period is in force. Where a machine
is too slow to bring in all offers in time, the call ends without an award and the next one gives twice the time.
"""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from rich.progress import Progress

from tools import story
from tools.chapters.surprise import Surprise
from tools.client import Refused
from tools.storystate import teaching_days
from tools.walkthrough import COURSES, Demo

ATTEMPTS = 4
DUE_S = 4.0
PATIENCE_S = 30
DAYS = 6  # of eight units

Call = dict[str, Any]


def award(demo: Demo, progress: Progress, pool_id: str) -> Call:
    """Hold the call for offers up to the award and return it. Errors: `Surprise`, `Refused`."""
    task = progress.add_task("courses: versiegelte Angebote bis zum Zuschlag", total=4)
    for attempt in range(ATTEMPTS):
        call = _draft(demo, pool_id, attempt)
        if call["state"] == "cancelled":
            continue
        call = _request(demo, call, DUE_S * 2**attempt)
        progress.advance(task)
        _offer(demo, call)
        progress.advance(task)
        call = _open(demo, call)
        progress.advance(task)
        if len(call["offers"]) == len(story.BIDDERS):
            call = _decide(demo, call)
            progress.advance(task)
            return call
        demo.as_manager.post(f"{COURSES}/calls/{call['id']}/cancel", {"reason_code": "no_suitable_offer"})
    raise Surprise(f"not all offers came in time in {ATTEMPTS} calls")


def steps(demo: Demo, call: Call) -> dict[str, Any]:
    """Return what the call and its record say, for `story.EXPECTED_STEPS`."""
    manager = demo.as_manager
    pool = manager.get(f"{COURSES}/pools/{call['pool_id']}")
    record = manager.get(f"{COURSES}/calls/{call['id']}/record")
    early = [each for each in record["journal"] if each["act"] == "opened" and each["at"] < record["due_at"]]
    page = manager.document(f"{COURSES}/calls/{call['id']}/record.html").decode()
    pdf = manager.document(f"{COURSES}/calls/{call['id']}/record.pdf")
    names = {demo.organisation(bidder.key): bidder.name for bidder in story.BIDDERS}
    chosen = next(each for each in call["offers"] if each["offer_id"] == call["award"]["offer_id"])
    return {
        "courses: Bedarfe im Bündel": len(pool["need_ids"]),
        "courses: zugesagte Plätze": pool["pledged_seats"],
        "courses: angefragte Anbieter": len(call["providers"]),
        "courses: geöffnete Angebote": len(call["offers"]),
        "courses: vor der Frist geöffnet": len(early),
        "courses: Zuschlag an": names[chosen["provider_id"]],
        "courses: Punkte des Zuschlags": chosen["score"],
        "courses: Vermerk nennt den Zuschlag, PDF liegt vor": pdf.startswith(b"%PDF")
        and story.PROVIDER in page,
    }


def _terms(demo: Demo, due_at: str) -> dict[str, Any]:
    providers = [demo.organisation(bidder.key) for bidder in story.BIDDERS]
    return {"providers": providers, "criteria": story.CRITERIA, "due_at": due_at}


def _draft(demo: Demo, pool_id: str, attempt: int) -> Call:
    body = {"pool_id": pool_id, **_terms(demo, demo.state["due_at"])}
    made: Call = demo.as_manager.post(f"{COURSES}/calls", body, f"call/{attempt}")
    return made


def _request(demo: Demo, call: Call, due_s: float) -> Call:
    if call["state"] != "draft":
        return call
    due_at = (datetime.now(UTC) + timedelta(seconds=due_s)).isoformat()
    path = f"{COURSES}/calls/{call['id']}"
    demo.as_manager.post(f"{path}/revise", _terms(demo, due_at), f"{call['id']}/revise/{due_at}")
    asked: Call = demo.as_manager.post(f"{path}/request")
    return asked


def _offer(demo: Demo, call: Call) -> None:
    """Bring in what is still missing, and try to look too early."""
    if call["state"] != "open":
        return
    try:
        for bidder in story.BIDDERS:
            path = f"{COURSES}/invitations/{call['id']}/offer"
            key = f"offer/{call['id']}/{bidder.key}"
            demo.as_provider(bidder.key).post(path, _content(demo, bidder), key)
    except Refused as refused:
        if refused.status != httpx.codes.CONFLICT:  # too late: the next call gives more time
            raise
    if datetime.now(UTC) + timedelta(seconds=1) < datetime.fromisoformat(call["due_at"]):
        _refuse_early(demo, call)


def _refuse_early(demo: Demo, call: Call) -> None:
    try:
        demo.as_manager.post(f"{COURSES}/calls/{call['id']}/open", key=f"early/{call['id']}")
    except Refused as refused:
        if refused.status == httpx.codes.CONFLICT:
            return
        raise
    raise Surprise("the offers were opened before the due time")


def _content(demo: Demo, bidder: story.Bidder) -> dict[str, Any]:
    first = datetime.fromisoformat(demo.state["first_day"])
    return {
        "provider_id": demo.organisation(bidder.key),
        "fixed_cents": 0,
        "per_seat_cents": bidder.per_seat_cents,
        "vat_code": "exempt_4_21a" if bidder.azav else "standard",
        "teaching_units": story.TEACHING_UNITS,
        "minimum_seats": story.MINIMUM,
        "maximum_seats": story.CAPACITY,
        "azav_certified_until": (first + timedelta(days=365)).date().isoformat() if bidder.azav else None,
        "options": [{"days": teaching_days(first, DAYS), "venue": 0}],
        "venues": [{"kind": "provider", "label": "Lehrwerkstatt", "ags": bidder.ags, "seats": 12}],
        "trainers": [{"qualification": "Elektromeisterin, Fachkundige Stufe 3S", "years_of_practice": 9}],
        "concept": "Theorie am Vormittag, Praxis am Hochvolt-Übungsstand am Nachmittag, Prüfung am letzten Tag.",
        "valid_until": (first + timedelta(days=60)).date().isoformat(),
    }


def _open(demo: Demo, call: Call) -> Call:
    """Wait for the due time and open what came in."""
    path = f"{COURSES}/calls/{call['id']}"
    wait = (datetime.fromisoformat(call["due_at"]) - datetime.now(UTC)).total_seconds()
    if wait > PATIENCE_S:
        raise Surprise(f"the call is due at {call['due_at']} only")
    time.sleep(max(0.0, wait))
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            demo.as_manager.post(f"{path}/open")
        except Refused as refused:  # the clocks of two processes need not agree
            if refused.status != httpx.codes.CONFLICT or time.monotonic() > deadline:
                raise
            time.sleep(0.2)
        else:
            opened: Call = demo.as_manager.get(path)
            return opened


def _decide(demo: Demo, call: Call) -> Call:
    path = f"{COURSES}/calls/{call['id']}"
    if call["state"] != "awarded":
        points = {demo.organisation(bidder.key): bidder.points for bidder in story.BIDDERS}
        for offer in call["offers"]:
            demo.as_manager.get(f"{path}/offers/{offer['offer_id']}")
            score = {"points": points[offer["provider_id"]], "note": "Gespräch und Ortstermin."}
            demo.as_manager.post(f"{path}/offers/{offer['offer_id']}/score", score)
        scored = demo.as_manager.get(path)
        best = max(scored["offers"], key=lambda offer: offer["score"])
        choice = {"offer_id": best["offer_id"], "reason_code": "best_score", "reason": story.AWARD_REASON}
        demo.as_manager.post(f"{path}/award", choice)
    awarded: Call = demo.as_manager.get(path)
    return awarded
