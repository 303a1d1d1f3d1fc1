"""Ask a live database, read-only, whether everything that must hold does: `python -m services.courses audit`.

The same checks as in the property test (sessions/invariants.py), and what only stored documents can break: fields for
lists and look-ups that differ from the state, gaps in the numbers of events, steps that are long overdue.
"""

import json
import sys
from collections.abc import AsyncIterator
from datetime import datetime

from pydantic import ValidationError

from services.courses.sessions.domain import Session
from services.courses.sessions.invariants import Violation, violations
from services.courses.sessions.store import keys
from shared.clock import epoch_ms, utc_now
from shared.errors import StoreUnavailable
from shared.mongo import Collection, Document, Mongo
from shared.settings import Settings

PAGE = 100
OVERDUE_MS = 5 * 60 * 1000  # a runner looks every second; this late, none is running or the step fails

FOUND, UNREACHABLE = 1, 3  # exit statuses


class Finding(Violation):
    """A violation and the aggregate it was found in."""

    collection: str
    id: str


async def audit(sessions: Collection, at: datetime) -> list[Finding]:
    """Return every violation in the sessions, in the order of their ids."""
    return [
        Finding(collection=sessions.name, id=document["_id"], rule=each.rule, detail=each.detail)
        async for document in _all(sessions)
        for each in of_document(document, at)
    ]


def of_document(document: Document, at: datetime) -> list[Violation]:
    """Return what is wrong with one stored session."""
    try:
        session = Session.model_validate(document["state"])
    except ValidationError as error:
        places = ", ".join(".".join(map(str, each["loc"][:1])) for each in error.errors()[:3])
        return [Violation(rule="readable", detail=f"the state does not fit the model: {places}")]
    found = list(violations(session, at))
    different = sorted(name for name, value in keys(session).items() if document.get(name) != value)
    if different:
        found.append(Violation(rule="fields", detail=f"differ from the state: {', '.join(different)}"))
    numbers = [entry["seq"] for entry in document["outbox"]]
    if numbers and numbers != list(range(document["v"] - len(numbers) + 1, document["v"] + 1)):
        found.append(Violation(rule="events", detail="the unpublished events have a gap in their numbers"))
    if 0 < document.get("due", 0) < epoch_ms(at) - OVERDUE_MS:
        late = (epoch_ms(at) - document["due"]) // 1000
        found.append(Violation(rule="due", detail=f"a step is {late} s overdue"))
    return found


async def _all(collection: Collection) -> AsyncIterator[Document]:
    after = ""
    while True:
        page = await collection.find({"_id": {"$gt": after}}, {"cmds": 0}, sort=[("_id", 1)], limit=PAGE)
        for document in page:
            yield document
        if len(page) < PAGE:
            return
        after = page[-1]["_id"]


async def run(settings: Settings) -> int:
    """Print the findings as a JSON list; 0: nothing is wrong, 1: something is, 3: the store does not answer."""
    mongo = Mongo(settings.mongodb_url.get_secret_value(), settings.database, driver=settings.mongodb_driver)
    try:
        found = await audit(mongo.collection("sessions"), utc_now())
    except StoreUnavailable:
        sys.stderr.write("the store does not answer\n")
        return UNREACHABLE
    finally:
        await mongo.close()
    sys.stdout.write(json.dumps([each.model_dump() for each in found], indent=2) + "\n")
    return FOUND if found else 0
