"""Letters, and the links in them: `{_id: letter, kind, person_id, hashes: [sha256], expires, used}`.

A link is made when the letter is sent and is kept as a hash only. A letter that is sent again has several links;
using one of them uses up the letter.
"""

import hashlib
import secrets
from dataclasses import dataclass

from services.membership.letters.domain import Letter, LinkVoid
from shared.clock import Clock, epoch_ms, utc_now
from shared.events.membership import LetterKind
from shared.mongo import Collection, Document, DuplicateKey

LETTERS = "letters"
LETTER_INDEXES = ((("expires", 1),), (("person_id", 1),))
LINKS = "letter_links"
LINK_INDEXES = ((("hashes", 1),), (("person_id", 1),), (("expires", 1),))
SENT_AGAIN_MAX = 20  # a mail server that is down asks for a link with every try
KEPT_MS = 24 * 3600 * 1000


def keys(letter: Letter) -> Document:
    """Return the top-level fields that old letters, and those of one person, are found by."""
    return {"expires": letter.expires_ms, "person_id": letter.person_id}


@dataclass(frozen=True, slots=True)
class Link:
    """A link that lets in, not used yet."""

    letter_id: str
    person_id: str


class Links:
    """The links of all letters."""

    def __init__(self, collection: Collection, letters: Collection, clock: Clock = utc_now) -> None:
        self._collection = collection
        self._letters = letters
        self._clock = clock

    def now_ms(self) -> int:
        return epoch_ms(self._clock())

    async def make(self, letter: Letter) -> str | None:
        """Return a new secret for this letter's link, None where the letter is used up or too old."""
        if letter.person_id is None or letter.expires_ms <= self.now_ms():
            return None
        secret = secrets.token_urlsafe(32)
        try:
            await self._collection.insert(
                {
                    "_id": letter.id,
                    "kind": letter.kind.value,
                    "person_id": letter.person_id,
                    "hashes": [_hash(secret)],
                    "expires": letter.expires_ms,
                    "used": False,
                }
            )
        except DuplicateKey:
            again = {"$push": {"hashes": {"$each": [_hash(secret)], "$slice": -SENT_AGAIN_MAX}}}
            if not await self._collection.update_one({"_id": letter.id, "used": False}, again):
                return None
        return secret

    async def find(self, secret: str, kind: LetterKind) -> Link:
        """Look at a link without using it. Errors: `LinkVoid` 401."""
        found = await self._collection.find_one(self._valid(secret, kind))
        if found is None:
            raise LinkVoid
        return Link(found["_id"], found["person_id"])

    async def use(self, secret: str, kind: LetterKind) -> None:
        """Use a link up; of several uses at once, one wins. Errors: `LinkVoid` 401."""
        if not await self._collection.update_one(self._valid(secret, kind), {"$set": {"used": True}}):
            raise LinkVoid

    async def void_all(self, person_id: str) -> None:
        """Make every link of the person void."""
        await self._collection.update_many({"person_id": person_id}, {"$set": {"used": True}})

    async def forget(self, person_id: str) -> None:
        """Delete an erased person's links, and name nobody in the letters, whose events may not be out yet."""
        await self._collection.delete_many({"person_id": person_id})
        nobody = {"$set": {"person_id": None, "state.person_id": None}}
        await self._letters.update_many({"person_id": person_id}, nobody)

    async def purge(self) -> None:
        """Delete links and published letters a day after they expired."""
        before = self.now_ms() - KEPT_MS
        await self._collection.delete_many({"expires": {"$lt": before}})
        await self._letters.delete_many({"expires": {"$lt": before}, "outbox.0": {"$exists": False}})

    def _valid(self, secret: str, kind: LetterKind) -> Document:
        return {
            "hashes": _hash(secret),
            "kind": kind.value,
            "used": False,
            "expires": {"$gt": self.now_ms()},
        }


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
