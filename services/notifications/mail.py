"""E-mail: composing a message that cannot be broken by a name, and handing it to the SMTP server."""

import asyncio
import contextlib
import re
import time
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

import aiosmtplib

from shared.ids import derived_id

TIMEOUT_S = 15
IDLE_S = 10  # servers end idle sessions after 5 minutes (RFC 5321, 4.5.3.2); a burst is over much sooner
MAX_NAME = 60  # a display name that fits one encoded word in every script
_ADDRESS = re.compile(r"^[^\s<>@,;:\"()\[\]\\]{1,64}@[^\s<>@,;:\"()\[\]\\]{1,255}$")
_PERMANENT = 500


class Refused(Exception):  # noqa: N818  it names the condition
    """The recipient cannot be reached, now or later; `code` is the server's reply code or a word of ours."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Undelivered(Exception):  # noqa: N818  it names the condition
    """The mail was not accepted this time; another try may do it. `code` as in `Refused`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Server:
    """Where mail is handed over; `starttls` asks for encryption before the password is said."""

    host: str
    port: int
    username: str | None = None
    password: str | None = None
    starttls: bool = False


@dataclass(frozen=True, slots=True)
class Parts:
    """What a mail is made of; `key` makes its Message-ID, so that a repeat is recognised as the same mail."""

    key: str
    sender: str
    name: str
    address: str
    subject: str
    text: str
    html: str
    language: str
    trace_id: str | None
    at: datetime


def one_line(text: str, limit: int) -> str:
    """Return `text` without control and bidirectional characters, at most `limit` characters long."""
    kept = "".join(" " if unicodedata.category(c) in {"Cc", "Zl", "Zp"} else c for c in text)
    kept = "".join(
        c for c in kept if unicodedata.category(c) not in {"Cf", "Cs", "Cn", "Co"} or c == "\u200d"
    )
    kept = " ".join(kept.split())
    return kept if len(kept) <= limit else kept[: limit - 1].rstrip() + "…"


def compose(parts: Parts) -> EmailMessage:
    """Return the mail. Errors: `Refused` for an address that is none."""
    if not _ADDRESS.match(parts.address):
        raise Refused("address-malformed")
    domain = parts.sender.rpartition("@")[2] or "localhost"
    message = EmailMessage(policy=SMTP)
    message["Message-ID"] = f"<{derived_id('mail', parts.key)}@{domain}>"
    message["Date"] = format_datetime(parts.at)
    message["From"] = Address("Verbundwerk", addr_spec=parts.sender)
    try:
        message["To"] = Address(one_line(parts.name, MAX_NAME), addr_spec=parts.address)
    except (ValueError, IndexError) as error:
        raise Refused("address-malformed") from error
    message["Subject"] = one_line(parts.subject, 200)
    message["Content-Language"] = parts.language
    message["Auto-Submitted"] = "auto-generated"
    message["List-Id"] = f"Verbundwerk <notifications.{domain}>"
    if parts.trace_id:
        message["X-Verbundwerk-Trace"] = parts.trace_id
    message.set_content(parts.text, cte="quoted-printable")
    message.add_alternative(parts.html, subtype="html", cte="quoted-printable")
    return message


class Mailer:
    """One connection, opened when needed, used for a whole burst; callers take turns."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._turn = asyncio.Lock()
        self._client: aiosmtplib.SMTP | None = None
        self._used = 0.0

    async def send(self, message: EmailMessage, address: str) -> None:
        """Hand one mail over. Errors: `Refused` for good, `Undelivered` for now."""
        async with self._turn:
            client = await self._connected()
            try:
                sender = message["From"].addresses[0].addr_spec
                await client.send_message(message, sender=sender, recipients=[address])
            except aiosmtplib.SMTPRecipientsRefused as error:
                codes = [refused.code for refused in error.recipients]
                raise _by_code(codes[0] if codes else 450) from error
            except aiosmtplib.SMTPDataError as error:
                raise _by_code(error.code) from error
            except aiosmtplib.SMTPNotSupported as error:
                raise Refused("address-not-supported") from error
            except (aiosmtplib.SMTPException, OSError) as error:
                self._drop()
                raise Undelivered(_code(error)) from error
            except asyncio.CancelledError:
                self._drop()
                raise
            self._used = time.monotonic()

    async def rest(self) -> None:
        """Close a connection that nobody used for a while."""
        if self._client is not None and time.monotonic() - self._used > IDLE_S and not self._turn.locked():
            await self.close()

    async def close(self) -> None:
        """Say goodbye and close the connection."""
        async with self._turn:
            client, self._client = self._client, None
            if client is not None:
                with contextlib.suppress(aiosmtplib.SMTPException, OSError):
                    await client.quit(timeout=2)

    async def _connected(self) -> aiosmtplib.SMTP:
        if self._client is not None and self._client.is_connected:
            return self._client
        server = self._server
        client = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            username=server.username,
            password=server.password,
            timeout=TIMEOUT_S,
            start_tls=server.starttls,
        )
        try:
            await client.connect()
        except (aiosmtplib.SMTPException, OSError) as error:
            client.close()
            raise Undelivered(_code(error)) from error
        self._client = client
        self._used = time.monotonic()
        return client

    def _drop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.close()


def _by_code(code: int) -> Refused | Undelivered:
    return Refused(str(code)) if code >= _PERMANENT else Undelivered(str(code))


def _code(error: Exception) -> str:
    # The server's words may quote an address; its number does not.
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return str(error.code)
    return "smtp-unreachable"
