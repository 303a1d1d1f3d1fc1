"""E-mail: composing a message that cannot be broken by a name, and handing it to the SMTP server."""

import asyncio
import contextlib
import re
import ssl
import time
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

import aiosmtplib
from prometheus_client import Gauge

from services.notifications.invitations import Entry
from shared.ids import derived_id

SMTP_UP = Gauge("smtp_up", "1 if the last exchange with the SMTP server worked, 0 if not.")

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
    """Where mail is handed over; `starttls` asks for encryption before the password is said, `tls` starts with it.

    `trusted`: a file of certificates to trust beside the usual ones; `connections`: how many at once.
    """

    host: str
    port: int
    username: str | None = None
    password: str | None = None
    starttls: bool = False
    tls: bool = False
    trusted: str | None = None
    connections: int = 4


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
    calendar: Entry | None = None
    unsubscribe: str | None = None


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
    address = deliverable(parts.address)
    domain = parts.sender.rpartition("@")[2] or "localhost"
    message = EmailMessage(policy=SMTP)
    message["Message-ID"] = f"<{message_id(parts.key)}@{domain}>"
    message["Date"] = format_datetime(parts.at)
    message["From"] = Address("Verbundwerk", addr_spec=parts.sender)
    try:
        message["To"] = Address(one_line(parts.name, MAX_NAME), addr_spec=address)
    except (ValueError, IndexError) as error:
        raise Refused("address-malformed") from error
    message["Subject"] = one_line(parts.subject, 200)
    message["Content-Language"] = parts.language
    message["Auto-Submitted"] = "auto-generated"
    message["List-Id"] = f"Verbundwerk <notifications.{domain}>"
    if parts.unsubscribe:  # RFC 8058: mail programs switch it off by one POST, without a page
        message["List-Unsubscribe"] = f"<{parts.unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    if parts.trace_id:
        message["X-Verbundwerk-Trace"] = parts.trace_id
    message.set_content(parts.text, cte="quoted-printable")
    message.add_alternative(parts.html, subtype="html", cte="quoted-printable")
    if parts.calendar is not None:
        message.add_alternative(
            parts.calendar.data.decode(),
            subtype="calendar",
            cte="base64",
            params={"method": parts.calendar.method},
        )
    return message


def message_id(key: str) -> str:
    """Return the part of the Message-ID before the @: the same mail always has the same one."""
    return derived_id("mail", key)


def deliverable(address: str) -> str:
    """Return the address with its domain as the DNS knows it (RFC 5891). Errors: `Refused` for none at all."""
    if not _ADDRESS.match(address):
        raise Refused("address-malformed")
    local, _, domain = address.rpartition("@")
    try:
        return f"{local}@{domain.encode('idna').decode() if not domain.isascii() else domain}"
    except UnicodeError as error:
        raise Refused("address-malformed") from error


class Mailer:
    """A few connections, opened when needed, used for a whole burst, closed when idle."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._free: list[tuple[aiosmtplib.SMTP, float]] = []
        self._turns = asyncio.Semaphore(server.connections)
        self.failing = False  # the last try to reach the server failed

    async def send(self, message: EmailMessage, address: str) -> None:
        """Hand one mail over. Errors: `Refused` for good, `Undelivered` for now."""
        async with self._turns:
            client = await self._connected()
            try:
                sender = message["From"].addresses[0].addr_spec
                await client.send_message(message, sender=sender, recipients=[address])
            except aiosmtplib.SMTPRecipientsRefused as error:
                await self._keep(client)
                codes = [refused.code for refused in error.recipients]
                raise _by_code(codes[0] if codes else 450) from error
            except aiosmtplib.SMTPDataError as error:
                await self._keep(client)
                raise _by_code(error.code) from error
            except aiosmtplib.SMTPNotSupported as error:
                await self._keep(client)
                raise Refused("address-not-supported") from error
            except UnicodeError as error:
                client.close()
                raise Refused("address-malformed") from error
            except (aiosmtplib.SMTPException, OSError) as error:
                client.close()
                self._failed()
                raise Undelivered(_code(error)) from error
            except asyncio.CancelledError:
                client.close()
                raise
            await self._keep(client)

    async def rest(self) -> None:
        """Close connections that nobody used for a while."""
        before = time.monotonic() - IDLE_S
        idle, self._free = (
            [client for client, used in self._free if used <= before],
            [(client, used) for client, used in self._free if used > before],
        )
        for client in idle:
            await _quit(client)

    async def close(self) -> None:
        """Say goodbye and close the connections that are not in use."""
        free, self._free = self._free, []
        for client, _ in free:
            await _quit(client)

    async def _keep(self, client: aiosmtplib.SMTP) -> None:
        self.failing = False
        SMTP_UP.set(1)
        if client.is_connected:
            self._free.append((client, time.monotonic()))

    def _failed(self) -> None:
        self.failing = True
        SMTP_UP.set(0)

    async def _connected(self) -> aiosmtplib.SMTP:
        while self._free:
            client, _ = self._free.pop()
            if client.is_connected:
                return client
        server = self._server
        client = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            username=server.username,
            password=server.password,
            timeout=TIMEOUT_S,
            use_tls=server.tls,
            start_tls=server.starttls,
            tls_context=_tls(server) if server.tls or server.starttls else None,
        )
        try:
            await client.connect()
        except (aiosmtplib.SMTPException, OSError) as error:
            client.close()
            self._failed()
            raise Undelivered(_code(error)) from error
        return client


def _tls(server: Server) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if server.trusted is not None:
        context.load_verify_locations(server.trusted)
    return context


async def _quit(client: aiosmtplib.SMTP) -> None:
    with contextlib.suppress(aiosmtplib.SMTPException, OSError):
        await client.quit(timeout=2)


def _by_code(code: int) -> Refused | Undelivered:
    return Refused(str(code)) if code >= _PERMANENT else Undelivered(str(code))


def _code(error: Exception) -> str:
    # The server's words may quote an address; its number does not.
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return str(error.code)
    return "smtp-unreachable"
