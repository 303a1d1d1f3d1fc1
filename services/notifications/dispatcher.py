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

from services.notifications import planning
from services.notifications.contacts import Contact
from services.notifications.domain import Audience, Outcome, Urgency, backoff_s, failure
from services.notifications.mail import Refused, Undelivered
from services.notifications.preferences.domain import (
    Choice,
    Mode,
    Now,
    Preferences,
    Verdict,
    judge,
    mode_of,
    next_digest,
    quiet_until,
)
from services.notifications.preferences.domain import Later as LaterAt
from services.notifications.preferences.store import kinds, of_company, of_person
from services.notifications.sending import Sending
from services.notifications.store import Claim, Inbox, Notifications
from services.notifications.texts import Session
from shared.clock import Clock, epoch_ms, new_id, utc_now
from shared.errors import Failed
from shared.ids import derived_id
from shared.telemetry import span

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
        sending: Sending,
        clock: Clock = utc_now,
    ) -> None:
        self._notifications = notifications
        self._inbox = inbox
        self._sending = sending
        self._contacts = sending.contacts
        self._copies = sending.copies
        self._bundles = sending.bundles
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
            await self._sending.mailer.close()

    async def _rest(self) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), POLL_S)
        await self._sending.mailer.rest()

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
        session = None
        if document["session_id"] is not None:
            session = await self._copies.session(document["session_id"])
            if session is None:
                age_s = (epoch_ms(self._clock()) - document["created"]) / 1000
                return Outcome.POSTPONED, min(max(COPY_WAIT_S, age_s / 2), COPY_WAIT_MAX_S), "session-unknown"
        if (reason := await self._obsolete(document, session)) is not None:
            return Outcome.OBSOLETE, 0, reason
        contacts = await self._contacts.recipients(document)
        wishes = await self._sending.wishes.several([of_person(one.person_id) for one in contacts])
        for contact in contacts:
            if self._shown(document, wishes.get(of_person(contact.person_id))):
                await self._inbox.add(document, contact.person_id)
        if not contacts and not document["done"]:
            return Outcome.NOBODY, 0, "no-recipient"
        if await self._notifications.waits_for_earlier(document):
            return Outcome.POSTPONED, ORDER_WAIT_S, "earlier-message"
        if await self._gathered_by_company(document):
            return Outcome.DELIVERED, 0, "company-digest"
        return await self._send_all(claim, session, contacts, wishes)

    async def _obsolete(self, document: Mapping[str, Any], session: Session | None) -> str | None:
        booking_id = document["booking_id"]
        timed = document.get("kind") in {"reminders", "deadlines"} and booking_id is not None
        return planning.obsolete(
            document,
            now_ms=epoch_ms(self._clock()),
            starts=session.days[0].starts_at.isoformat() if session else None,
            cancelled=bool(session and session.cancelled),
            seat_active=not timed or await self._copies.is_active(booking_id),
        )

    def _shown(self, document: Mapping[str, Any], wishes: Preferences | None) -> bool:
        # What nobody asked for does not fill the inbox either.
        kind = document.get("kind", "bookings")
        if kinds()[kind].choice is not Choice.OPTIONAL:
            return True
        return mode_of(kinds(), kind, wishes or Preferences(), epoch_ms(self._clock())) is not Mode.OFF

    async def _gathered_by_company(self, document: Mapping[str, Any]) -> bool:
        if document["audience"] != Audience.COMPANY_HR or document["urgency"] == Urgency.HIGH:
            return False
        owner = of_company(document["organisation_id"])
        wishes = (await self._sending.wishes.several([owner])).get(owner)
        if wishes is None:
            return False
        await self._bundles.add(owner, next_digest(wishes, self._clock()), document)
        return True

    async def _send_all(
        self,
        claim: Claim,
        session: Session | None,
        contacts: list[Contact],
        wishes: Mapping[str, Preferences],
    ) -> tuple[Outcome, float, str | None]:
        document = claim.document
        done = set(document["done"])
        refused = {entry["to"]: entry["code"] for entry in document["refused"]}
        participant = await self._participant(document)
        later: Undelivered | None = None
        for contact in contacts:
            to = _key(document, contact)
            if to in {*done, *refused}:
                continue
            if not await self._notifications.renew(claim):
                return Outcome.POSTPONED, 0, "claim-lost"  # `settle` will match nothing: another has it
            verdict = self._judge(document, wishes.get(of_person(contact.person_id), Preferences()))
            if isinstance(verdict, LaterAt) and document.get("invite"):
                # An invitation goes alone: a calendar entry has no place in a digest.
                return Outcome.POSTPONED, (verdict.at - self._clock()).total_seconds(), "quiet-hours"
            try:
                await self._reach(verdict, document, session, contact, participant)
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
        if later is not None:
            raise later
        codes = ",".join(sorted(set(refused.values()))) or None
        return (Outcome.DELIVERED, 0, codes) if done else (Outcome.REFUSED, 0, codes)

    async def _participant(self, document: Mapping[str, Any]) -> str | None:
        if document["audience"] != Audience.COMPANY_HR:
            return None
        return await self._contacts.participant_name(document)

    def _judge(self, document: Mapping[str, Any], wishes: Preferences) -> Verdict:
        kind, now = document.get("kind", "bookings"), self._clock()
        high = document["urgency"] == Urgency.HIGH
        if document.get("invite") and not high:
            end = quiet_until(wishes, now)
            return Now() if end is None else LaterAt(at=end)
        return judge(kinds(), kind, high=high, wishes=wishes, now=now)

    async def _reach(
        self,
        verdict: Verdict,
        document: Mapping[str, Any],
        session: Session | None,
        contact: Contact,
        participant: str | None,
    ) -> None:
        """Mail it, let it wait in a bundle, or do nothing, as the person wishes."""
        if isinstance(verdict, LaterAt):
            await self._bundles.add(of_person(contact.person_id), verdict.at, document)
        elif isinstance(verdict, Now):
            own = await self._sending.wordings.of(document["network_id"], document["template"])
            await self._sending.send(
                contact,
                lambda: self._sending.writer.mail(
                    document, session, contact, participant=participant, own=own, at=self._clock()
                ),
            )
            MAILS.labels(document["template"], "accepted").inc()


def _key(document: Mapping[str, Any], contact: Contact) -> str:
    return derived_id("recipient", document["_id"], contact.person_id)
