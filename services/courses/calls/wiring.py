"""Calls for offers, put together: the composition root takes routes and consumers from here."""

from fastapi import APIRouter
from pydantic import SecretStr

from services.courses.calls import api, provider_api, record_api
from services.courses.calls import providers as known_providers
from services.courses.calls.handlers import Stores
from services.courses.calls.names import MembershipNames
from services.courses.calls.providers import PROVIDERS, Providers
from services.courses.calls.sealing import KEYS, CallKeys
from services.courses.calls.store import call_store
from services.courses.memberships.store import Memberships
from services.courses.needs.domain import Need
from services.courses.pools.domain import Pool
from shared.clock import Clock, utc_now
from shared.kafka import Consumers
from shared.process import Service
from shared.store import Aggregates


def stores(
    service: Service,
    offers_key: SecretStr | None,
    *,
    pools: Aggregates[Pool],
    needs: Aggregates[Need],
    clock: Clock = utc_now,
) -> Stores:
    """Return what the commands of calls work on."""
    return Stores(
        calls=call_store(service),
        pools=pools,
        needs=needs,
        keys=CallKeys(service.collection(KEYS), offers_key),
        providers=Providers(service.collection(PROVIDERS)),
        clock=clock,
    )


def routers(service: Service, made: Stores, memberships: Memberships) -> tuple[APIRouter, ...]:
    """Return the routes."""
    names = MembershipNames(service.peer(service.settings.membership_url))
    return (
        api.draft_router(made, memberships),
        api.running_router(made, memberships),
        api.opening_router(made, memberships),
        provider_api.router(made, memberships),
        record_api.router(made, memberships, names),
    )


def listen(consumers: Consumers, made: Stores) -> None:
    """Say which event calls which handler."""
    known_providers.listen(consumers, providers=made.providers)
