"""Where a webhook may go: https to a public address, checked each time, and connected to as checked.

The name is resolved once per try, every address of the answer is checked, and the connection goes to a checked
one, while TLS still proves the name. So a name that is pointed at an inside address meanwhile (DNS rebinding)
leads nowhere.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from shared.errors import Rejected

MAX_URL = 2000
RESOLVE_S = 5
HTTPS_PORT = 443
_LOW_PORTS = 1024  # below it live mail, shells and file shares; a receiver is on 443 or a port of its own
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: an IPv4 address in its last 32 bits
_NAT64_LOCAL = IPv6Network("64:ff9b:1::/48")  # RFC 8215
_COMPATIBLE = IPv6Network("::/96")  # RFC 4291 2.5.5.1, deprecated

type Address = IPv4Address | IPv6Address
type Resolve = Callable[[str, int], Awaitable[list[str]]]


class AddressNotAllowed(Rejected):
    status = 422
    en = "This address is not allowed: a webhook is https to a public host, without a user name."
    de = "Diese Adresse ist nicht erlaubt: Ein Webhook ist https zu einem öffentlichen Rechner, ohne Anmeldename."


class HostUnknown(Rejected):
    status = 422
    en = "The host of this address was not found."
    de = "Der Rechner dieser Adresse wurde nicht gefunden."


@dataclass(frozen=True, slots=True)
class Destination:
    """A checked place: connect to `address`, speak to `host`."""

    scheme: str
    host: str
    port: int
    address: str
    path: str

    @property
    def url(self) -> str:
        """The URL with the address in place of the host."""
        shown = f"[{self.address}]" if ":" in self.address else self.address
        return f"{self.scheme}://{shown}:{self.port}{self.path}"

    @property
    def host_header(self) -> str:
        """What the Host header says."""
        shown = f"[{self.host}]" if ":" in self.host else self.host
        default = HTTPS_PORT if self.scheme == "https" else 80
        return shown if self.port == default else f"{shown}:{self.port}"


def is_public(address: Address) -> bool:
    """Whether the address is on the open internet, also when it hides in an IPv6 form of an IPv4 address."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and address.teredo is not None:
            return False
        if inner is None and address in _NAT64:
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        if address in _NAT64_LOCAL or address in _COMPATIBLE or address.is_site_local:
            return False
    return address.is_global and not (
        address.is_multicast or address.is_reserved or address.is_unspecified or address.is_loopback
    )


async def resolve(host: str, port: int) -> list[str]:
    """Return the host's addresses. Errors: `OSError`, `UnicodeError`."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Destinations:
    """Checks addresses; `loopback` also lets through http and https to this machine, for development only."""

    def __init__(self, *, loopback: bool = False, resolver: Resolve = resolve) -> None:
        self._loopback = loopback
        self._resolver = resolver

    async def check(self, url: str) -> Destination:
        """Return where to connect to. Errors: `AddressNotAllowed`, `HostUnknown` 422."""
        scheme, host, port, path = _parts(url)
        try:
            async with asyncio.timeout(RESOLVE_S):
                answers = await self._resolver(host, port)
        except (OSError, UnicodeError, TimeoutError) as error:
            raise HostUnknown(pointer="#/url") from error
        addresses = [_address(answer) for answer in answers]
        if not addresses:
            raise HostUnknown(pointer="#/url")
        local = self._loopback and all(_is_loopback(address) for address in addresses)
        # One bad answer spoils all: a name that also points inside is no accident.
        if not local and (scheme != "https" or not all(is_public(address) for address in addresses)):
            raise AddressNotAllowed(pointer="#/url")
        return Destination(scheme, host, port, str(addresses[0]), path)


def _parts(url: str) -> tuple[str, str, int, str]:
    refused = AddressNotAllowed(pointer="#/url")
    if len(url) > MAX_URL or any(ord(c) <= 0x20 or c in '\\"<>^`{|}' for c in url):
        raise refused
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise refused from error
    host = (parts.hostname or "").rstrip(".")
    if (
        parts.scheme not in {"http", "https"}
        or not host
        or "@" in parts.netloc
        or parts.fragment
        or "%" in host
    ):
        raise refused
    try:
        host = host if ":" in host else host.encode("idna").decode()
    except UnicodeError as error:
        raise refused from error
    port = port or (HTTPS_PORT if parts.scheme == "https" else 80)
    if port < _LOW_PORTS and port != HTTPS_PORT:
        raise refused
    path = parts.path or "/"
    return parts.scheme, host, port, f"{path}?{parts.query}" if parts.query else path


def _address(text: str) -> Address:
    try:
        return ip_address(text.partition("%")[0])
    except ValueError as error:
        raise HostUnknown(pointer="#/url") from error


def _is_loopback(address: Address) -> bool:
    inner = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (inner or address).is_loopback
