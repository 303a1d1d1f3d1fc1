"""The loop that turns queued notifications into inbox entries and mail; any number of replicas may run it.

What is promised (docs/adr/0008): a mail goes out twice only if the process dies between the server's acceptance
and our mark; both copies then carry the same Message-ID.
"""

import asyncio
import contextlib
import random
from collections.abc import Mapping
from typing import Any

import structlog
from opentelemetry.trace import SpanKind
from prometheus_client import Counter

from services.notifications import texts
from services.notifications.contacts import Contact, Contacts
from services.notifications.domain import Audience, Outcome, backoff_s, failure
from services.notifications.mail import Mailer, Parts, Refused, Undelivered, compose
from services.notifications.store import Claim, Copies, Inbox, Notifications
from services.notifications.texts import Reader, Session
from shared.clock import Clock, epoch_ms, new_id, utc_now
from shared.errors import Failed
from shared.ids import derived_id
from shared.telemetry import span, trace_id

log = structlog.get_logger()

TRIES = Counter("notification_tries_total", "Tries to deliver a notification.", ["template", "outcome"])
MAILS = Counter("notification_mails_total", "Mails by what the server said.", ["template", "outcome"])

POLL_S = 1.0
AT_ONCE = 8
ORDER_WAIT_S = 0.2
COPY_WAIT_S = 0.5  # the other consumer group is usually milliseconds behind
COPY_WAIT_MAX_S = 30.0
DRAIN_S = 4.0


class Dispatcher:
    """Sends what is due."""

    def __init__(
        self,
        *,
        notifications: Notifications,
        inbox: Inbox,
        copies: Copies,
        contacts: Contacts,
        mailer: Mailer,
        sender: str,
        link: str,
        clock: Clock = utc_now,
    ) -> None:
        self._notifications = notifications
        self._inbox = inbox
        self._copies = copies
        self._contacts = contacts
        self._mailer = mailer
        self._sender = sender
        self._link = link
        self._clock = clock
        self._woken = asyncio.Event()
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()

    def wake(self) -> None:
        """Look for due notifications now instead of at the next poll."""
        self._woken.set()

    async def run(self, stopping: asyncio.Event) -> None:
        """Send until `stopping` is set, then finish what is in hand, within a bound."""
        try:
            while not stopping.is_set():
                await self._slots.acquire()
                claim = None
                try:
                    self._woken.clear()
                    claim = await self._notifications.claim(new_id())
                finally:
                    if claim is None:
                        self._slots.release()
                if claim is None:
                    await self._rest()
                else:
                    task = asyncio.create_task(self._work(claim))
                    self._tasks.add(task)
                    task.add_done_callback(self._tasks.discard)
        finally:
            if self._tasks:
                await asyncio.wait(self._tasks, timeout=DRAIN_S)
            await self._mailer.close()

    async def _rest(self) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), POLL_S)
        await self._mailer.rest()

    async def _work(self, claim: Claim) -> None:
        try:
            await self.dispatch(claim)
        except Exception as error:  # noqa: BLE001  the claim lapses and the notification comes again
            log.warning("notification.failed", error=type(error).__name__)
        finally:
            self._slots.release()
            self._woken.set()

    async def dispatch(self, claim: Claim) -> None:
        """Try one notification and write how that ended."""
        document = claim.document
        with span(
            "notifications.send",
            traceparent=document["trace"],
            kind=SpanKind.PRODUCER,
            template=document["template"],
            notification_id=document["_id"],
        ):
            try:
                outcome, wait_s, error = await self._try(claim)
            except (Failed, Undelivered) as problem:
                code = problem.code if isinstance(problem, Undelivered) else problem.slug
                outcome, wait_s, error = self._failed(document, code)
            except Exception as problem:  # noqa: BLE001  a fault of ours must be retried with a growing wait
                outcome, wait_s, error = self._failed(document, type(problem).__name__)
            await self._notifications.settle(claim, outcome, wait_s=wait_s, error=error)
            TRIES.labels(document["template"], outcome.value).inc()
            log.info("notification.tried", template=document["template"], outcome=outcome.value, error=error)

    def _failed(self, document: Mapping[str, Any], code: str) -> tuple[Outcome, float, str]:
        now = epoch_ms(self._clock())
        outcome = failure(document["first_failed"] or now, now)
        return outcome, backoff_s(document["tries"] + 1, random.random()), code  # noqa: S311  jitter

    async def _try(self, claim: Claim) -> tuple[Outcome, float, str | None]:
        document = claim.document
        session = await self._copies.session(document["session_id"])
        if session is None:
            age_s = (epoch_ms(self._clock()) - document["created"]) / 1000
            return Outcome.POSTPONED, min(max(COPY_WAIT_S, age_s / 2), COPY_WAIT_MAX_S), "session-unknown"
        contacts = await self._contacts.recipients(document)
        for contact in contacts:
            await self._inbox.add(document, contact.person_id)
        if not contacts and not document["done"]:
            return Outcome.NOBODY, 0, "no-recipient"
        if await self._notifications.waits_for_earlier(document):
            return Outcome.POSTPONED, ORDER_WAIT_S, "earlier-message"
        return await self._send_all(claim, session, contacts)

    async def _send_all(
        self, claim: Claim, session: Session, contacts: list[Contact]
    ) -> tuple[Outcome, float, str | None]:
        document = claim.document
        done = set(document["done"])
        refused = {entry["to"]: entry["code"] for entry in document["refused"]}
        participant = None
        if document["audience"] == Audience.COMPANY_HR:
            participant = await self._contacts.participant_name(document)
        later: Undelivered | None = None
        for contact in contacts:
            to = derived_id("recipient", document["_id"], contact.person_id)
            if to in done or to in refused:
                continue
            if not await self._notifications.renew(claim):
                return Outcome.POSTPONED, 0, "claim-lost"  # `settle` will match nothing: another has it
            try:
                await self._mail(document, session, contact, participant)
            except Refused as error:
                refused[to] = error.code
                await self._notifications.mark_refused(claim, to, error.code)
                MAILS.labels(document["template"], "refused").inc()
            except Undelivered as error:
                later = error  # the others go on: one full mailbox must not hold up a colleague
                MAILS.labels(document["template"], "later").inc()
            else:
                done.add(to)
                await self._notifications.mark_done(claim, to)
                MAILS.labels(document["template"], "accepted").inc()
        if later is not None:
            raise later
        codes = ",".join(sorted(set(refused.values()))) or None
        return (Outcome.DELIVERED, 0, codes) if done else (Outcome.REFUSED, 0, codes)

    async def _mail(
        self, document: Mapping[str, Any], session: Session, contact: Contact, participant: str | None
    ) -> None:
        language = texts.language_for(contact.locale)
        now = self._clock()
        facts = document["facts"]
        written = texts.render(document["template"], language, texts.context(facts, session, language, now))
        pays = document["audience"] == Audience.COMPANY_HR
        reader = Reader(contact.name, language, participant, pays)
        text, html = (
            texts.lay_out(
                medium,
                written,
                reader,
                session=session,
                facts=facts,
                booking_id=document["booking_id"],
                link=self._link,
            )
            for medium in ("txt", "html")
        )
        message = compose(
            Parts(
                key=f"{document['_id']}:{contact.person_id}",
                sender=self._sender,
                name=contact.name,
                address=contact.email,
                subject=written.subject,
                text=text,
                html=html,
                language=language,
                trace_id=trace_id(),
                at=now,
            )
        )
        await self._mailer.send(message, contact.email)
