"""Who looked at a participant's data: one document per subject, viewer, occasion and day, counted.

`{_id, subject, organisation_ids, viewer, viewer_kind, what, why, day, count, first_ms, last_ms, sort}`. Viewers
are aliases or service names. Written before the answer, so that no look goes unnoticed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from shared.auth import Principal
from shared.clock import Clock, epoch_ms, utc_now
from shared.ids import derived_id
from shared.mongo import Collection
from shared.personal import alias_of
from shared.roles import Role
from shared.web import sort_key

COLLECTION = "access_log"
INDEXES = (
    (("subject", 1), ("sort", -1)),
    (("organisation_ids", 1), ("sort", -1)),
    (("last_ms", 1),),
)


class _Held(Protocol):
    @property
    def role(self) -> Role: ...
    @property
    def organisation_id(self) -> str | None: ...


class Subject(Protocol):
    """A person in the vault, or as shown."""

    @property
    def id(self) -> str: ...
    @property
    def grants(self) -> Sequence[_Held]: ...


@dataclass(frozen=True, slots=True)
class Look:
    """What was looked at, and what for: both are codes."""

    what: str
    why: str


LISTED = Look("people_list", "personnel_administration")
EXPORTED = Look("export", "right_of_access")
EMPLOYER_EXPORTED = Look("employer_export", "personnel_administration")
CONTACTED = Look("contact", "notification")


class AccessLog:
    """Notes looks at participants by others than themselves."""

    def __init__(self, collection: Collection, clock: Clock = utc_now) -> None:
        self.collection = collection
        self._clock = clock

    async def note(self, viewer: Principal, look: Look, people: Iterable[Subject]) -> None:
        """Note that `viewer` looked at these people; one round trip however many they are."""
        now = epoch_ms(self._clock())
        day = datetime.fromtimestamp(now / 1000, UTC).date().isoformat()
        name = alias_of(viewer.id) if viewer.kind == "person" else viewer.id
        updates = []
        for person in people:
            if person.id == viewer.id or not any(g.role is Role.PARTICIPANT for g in person.grants):
                continue
            identity = derived_id("access", person.id, name, look.what, day)
            fixed = {
                "subject": person.id,
                "organisation_ids": sorted({g.organisation_id for g in person.grants if g.organisation_id}),
                "viewer": name,
                "viewer_kind": viewer.kind,
                "what": look.what,
                "why": look.why,
                "day": day,
                "first_ms": now,
            }
            moving = {"last_ms": now, "sort": sort_key(now, identity)}
            updates.append(({"_id": identity}, {"$setOnInsert": fixed, "$set": moving, "$inc": {"count": 1}}))
        if updates:
            # An upsert that met another replica's is refused: that day's look is noted then, only uncounted.
            await self.collection.bulk_update(updates, upsert=True)

    async def forget(self, person_id: str) -> int:
        """Delete what was noted about an erased person."""
        return await self.collection.delete_many({"subject": person_id})

    async def forget_before(self, before_ms: int) -> int:
        """Delete what is older than its retention."""
        return await self.collection.delete_many({"last_ms": {"$lt": before_ms}})
