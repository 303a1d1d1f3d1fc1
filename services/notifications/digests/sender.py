"""The loop that sends bundles that are due; any number of replicas may run it."""

import asyncio
import contextlib
import random
from email.message import EmailMessage
from functools import partial

import structlog

from services.notifications.contacts import Contact
from services.notifications.digests.store import Bundle
from services.notifications.domain import Outcome, State, backoff_s, failure
from services.notifications.mail import Refused, Undelivered
from services.notifications.sending import Sending
from services.notifications.texts import Session
from shared.clock import Clock, epoch_ms, new_id, utc_now
from shared.errors import Failed
from shared.ids import derived_id

log = structlog.get_logger()

POLL_S = 1.0


class DigestSender:
    """Sends what waited together."""

    def __init__(self, sending: Sending, *, clock: Clock = utc_now) -> None:
        self._sending = sending
        self._bundles = sending.bundles
        self._clock = clock

    async def run(self, stopping: asyncio.Event) -> None:
        """Send until `stopping` is set."""
        while not stopping.is_set():
            bundle = await self._bundles.claim(new_id())
            if bundle is not None:
                await self.send(bundle)
                continue
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), POLL_S)

    async def send(self, bundle: Bundle) -> None:
        """Try one bundle and write how that ended."""
        try:
            state, error = await self._try(bundle)
        except (Failed, Undelivered) as problem:
            code = problem.code if isinstance(problem, Undelivered) else problem.slug
            await self._later(bundle, code)
        except Exception as problem:  # noqa: BLE001  a fault of ours must be retried with a growing wait
            await self._later(bundle, type(problem).__name__)
        else:
            await self._bundles.settle(bundle, state, error)

    async def _later(self, bundle: Bundle, code: str) -> None:
        now = epoch_ms(self._clock())
        log.warning("digest.failed", error=code)
        if failure(bundle.document["first_failed"] or now, now) is Outcome.EXPIRED:
            await self._bundles.settle(bundle, State.PARKED, code)
        else:
            wait_s = backoff_s(bundle.document["tries"] + 1, random.random())  # noqa: S311  jitter
            await self._bundles.later(bundle, wait_s, code)

    async def _try(self, bundle: Bundle) -> tuple[State, str | None]:
        contacts = await self._recipients(bundle)
        if not contacts:
            return State.UNDELIVERABLE, "no-recipient"
        sessions = await self._sending.copies.sessions(
            [item["session_id"] for item in bundle.items if item["session_id"]]
        )
        refused: str | None = None
        key = f"{bundle.document['_id']}:{bundle.document['sent']}"
        for contact in contacts:
            to = derived_id("recipient", key, contact.person_id)
            if to in bundle.document["done"]:
                continue
            try:
                await self._sending.send(contact, partial(self._write, bundle, key, sessions, contact))
            except Refused as error:
                refused = error.code
            await self._bundles.mark(bundle, to)
        return (State.BOUNCED if refused and len(contacts) == 1 else State.SENT), refused

    def _write(
        self, bundle: Bundle, key: str, sessions: dict[str, Session], contact: Contact
    ) -> EmailMessage:
        return self._sending.writer.digest(key, bundle.items, sessions, contact, self._clock())

    async def _recipients(self, bundle: Bundle) -> list[Contact]:
        kind, _, identity = bundle.document["owner"].partition(":")
        found = self._sending.contacts.person if kind == "person" else self._sending.contacts.company
        return await found(identity)
