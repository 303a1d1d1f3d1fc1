"""People in the store: one collection of their own, guarded by `v`, never an outbox."""

from services.membership.people.domain import KIND, EmailInUse, Person, email_key, grant_key
from shared.clock import Clock, epoch_ms, utc_now
from shared.errors import Busy, IdempotencyKeyReused, NotFound
from shared.mongo import Collection, Document, DuplicateKey
from shared.personal import alias_of
from shared.trail import acting, changed_fields, entry_of
from shared.web import sort_key

COLLECTION = "people"
UNIQUE = ((("email_key", 1),),)
INDEXES = (
    (("organisation_ids", 1), ("sort", -1)),
    (("grant_keys", 1), ("sort", -1)),
    (("alias", 1),),
    (("traced", 1),),
    (("sort", -1),),
)


class People:
    """The vault. Names and addresses leave it only in answers to those who may see them."""

    def __init__(self, collection: Collection, clock: Clock = utc_now) -> None:
        self.collection = collection
        self._clock = clock

    def now_ms(self) -> int:
        return epoch_ms(self._clock())

    async def add(self, person: Person, fingerprint: str | None) -> Person:
        """Store a new person; the same id and fingerprint again is answered with the first one.

        Errors: `EmailInUse` 409, `IdempotencyKeyReused` 422.
        """
        noted = self._noted("person.created", None, person, 1, "")
        document = {"_id": person.id, "v": 1, "f": fingerprint, **document_of(person)}
        try:
            await self.collection.insert({**document, **_traced(noted), "trail": [noted]})
        except DuplicateKey:
            present = await self.collection.find_one({"_id": person.id})
            if present is None:
                raise EmailInUse(pointer="#/email") from None
            if present["f"] != fingerprint:
                raise IdempotencyKeyReused from None
            return person_of(present)
        return person

    async def get(self, person_id: str) -> Person:
        """Errors: `NotFound` 404."""
        found = await self.collection.find_one({"_id": person_id})
        if found is None:
            raise NotFound(kind=KIND)
        return person_of(found)

    async def by_email(self, email: str) -> Person | None:
        found = await self.collection.find_one({"email_key": email_key(email)})
        return None if found is None else person_of(found)

    async def replace(self, person_id: str, **changes: object) -> Person:
        """Change fields under the version guard. Errors: `NotFound` 404, `Busy` 503."""
        for _ in range(10):
            found = await self.collection.find_one({"_id": person_id})
            if found is None:
                raise NotFound(kind=KIND)
            before, v = person_of(found), found["v"] + 1
            person = before.model_copy(update=changes)
            noted = self._noted("person.changed", before, person, v, found.get("chain", ""))
            update = {
                "$set": {**document_of(person), **_traced(noted)},
                "$push": {"trail": noted},
                "$inc": {"v": 1},
            }
            if await self.collection.update_one({"_id": person_id, "v": found["v"]}, update):
                return person
        raise Busy

    def _noted(self, what: str, before: Person | None, after: Person, v: int, previous: str) -> Document:
        fields = changed_fields(before, after)
        return entry_of([what], fields, last=v, at_ms=self.now_ms(), actor=acting(), previous=previous)

    async def erase(self, person_id: str) -> bool:
        """Delete the person; the address is free again. True if there was one."""
        return await self.collection.delete_one({"_id": person_id})

    async def any_with(self, key: str) -> bool:
        return await self.collection.find_one({"grant_keys": key}, {"_id": 1}) is not None


def _traced(noted: Document) -> Document:
    return {"chain": noted["hash"], "traced": noted["at"]}


def document_of(person: Person) -> Document:
    grants = [(grant.role, grant.organisation_id or grant.network_id) for grant in person.grants]
    return {
        "state": person.model_dump(mode="json"),
        "alias": alias_of(person.id),
        "email_key": email_key(person.email),
        "sort": sort_key(person.created_ms, person.id),
        "organisation_ids": sorted({g.organisation_id for g in person.grants if g.organisation_id}),
        "grant_keys": sorted({grant_key(role, target) for role, target in grants}),
    }


def person_of(document: Document) -> Person:
    return Person.model_validate(document["state"])
