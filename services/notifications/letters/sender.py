"""The loop that sends letters; any number of replicas may run it.

The link is asked of membership for every try and exists only while the mail is handed over. If the process dies
between the server's acceptance and our mark, the letter goes out twice, each with a link that works; using one
of them ends both.
"""

import asyncio
import contextlib
import random
from datetime import datetime
from typing import Any

import structlog
from opentelemetry.trace import SpanKind
from pydantic import BaseModel, ConfigDict, ValidationError

from services.notifications.domain import Outcome, backoff_s, failure
from services.notifications.letters.store import Letters
from services.notifications.letters.texts import lay_out, letter_texts
from services.notifications.mail import Mailer, Parts, Refused, Undelivered, compose
from services.notifications.store import Claim
from services.notifications.texts import language_for
from shared.client import Peer, PeerDown
from shared.clock import Clock, epoch_ms, new_id, utc_now
from shared.errors import Failed, NotFound
from shared.telemetry import span, trace_id

log = structlog.get_logger()

POLL_S = 1.0
_PATH = "/api/membership/v1/letters"


class Letter(BaseModel):
    """A letter as membership hands it out; never stored."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    kind: str
    name: str
    email: str
    locale: str = "de"
    link: str
    expires_at: datetime


class Sender:
    """Sends the letters that are due."""

    def __init__(
        self, *, letters: Letters, membership: Peer, mailer: Mailer, sender: str, clock: Clock = utc_now
    ) -> None:
        self._letters = letters
        self._membership = membership
        self._mailer = mailer
        self._sender = sender
        self._clock = clock
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Look for due letters now instead of at the next poll."""
        self._woken.set()

    async def run(self, stopping: asyncio.Event) -> None:
        """Send until `stopping` is set."""
        try:
            while not stopping.is_set():
                self._woken.clear()
                claim = await self._letters.claim(new_id())
                if claim is not None:
                    await self.send(claim)
                    continue
                await self._letters.purge()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), POLL_S)
                await self._mailer.rest()
        finally:
            await self._mailer.close()

    async def send(self, claim: Claim) -> None:
        """Try one letter and write how that ended."""
        document = claim.document
        with span(
            "notifications.letter",
            traceparent=document["trace"],
            kind=SpanKind.PRODUCER,
            template=document["template"],
        ):
            outcome, wait_s, error = await self._try(document)
            await self._letters.settle(claim, outcome, wait_s=wait_s, error=error)
            log.info("letter.tried", template=document["template"], outcome=outcome.value, error=error)

    async def _try(self, document: dict[str, Any]) -> tuple[Outcome, float, str | None]:
        try:
            letter = await self._open(document["_id"])
            await self._mailer.send(self._message(document["_id"], letter), letter.email)
        except NotFound:
            return Outcome.NOBODY, 0, "no-recipient"
        except Refused as refused:
            return Outcome.REFUSED, 0, refused.code
        except Undelivered as later:
            return self._failed(document, later.code)
        except Failed as problem:
            return self._failed(document, problem.slug)
        except Exception as problem:  # noqa: BLE001  a fault of ours must be retried with a growing wait
            return self._failed(document, type(problem).__name__)
        return Outcome.DELIVERED, 0, None

    def _failed(self, document: dict[str, Any], code: str) -> tuple[Outcome, float, str]:
        now = epoch_ms(self._clock())
        outcome = failure(document["first_failed"] or now, now)
        return outcome, backoff_s(document["tries"] + 1, random.random()), code  # noqa: S311  jitter

    async def _open(self, letter_id: str) -> Letter:
        try:
            return Letter.model_validate(await self._membership.post(f"{_PATH}/{letter_id}/open", {}))
        except ValidationError as error:
            raise PeerDown from error

    def _message(self, letter_id: str, letter: Letter) -> Any:
        language = language_for(letter.locale)
        text, html = (
            lay_out(
                medium, letter.kind, language, name=letter.name, link=letter.link, until=letter.expires_at
            )
            for medium in ("txt", "html")
        )
        return compose(
            Parts(
                key=f"letter:{letter_id}",
                sender=self._sender,
                name=letter.name,
                address=letter.email,
                subject=letter_texts(language).letters[letter.kind].subject,
                text=text,
                html=html,
                language=language,
                trace_id=trace_id(),
                at=self._clock(),
            )
        )
