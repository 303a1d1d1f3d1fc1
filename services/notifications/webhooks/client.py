"""One try: sign, connect to the checked address, post, read a little, say how it ended."""

import asyncio
import ssl
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx
from standardwebhooks import Webhook as Signature

from services.notifications.webhooks.destinations import Destinations
from shared.errors import Rejected

TIMEOUT_S = 15.0  # Standard Webhooks proposes 15 to 30 s
MAX_ANSWER_BYTES = 64 * 1024  # nothing in an answer's body is used
IDLE_S = 30.0
AGENT = "Verbundwerk-Webhooks/1"


@dataclass(frozen=True, slots=True)
class Letter:
    """What is posted: `id` stays the same in every try, so that the receiver can tell a repeat."""

    id: str
    body: str


@dataclass(frozen=True, slots=True)
class Answer:
    """How a try ended: a status, or a word of ours why there is none; times in milliseconds and seconds."""

    status: int | None
    error: str | None
    ms: int
    retry_after_s: float | None = None

    @property
    def ok(self) -> bool:
        """Whether the receiver took the message."""
        return self.error is None


def signature(letter: Letter, secrets: Sequence[str], at: datetime) -> str:
    """Return the `webhook-signature` header: one signature per valid secret."""
    return " ".join(Signature(secret).sign(letter.id, at, letter.body) for secret in secrets)


class Client:
    """Posts to receivers; keeps a connection per webhook for a burst, never one for two webhooks."""

    def __init__(
        self, destinations: Destinations, *, timeout_s: float = TIMEOUT_S, trusted: str | None = None
    ) -> None:
        """`trusted`: a file of certificates to trust beside the usual ones."""
        self._destinations = destinations
        self._timeout_s = timeout_s
        self._tls = ssl.create_default_context()
        if trusted is not None:
            self._tls.load_verify_locations(trusted)
        self._kept: dict[str, tuple[httpx.AsyncClient, float]] = {}

    async def post(self, webhook_id: str, url: str, letter: Letter, secrets: Sequence[str]) -> Answer:
        """Post once; every failure is an answer, none is raised."""
        started = time.monotonic()
        status: int | None = None
        retry_after: float | None = None
        try:
            async with asyncio.timeout(self._timeout_s):
                status, retry_after = await self._post(webhook_id, url, letter, secrets)
                error = _refusal(status)
        except TimeoutError:
            error = "timeout"
        except Rejected as problem:
            error = problem.slug
        except httpx.HTTPError as problem:
            error = _word(problem)
        except ValueError:
            error = "protocol"
        return Answer(status, error, round((time.monotonic() - started) * 1000), retry_after)

    async def _post(
        self, webhook_id: str, url: str, letter: Letter, secrets: Sequence[str]
    ) -> tuple[int, float | None]:
        place = await self._destinations.check(url)
        at = datetime.now(UTC)
        request = self._client(webhook_id).build_request(
            "POST",
            place.url,
            content=letter.body.encode(),
            headers={
                "host": place.host_header,
                "content-type": "application/json",
                "user-agent": AGENT,
                "accept-encoding": "identity",
                "webhook-id": letter.id,
                "webhook-timestamp": str(int(at.timestamp())),
                "webhook-signature": signature(letter, secrets, at),
            },
            extensions={"sni_hostname": place.host},
        )
        client = self._client(webhook_id)
        answer = await client.send(request, stream=True)
        try:
            read = 0
            async for piece in answer.aiter_raw():
                read += len(piece)
                if read > MAX_ANSWER_BYTES:
                    break
        finally:
            await answer.aclose()
            client.cookies.clear()
        return answer.status_code, _retry_after(answer.headers.get("retry-after"), at)

    def _client(self, webhook_id: str) -> httpx.AsyncClient:
        kept = self._kept.get(webhook_id)
        if kept is None:
            # No proxy of the environment and no cookies: each request carries only what is written here.
            limits = httpx.Limits(max_keepalive_connections=2, keepalive_expiry=IDLE_S)
            made = httpx.AsyncClient(
                verify=self._tls,
                trust_env=False,
                follow_redirects=False,
                timeout=self._timeout_s,
                limits=limits,
            )
            kept = made, 0.0
        self._kept[webhook_id] = kept[0], time.monotonic()
        return kept[0]

    async def rest(self) -> None:
        """Close the connections that nobody used for a while."""
        before = time.monotonic() - IDLE_S - self._timeout_s
        for webhook_id in [one for one, (_, used) in self._kept.items() if used < before]:
            client, _ = self._kept.pop(webhook_id)
            await client.aclose()

    async def close(self) -> None:
        """Close every connection."""
        clients, self._kept = [client for client, _ in self._kept.values()], {}
        for client in clients:
            await client.aclose()


def _refusal(status: int) -> str | None:
    if httpx.codes.is_success(status):
        return None
    return "redirect" if httpx.codes.is_redirect(status) else f"status-{status}"


def _word(problem: httpx.HTTPError) -> str:
    if isinstance(problem, httpx.TimeoutException):
        return "timeout"
    if isinstance(problem, httpx.ConnectError):
        tls = "CERTIFICATE" in str(problem) or "SSL" in str(problem) or "TLS" in str(problem)
        return "tls" if tls else "unreachable"
    return "protocol" if isinstance(problem, httpx.ProtocolError | httpx.DecodingError) else "connection-lost"


def _retry_after(text: str | None, now: datetime) -> float | None:
    if text is None:
        return None
    try:
        return max(float(int(text)), 0.0)
    except ValueError:
        pass
    try:
        return max((parsedate_to_datetime(text) - now).total_seconds(), 0.0)
    except (ValueError, TypeError):
        return None
