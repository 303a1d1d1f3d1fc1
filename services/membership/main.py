"""Composition root of membership: `build` puts a process together without any I/O, `main` runs it."""

import sys
from collections.abc import Mapping
from functools import partial

import structlog
from pydantic import Field

from services.membership.aid import api as aid_api
from services.membership.audit import api as audit_api
from services.membership.audit import worker as audit_worker
from services.membership.audit.store import COLLECTION as AUDIT
from services.membership.choosers import api as choosers_api
from services.membership.directory import api as directory_api
from services.membership.erasures import api as erasures_api
from services.membership.erasures import store as erasures_store
from services.membership.erasures import worker as erasures_worker
from services.membership.exports import api as exports_api
from services.membership.imports import api as imports_api
from services.membership.invitations import api as invitations_api
from services.membership.joining import api as joining_api
from services.membership.letters import api as letters_api
from services.membership.members import members, work_for_members
from services.membership.memberships import api as memberships_api
from services.membership.networks import api as networks_api
from services.membership.oidc import api as oidc_api
from services.membership.organisations import api as organisations_api
from services.membership.parts import Parts
from services.membership.people import api as people_api
from services.membership.people import contacts_api
from services.membership.people import store as people_store
from services.membership.people.domain import EmailInUse
from services.membership.people.handlers import bootstrap_admin
from services.membership.privacy import accesses, catalogue_api
from services.membership.privacy import api as privacy_api
from services.membership.privacy.holdings import own_documents
from services.membership.privacy.peers import elsewhere
from services.membership.prospects import api as prospects_api
from services.membership.secondfactors import api as factors_api
from services.membership.secondfactors.store import Seal
from services.membership.signin import api as signin_api
from services.membership.signin import setup
from services.membership.signin.handlers import ACCESS_LIFE_S, Door
from services.membership.signin.keys import Keyring, Unusable
from services.membership.signin.passwords import Passwords
from services.membership.signin.setup import SignInSettings
from services.membership.sizes import api as sizes_api
from shared.clock import utc_now
from shared.events.membership import TOPIC
from shared.process import Service, run
from shared.settings import Role
from shared.trail import INDEXES as TRAIL_INDEXES

log = structlog.get_logger()

TITLE = "Verbundwerk membership"
DESCRIPTION = (
    "Who: networks, organisations with their size class, memberships, people and sign-in. "
    "Names and addresses of people are kept here only and are in no event."
)
PURGE_EVERY_S = 600
ROUTES = (
    signin_api,
    factors_api,
    letters_api,
    oidc_api,
    people_api,
    contacts_api,
    networks_api,
    directory_api,
    organisations_api,
    memberships_api,
    joining_api,
    prospects_api,
    invitations_api,
    imports_api,
    exports_api,
    sizes_api,
    aid_api,
    choosers_api,
    privacy_api,
    catalogue_api,
    erasures_api,
    audit_api,
)


class MembershipSettings(SignInSettings):
    """Sign-in's settings, and where the other services are."""

    notifications_url: str = "http://127.0.0.1:8003"
    # How long an access token of an erased person may still be in use, with a margin for clocks.
    erasure_settle_s: int = Field(ACCESS_LIFE_S + 300, ge=0)


def build(
    role: Role,
    settings: MembershipSettings | None = None,
    keyring: Keyring | None = None,
    clients: Mapping[str, str] | None = None,
    seal: Seal | None = None,
) -> Service:
    """Put one process together. Without a keyring it can say what it does, but sign nobody in."""
    settings = settings or MembershipSettings(service="membership", role=role)
    service = Service(settings, topic=TOPIC, title=TITLE, description=DESCRIPTION)
    door = setup.door_of(service, settings, keyring or Keyring(), seal or Seal())
    parts = _parts(service, settings, door, clients or {})
    if role == "worker":
        service.background("purge", partial(_purge, service, parts))
        erasures_worker.work(service, parts, settle_s=settings.erasure_settle_s)
        work_for_members(service, parts)
        audit_worker.work(service, parts)
        return service
    service.use_keys(parts.keyring)
    service.app.state.parts = parts
    for module in ROUTES:
        service.app.include_router(module.router)
    service.on_start(partial(_bootstrap, settings, parts))
    return service


def main(role: Role) -> None:
    """Run one process; a file that is missing or wrong ends it with one sentence."""
    settings = MembershipSettings(service="membership", role=role)
    try:
        keyring = Keyring.load(settings.signing_key_files) if role == "api" else None
        clients = setup.clients_of(settings.service_clients_file) if role == "api" else None
        seal = setup.seal_of(settings.second_factor_key_file) if role == "api" else None
        _ = settings.second_factor_roles
    except Unusable as problem:
        sys.exit(str(problem))
    run(lambda: build(role, settings, keyring, clients, seal))


def _indexes(service: Service) -> None:
    service.index(people_store.COLLECTION, *people_store.UNIQUE, unique=True)
    service.index(people_store.COLLECTION, *people_store.INDEXES)
    service.index(accesses.COLLECTION, *accesses.INDEXES)
    service.index(AUDIT, *TRAIL_INDEXES)
    setup.indexes(service)


def _parts(service: Service, settings: MembershipSettings, door: Door, clients: Mapping[str, str]) -> Parts:
    _indexes(service)
    return Parts(
        **members(service)._asdict(),
        erasures=erasures_store.erasure_store(service),
        audit=service.collection(AUDIT),
        own_documents=own_documents(service),
        people=door.people,
        passwords=Passwords(),
        refresh=door.refresh,
        limits=door.limits,
        accesses=accesses.AccessLog(service.collection(accesses.COLLECTION)),
        keyring=door.issuer.keyring,
        factors=door.factors,
        door=door,
        elsewhere=elsewhere(service.http, settings.courses_url, settings.notifications_url, door.issuer),
        post=setup.post_of(service),
        oidc=setup.oidc_of(service, settings),
        clients=clients,
        trusted_proxies=settings.proxies,
        public_url=settings.public_url,
        clock=utc_now,
    )


async def _bootstrap(settings: MembershipSettings, parts: Parts) -> None:
    if settings.bootstrap_admin_email is None or settings.bootstrap_admin_password is None:
        return
    password = settings.bootstrap_admin_password.get_secret_value()
    try:
        made = await bootstrap_admin(
            settings.bootstrap_admin_email, password, people=parts.people, passwords=parts.passwords
        )
    except EmailInUse:
        log.warning("bootstrap.address_in_use")
        return
    if made:
        log.info("bootstrap.admin_created")


async def _purge(service: Service, parts: Parts) -> None:
    await parts.limits.purge()
    await parts.refresh.purge()
    await parts.post.links.purge()
    await parts.oidc.flows.purge()
    await service.pause(PURGE_EVERY_S)
