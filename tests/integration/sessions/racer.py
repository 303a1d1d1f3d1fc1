"""One of two processes that race for a session; its order comes as JSON on stdin.

Both read the session before either writes: their first reads meet at a barrier in the store. With "guarded" false the
write leaves the version out of its filter, which is the damage that the guard prevents.
"""

import asyncio
import json
import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from services.courses.memberships.domain import DEFAULT_POLICY
from services.courses.sessions.domain import Session, bookings, offers
from services.courses.sessions.domain import due as due_steps
from services.courses.sessions.domain.bookings import Request
from shared.decisions import Change
from shared.errors import Problem
from shared.ids import PersonId
from shared.mongo import Collection, Document, Filter, Mongo
from shared.store import Cause
from tests.integration.sessions.world import replica

type Decide = Callable[[Session], Change[Session]]


class Racing(Collection):
    """Reads once together with the other process; writes with or without the guard."""

    def __init__(self, raw: Collection, barrier: Collection, *, guarded: bool) -> None:
        super().__init__(raw._raw, "motor")
        self._barrier = barrier
        self._guarded = guarded
        self._met = False

    async def find_one(self, where: Filter, *args: Any, **more: Any) -> Document | None:
        """Read, and the first time wait until the other has read as well."""
        found = await super().find_one(where, *args, **more)
        if not self._met:
            self._met = True
            await self._barrier.update_one({"_id": "barrier"}, {"$inc": {"met": 1}}, upsert=True)
            async with asyncio.timeout(30):
                while await self._barrier.find_one({"_id": "barrier", "met": {"$gte": 2}}) is None:  # noqa: ASYNC110
                    await asyncio.sleep(0.005)  # the other one is another process
        return found

    async def find_one_and_update(self, where: Filter, update: Filter, **more: Any) -> Document | None:
        """Write; unguarded, whatever has happened since the read."""
        if not self._guarded:
            where = {key: value for key, value in where.items() if key != "v"}
        return await super().find_one_and_update(where, update, **more)


def decision(order: Mapping[str, Any], at: datetime) -> Decide:
    """Return what the order asks for."""
    match order["what"]:
        case "book":
            asked = Request.model_validate(order["request"])
            return lambda state: bookings.book(state, asked, DEFAULT_POLICY, at)
        case "accept":
            return lambda state: offers.accept(state, order["offer_id"], None, at)
        case "due":
            return lambda state: due_steps.due(state, at)
        case "substitute":
            person = PersonId(order["participant_id"])
            return lambda state: bookings.substitute(state, order["booking_id"], person, at)
        case _:
            return lambda state: bookings.cancel_booking(state, order["booking_id"], at)


async def main() -> None:
    """Carry out the order and print what was answered."""
    order = json.load(sys.stdin)
    mongo = Mongo(order["mongodb_url"], order["database"])
    collection = Racing(mongo.collection("sessions"), mongo.collection("barrier"), guarded=order["guarded"])
    sessions = replica(collection, order["what"])
    decide = decision(order, datetime.fromisoformat(order["at"]))
    try:
        await sessions.change(order["session_id"], decide, Cause())
        answer = "done"
    except Problem as problem:
        answer = problem.slug
    await mongo.close()
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    asyncio.run(main())
