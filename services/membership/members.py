"""The stores of networks, organisations, memberships and imports, and what the worker does for them."""

from functools import partial
from typing import NamedTuple

from services.membership.aid import store as aid_store
from services.membership.aid.domain import AidLedger
from services.membership.imports import handlers as imports_handlers
from services.membership.imports import lines as imports_lines
from services.membership.imports import store as imports_store
from services.membership.imports.columns import ImportKind
from services.membership.imports.store import Imports
from services.membership.memberships import store as memberships_store
from services.membership.memberships.domain import Membership
from services.membership.networks import store as networks_store
from services.membership.networks.domain import Network
from services.membership.networks.handlers import begin_due_policies
from services.membership.organisations import store as organisations_store
from services.membership.organisations.domain import Organisation
from services.membership.parts import Parts
from services.membership.prospects import store as prospects_store
from services.membership.prospects.store import Prospects
from shared.process import Service
from shared.store import Aggregates

IMPORTS_EVERY_S = 0.5
POLICIES_EVERY_S = 60
PURGE_EVERY_S = 600


class Members(NamedTuple):
    """A part of `Parts`."""

    networks: Aggregates[Network]
    organisations: Aggregates[Organisation]
    memberships: Aggregates[Membership]
    aid: Aggregates[AidLedger]
    imports: Imports
    prospects: Prospects


def members(service: Service) -> Members:
    """Return the stores; their collections are indexed at start."""
    return Members(
        networks=service.aggregates(
            networks_store.COLLECTION,
            Network,
            kind="network",
            keys=networks_store.keys,
            indexes=networks_store.INDEXES,
            trail=True,
        ),
        organisations=service.aggregates(
            organisations_store.COLLECTION,
            Organisation,
            kind="organisation",
            keys=organisations_store.keys,
            indexes=organisations_store.INDEXES,
            trail=True,
        ),
        memberships=service.aggregates(
            memberships_store.COLLECTION,
            Membership,
            kind="membership",
            keys=memberships_store.keys,
            indexes=memberships_store.INDEXES,
            trail=True,
        ),
        aid=service.aggregates(
            aid_store.COLLECTION,
            AidLedger,
            kind="aid ledger",
            keys=aid_store.keys,
            indexes=aid_store.INDEXES,
            trail=True,
        ),
        imports=_imports(service),
        prospects=_prospects(service),
    )


def work_for_members(service: Service, parts: Parts) -> None:
    """Let the worker take imported lines, begin rules whose day has come, and forget old lists and prospects."""
    service.background("imports", partial(_import, service, parts))
    service.background("policies", partial(_begin_policies, service, parts))
    service.background("old lists", partial(_purge, service, parts))


def _imports(service: Service) -> Imports:
    service.index(imports_store.COLLECTION, *imports_store.INDEXES)
    service.index(imports_store.CHUNKS, *imports_store.CHUNK_INDEXES)
    service.index(imports_store.FINDINGS, *imports_store.FINDING_INDEXES)
    return Imports(
        service.collection(imports_store.COLLECTION),
        service.collection(imports_store.CHUNKS),
        service.collection(imports_store.FINDINGS),
    )


def _prospects(service: Service) -> Prospects:
    service.index(prospects_store.COLLECTION, *prospects_store.INDEXES)
    return Prospects(service.collection(prospects_store.COLLECTION))


async def _import(service: Service, parts: Parts) -> None:
    ways = {
        ImportKind.ORGANISATIONS: partial(imports_lines.organisations, parts),
        ImportKind.PEOPLE: partial(imports_lines.people, parts),
    }
    if not await imports_handlers.work(parts.imports, ways):
        await service.pause(IMPORTS_EVERY_S)


async def _begin_policies(service: Service, parts: Parts) -> None:
    await begin_due_policies(networks=parts.networks, clock=parts.clock)
    await service.pause(POLICIES_EVERY_S)


async def _purge(service: Service, parts: Parts) -> None:
    await parts.imports.purge()
    await parts.prospects.purge()
    await service.pause(PURGE_EVERY_S)
