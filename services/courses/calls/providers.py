"""Which organisations are education providers, as far as membership's events have told."""

from functools import partial

from services.courses.calls.errors import ProviderUnknown
from shared.events import membership
from shared.events.envelope import Envelope
from shared.events.membership import OrganisationKind
from shared.kafka import Consumers
from shared.mongo import Collection

PROVIDERS = "providers"
GROUP = "courses.providers"


class Providers:
    """The providers that may be invited. An organisation's kind never changes, so a document is never updated."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection

    async def keep(self, organisation_id: str) -> None:
        """Keep that this organisation is a provider."""
        await self._collection.update_one(
            {"_id": organisation_id}, {"$setOnInsert": {"known": True}}, upsert=True
        )

    async def require(self, organisation_ids: list[str]) -> None:
        """Let known providers pass. Errors: `ProviderUnknown` 409, which names the first unknown one's place."""
        found = await self._collection.find({"_id": {"$in": organisation_ids}}, {"_id": 1})
        known = {document["_id"] for document in found}
        for number, each in enumerate(organisation_ids):
            if each not in known:
                raise ProviderUnknown(pointer=f"#/providers/{number}")


async def keep_registered(
    event: membership.OrganisationRegistered, _envelope: Envelope, *, providers: Providers
) -> None:
    """Keep a registered organisation if it is a provider."""
    if event.kind is OrganisationKind.PROVIDER:
        await providers.keep(event.organisation_id)


def listen(consumers: Consumers, *, providers: Providers) -> None:
    """Say which event calls which handler."""
    consumers.handle(
        membership.TOPIC,
        GROUP,
        {membership.OrganisationRegistered: partial(keep_registered, providers=providers)},
    )
