"""Every session that a person's id stands in, found by reading all of them.

There is no index by person on purpose: exports and erasures are rare and must miss nothing, bookings are many and
must not pay for it. Sessions are read page by page, so memory stays bounded.
"""

from collections.abc import AsyncIterator

from services.courses.sessions.domain import Session
from shared.mongo import Collection, Document
from shared.personal import mentions

PAGE = 200


async def sessions_with(sessions: Collection, person_id: str) -> AsyncIterator[Session]:
    """Yield the sessions whose state mentions the person."""
    after = ""
    while True:
        page: list[Document] = await sessions.find(
            {"_id": {"$gt": after}}, {"state": 1}, sort=[("_id", 1)], limit=PAGE
        )
        for document in page:
            if mentions(document["state"], person_id):
                yield Session.model_validate(document["state"])
        if len(page) < PAGE:
            return
        after = page[-1]["_id"]
