"""What membership itself holds about a person beside her record, her sessions and the log of looks at her data."""

from collections.abc import Iterator, Mapping
from typing import Any

from services.membership.letters.store import LETTERS, LINKS
from services.membership.oidc.store import FLOWS, IDENTITIES
from services.membership.parts import Parts
from services.membership.people.domain import Person, email_key
from services.membership.prospects.store import COLLECTION as PROSPECTS
from services.membership.secondfactors.store import COLLECTION as FACTORS
from shared.mongo import Collection
from shared.personal import alias_of
from shared.process import Service
from shared.traces import Shown, Trace, traces_in, traces_of

# Documents that are the person's own; keys, hashes and sealed secrets are not among the fields.
SHOWN = {
    FACTORS: Shown("_id", ("on", "since")),
    IDENTITIES: Shown("person_id", ("issuer",)),
    FLOWS: Shown("person_id", ("expires",)),
    LETTERS: Shown("person_id", ("state",)),
    LINKS: Shown("person_id", ("kind", "expires", "used")),
}
# What the export shows in parts of its own.
OWN_PARTS = ("people", "refresh_families", "access_log")
# What cannot be shown: a counter is kept under a hash of the address, a line of a list stands for nobody yet.
NOBODYS = ("limits", "import_chunks")
_AUDIT = Shown("actor", ("at", "kind", "operation", "changes", "fields", "reason"), newest="at")
_PROSPECT = Shown("contact_key", ("state",))


def mentioning(parts: Parts) -> list[Collection]:
    """Return the collections that name people without being theirs; erasure puts an alias there."""
    found = [one.collection for one in (parts.organisations, parts.networks, parts.memberships)]
    return [*found, parts.aid.collection, parts.imports.jobs, parts.prospects.collection]


def own_documents(service: Service) -> Mapping[str, Collection]:
    """Return the collections of `SHOWN` by name."""
    return {name: service.collection(name) for name in SHOWN}


def exported(parts: Parts) -> Iterator[str]:
    """Yield the name of every collection that the export reads."""
    yield from OWN_PARTS
    yield from SHOWN
    for one in (*mentioning(parts), parts.erasures.collection, parts.audit):
        yield one.name


async def traces(person: Person, parts: Parts) -> list[dict[str, Any]]:
    """Return whatever else is held here, with the changes that the person made."""
    found: list[Trace] = []
    for name, shown in SHOWN.items():
        found += await traces_of(parts.own_documents[name], shown, person.id, name)
    found += await traces_in((*mentioning(parts), parts.erasures.collection), person.id)
    contacts = parts.prospects.collection
    found += await traces_of(contacts, _PROSPECT, email_key(person.email), PROSPECTS)
    found += await traces_of(parts.audit, _AUDIT, alias_of(person.id), "audit")
    return [{"service": "membership", **one.model_dump(mode="json")} for one in found]
