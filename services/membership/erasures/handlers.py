"""Commands on erasures, and the steps that the worker takes by itself."""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import structlog
from prometheus_client import Gauge

from services.membership.erasures import domain, store
from services.membership.erasures.domain import (
    Erasure,
    ErasureReason,
    ErasureState,
    LastAdministrator,
)
from services.membership.letters.store import Links
from services.membership.people.domain import Person, PersonStatus, grant_key
from services.membership.people.store import People, person_of
from services.membership.privacy.catalogue import catalogue
from services.membership.prospects.store import Prospects
from shared.clock import Clock, epoch_ms
from shared.errors import NotFound
from shared.events.envelope import Envelope
from shared.events.erasures import PersonForgotten, PersonUnlinked
from shared.mongo import Collection
from shared.roles import Role
from shared.scrub import scrub
from shared.store import Aggregates, Cause, Outcome
from shared.trail import Trails

log = structlog.get_logger()

WAITING = Gauge("membership_erasures_open", "Erasures that are not complete.", ["status"])
STUCK = Gauge("membership_erasures_stuck", "Erasures that began over a day ago and are not complete.")
HOUR_MS = 3600 * 1000


@dataclass(frozen=True, slots=True)
class Vault:
    """Everything of this service that a person's data is in.

    `held` are the documents that are a person's, by the field that names her; `mentioning` name an id only.
    """

    people: People
    held: Sequence[tuple[Collection, str]]
    mentioning: Sequence[Collection]
    trails: Trails
    links: Links
    prospects: Prospects


async def request_erasure(
    person: Person,
    *,
    asked_by: str,
    reason: ErasureReason,
    wait_h: int,
    cause: Cause,
    erasures: Aggregates[Erasure],
    people: People,
    clock: Clock,
) -> Outcome[Erasure]:
    """Ask for an erasure that starts in `wait_h` hours. Errors: `LastAdministrator` 409."""
    if any(grant.role is Role.PLATFORM_ADMIN for grant in person.grants):
        await _require_another_administrator(person, people)
    now = epoch_ms(clock())
    new = Erasure(
        id=store.erasure_id(person.id),
        person_id=person.id,
        asked_by=asked_by,
        reason=reason,
        organisation_ids=tuple(sorted({g.organisation_id for g in person.grants if g.organisation_id})),
        status=ErasureState.REQUESTED,
        requested_ms=now,
        due_ms=now + wait_h * HOUR_MS,
    )
    return await erasures.put(new.id, lambda present: domain.request(present, new), cause)


async def withdraw_erasure(erasure_id: str, *, cause: Cause, erasures: Aggregates[Erasure]) -> Erasure:
    """Take a request back. Errors: `NotFound` 404, `WrongState` 409 once it has started."""
    return (await erasures.change(erasure_id, domain.withdraw, cause)).state


async def advance(
    *, erasures: Aggregates[Erasure], vault: Vault, settle_s: int, clock: Clock, limit: int = 50
) -> int:
    """Take every due step and return how many erasures moved. Replicas may do it at once: each step repeats safely.

    `settle_s`: how long after the start an access token of the person may still be in use.
    """
    now = epoch_ms(clock())
    found = await erasures.collection.find(
        {"open": True, "due_ms": {"$lte": now}, "state.status": {"$in": ["requested", "started"]}},
        {"state": 1},
        sort=[("due_ms", 1)],
        limit=limit,
    )
    moved = 0
    for document in found:
        erasure = Erasure.model_validate(document["state"])
        if erasure.status is ErasureState.REQUESTED:
            erasure = (await erasures.change(erasure.id, lambda one: domain.start(one, now), Cause())).state
            moved += 1
        if erasure.status is ErasureState.STARTED and erasure.person_id is not None:
            # At once, and again at the end: what her last access tokens wrote meanwhile goes too.
            await forget(erasure.person_id, vault)
            if now >= (erasure.started_ms or now) + settle_s * 1000:
                await scrub(vault.mentioning, erasure.person_id)
                await erasures.change(erasure.id, lambda one: domain.fan_out(one, now), Cause())
                moved += 1
    return moved


async def forget(person_id: str, vault: Vault) -> None:
    """Delete the person's record, and all that is hers: sessions, second factor, letters, log. Safe to repeat.

    Whoever was once a prospect's contact under the same address is forgotten there as well.
    """
    with contextlib.suppress(NotFound):
        await vault.prospects.forget((await vault.people.get(person_id)).email)
    for collection, field in vault.held:
        await collection.delete_many({field: person_id})
    await vault.links.forget(person_id)
    await vault.trails.drain_last(vault.people.collection, person_id)
    await vault.people.erase(person_id)


async def confirm_elsewhere(
    event: PersonUnlinked | PersonForgotten,
    envelope: Envelope,
    *,
    erasures: Aggregates[Erasure],
    clock: Clock,
) -> None:
    """Note that another service has forgotten the person. Safe to repeat."""
    service = "courses" if isinstance(event, PersonUnlinked) else "notifications"
    confirmed = partial(domain.confirm, service=service, at_ms=epoch_ms(clock()))
    await erasures.change(event.erasure_id, confirmed, Cause(causation_id=envelope.id))


async def retire(*, erasures: Aggregates[Erasure], people: People, clock: Clock, limit: int = 50) -> int:
    """Ask for the erasure of those who left longer ago than the catalogue allows; return how many are due.

    Safe to repeat and for several replicas: a person has one erasure. The last administrator is left alone.
    """
    before = epoch_ms(clock()) - catalogue().days("after_leaving") * 24 * HOUR_MS
    where = {"state.status": PersonStatus.DEACTIVATED.value, "state.changed_ms": {"$gt": 0, "$lt": before}}
    found = [person_of(one) for one in await people.collection.find(where, {"state": 1}, limit=limit)]
    for person in found:
        with contextlib.suppress(LastAdministrator):
            await request_erasure(
                person,
                asked_by="retention",
                reason=ErasureReason.RETENTION_OVER,
                wait_h=0,
                cause=Cause(),
                erasures=erasures,
                people=people,
                clock=clock,
            )
    return len(found)


async def measure(*, erasures: Aggregates[Erasure], clock: Clock) -> None:
    """Set the metrics by which an operator sees what is stuck."""
    found = await erasures.collection.find({"open": True}, {"state": 1})
    states = [Erasure.model_validate(document["state"]) for document in found]
    for status in (ErasureState.REQUESTED, ErasureState.STARTED, ErasureState.ERASING):
        WAITING.labels(status.value).set(sum(one.status is status for one in states))
    now = epoch_ms(clock())
    stuck = [one for one in states if one.is_stuck(now)]
    STUCK.set(len(stuck))
    for one in stuck:
        log.warning("erasure.stuck", erasure_id=one.id, waiting_for=list(one.waiting_for))


async def _require_another_administrator(person: Person, people: People) -> None:
    found = await people.collection.find(
        {"grant_keys": grant_key(Role.PLATFORM_ADMIN, None), "state.status": "active"}, {"_id": 1}, limit=2
    )
    if all(one["_id"] == person.id for one in found):
        raise LastAdministrator
