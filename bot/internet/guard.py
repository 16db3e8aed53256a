"""Guard refuses addresses of private networks, and gives a connector that can't reach them.

“Inward” is every address that is not on the public internet. A name is looked up once per hop, and all of its addresses
must be public; the connection then goes to those addresses. aiohttp asks no resolver about an address that stands in
the URL, so the socket's own address is checked too, just before it connects (documents-security.md G).
"""

import asyncio
import contextlib
import socket
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.connector import AddrInfoType
from yarl import URL

from bot.internet.refusals import AddressRefused

Address = IPv4Address | IPv6Address
IsInward = Callable[[Address], bool]
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]

MOST_URL_CHARS = 4000
WEB_PORTS = frozenset({80, 443})
# https://www.iana.org/assignments/iana-ipv4-special-registry and …/iana-ipv6-special-registry
INWARD_V4 = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32",
    )
)  # fmt: skip
OUTWARD_V6 = IPv6Network("2000::/3")
INWARD_V6 = tuple(map(IPv6Network, ("2001::/23", "2001:db8::/32", "3fff::/20")))
NAT64 = IPv6Network("64:ff9b::/96")
INWARD_NAMES = frozenset(
    {"localhost", "localdomain", "internal", "local", "lan", "intranet", "corp", "home", "private", "arpa"}
)


def is_inward(address: Address) -> bool:
    """Tell whether an address is not plainly on the public internet."""
    if isinstance(address, IPv4Address):
        return any(address in network for network in INWARD_V4)
    if address.ipv4_mapped is not None:
        return is_inward(address.ipv4_mapped)
    if address in NAT64:  # in a network with IPv6 only, every IPv4 host looks like this (RFC 6052)
        return is_inward(IPv4Address(int(address) & 0xFFFFFFFF))
    if address.sixtofour is not None:
        return is_inward(address.sixtofour)
    return address not in OUTWARD_V6 or any(address in network for network in INWARD_V6)


def is_inward_name(host: str) -> bool:
    """Tell whether a name only means something inside: it has no dot, or its domain is never public."""
    labels = host.rstrip(".").lower().split(".")
    return len(labels) == 1 or labels[-1] in INWARD_NAMES


def address_of(host: str) -> Address | None:
    """Return the address that a host is, in any spelling of a C library: `127.1`, `0x7f.1`, `2130706433`, `[::1]`."""
    host = host.strip("[]").rstrip(".")
    with contextlib.suppress(ValueError):
        return ip_address(host)
    with contextlib.suppress(OSError, ValueError):
        return IPv4Address(socket.inet_aton(host))
    return None


def web_url(url: str) -> URL:
    """Parse a plain http or https address. Raises AddressRefused for anything else."""
    if len(url) > MOST_URL_CHARS or "\\" in url or any(char.isspace() or not char.isprintable() for char in url):
        raise AddressRefused("This is not a web address.")
    try:
        parsed = URL(url)
        host, port = parsed.host, parsed.port
    except ValueError as error:
        raise AddressRefused("This is not a web address.") from error
    if parsed.scheme not in {"http", "https"} or not host or not port:
        raise AddressRefused("Only http:// and https:// addresses are opened.")
    if parsed.user is not None or parsed.password is not None:
        raise AddressRefused("Addresses with a user name or password in them are not opened.")
    return parsed


async def resolve(host: str, port: int) -> Sequence[str]:
    """Return the addresses of a name. Raises OSError when the name is unknown."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(sockaddr[0]) for *_, sockaddr in found]


class Guard:
    """Guards one fetch. It keeps the addresses of checked names, and notes when it was led to a private one.

    Besides the ports of the web, only `port` is opened, wherever a page or a redirect leads.
    """

    def __init__(self, is_inward: IsInward, resolve: Resolve, port: int | None = None) -> None:
        self._ports = WEB_PORTS | ({port} if port else set())
        self._is_inward = is_inward
        self._resolve = resolve
        self.known: dict[str, list[str]] = {}
        self.was_led_inward = False

    def look_at_sight(self, url: URL) -> bool:
        """Check what the address itself shows; raise AddressRefused. Return True when nothing is left to look up."""
        host = url.raw_host or ""
        address = address_of(host)
        if address is not None:
            self._refuse(host, [address])
        elif is_inward_name(host):
            raise refusal(host)
        return address is not None

    async def look_at(self, url: URL) -> None:
        """Raise AddressRefused when any address of the host is private, OSError when it has none."""
        host = url.raw_host or ""
        if url.port not in self._ports:
            raise AddressRefused(f"Port {url.port} of {host} is not opened.")
        if self.look_at_sight(url):
            return
        try:
            found = list(await self._resolve(host, url.port or 0))
        except UnicodeError as error:  # a label that no DNS name can have
            raise OSError(f"{host} is no name") from error
        if not found:
            raise OSError(f"{host} has no address")
        self._refuse(host, [ip_address(address) for address in found])
        self.known[host] = found

    def _refuse(self, host: str, addresses: Sequence[Address]) -> None:
        if any(self._is_inward(address) for address in addresses):
            raise refusal(host)

    def socket_for(self, info: AddrInfoType) -> socket.socket:
        """A socket for aiohttp to connect, unless the address that it is for is inward."""
        family, kind, protocol, _, sockaddr = info
        if self._is_inward(ip_address(str(sockaddr[0]))):
            self.was_led_inward = True
            raise OSError("inward")
        return socket.socket(family, kind, protocol)

    def connector(self, resolver: AbstractResolver | None = None) -> aiohttp.TCPConnector:
        return aiohttp.TCPConnector(resolver=resolver or CheckedNames(self.known), socket_factory=self.socket_for)


def refusal(host: str) -> AddressRefused:
    return AddressRefused(f"{host} is not a public address of the internet, so it is never opened.")


class CheckedNames(AbstractResolver):
    """Resolves only names that a Guard has checked, to the addresses that it saw: a second DNS answer changes
    nothing.
    """

    def __init__(self, known: dict[str, list[str]]) -> None:
        self._known = known

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_UNSPEC,  # noqa: ARG002
    ) -> list[ResolveResult]:
        found = [ip_address(address) for address in dict.fromkeys(self._known.get(host, ()))]
        if not found:
            raise OSError(f"{host} was not looked at")
        return [_result(host, port, address) for address in found]

    async def close(self) -> None:
        pass


def _result(host: str, port: int, address: Address) -> ResolveResult:
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    flags = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
    return ResolveResult(hostname=host, host=str(address), port=port, family=family, proto=0, flags=flags)
