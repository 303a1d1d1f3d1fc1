"""The part of membership's worker that erases people: the steps that are due, and the other services' word."""

from functools import partial

from services.membership.audit.store import trails_of
from services.membership.erasures import consumers, handlers
from services.membership.erasures.domain import DAY_MS
from services.membership.erasures.handlers import Vault
from services.membership.oidc import store as oidc_store
from services.membership.parts import Parts
from services.membership.privacy import accesses
from services.membership.privacy.catalogue import catalogue
from services.membership.privacy.holdings import mentioning
from services.membership.secondfactors import store as factors_store
from services.membership.signin import refresh
from shared.clock import epoch_ms
from shared.process import Service

EVERY_S = 1.0
RETIRE_EVERY_S = 600
# Collection -> the field that names the person whose it is.
HELD = {
    refresh.COLLECTION: "person_id",
    factors_store.COLLECTION: "_id",
    oidc_store.IDENTITIES: "person_id",
    accesses.COLLECTION: "subject",
}


def work(service: Service, parts: Parts, *, settle_s: int) -> None:
    """Take due steps once a second, and listen. `settle_s`: see `handlers.advance`."""
    consumers.listen(service.consumers, erasures=parts.erasures)
    service.background("erasures", partial(_step, service, parts, settle_s))
    service.background("retention", partial(_retire, service, parts))


def vault_of(service: Service, parts: Parts) -> Vault:
    """Return all of this service that knows people; whatever else names a person's id is listed here too."""
    held = tuple((service.collection(name), field) for name, field in HELD.items())
    return Vault(
        people=parts.people,
        held=held,
        mentioning=mentioning(parts),
        trails=trails_of(service, parts),
        links=parts.post.links,
        prospects=parts.prospects,
    )


async def _step(service: Service, parts: Parts, settle_s: int) -> None:
    await handlers.advance(
        erasures=parts.erasures, vault=vault_of(service, parts), settle_s=settle_s, clock=parts.clock
    )
    await handlers.measure(erasures=parts.erasures, clock=parts.clock)
    await service.pause(EVERY_S)


async def _retire(service: Service, parts: Parts) -> None:
    await handlers.retire(erasures=parts.erasures, people=parts.people, clock=parts.clock)
    kept_ms = catalogue().days("access_log") * DAY_MS
    await parts.accesses.forget_before(epoch_ms(parts.clock()) - kept_ms)
    await service.pause(RETIRE_EVERY_S)
