"""Which addresses that a user aims nothing is sent to: our own machine and networks, and all that is not public."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from urllib.parse import SplitResult, urlsplit

from kintsugi.core.shared.errors import InvalidValue

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Resolve = Callable[[str, int], Sequence[str]]
"""The addresses of a name, as a name server says at this moment. Raises OSError."""

LONGEST_URL = 2_000
EXPECTED = "an address such as https://hooks.example.com/kintsugi"
_PRINTABLE = re.compile(r"[!-~]+")
_NAME = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)(\.(?!-)[A-Za-z0-9_-]{1,63}(?<!-))*\.?")
_NUMBER = re.compile(r"[0-9]+|0[xX][0-9A-Fa-f]*")
_QUAD = re.compile(r"(0|[1-9][0-9]{0,2})(\.(0|[1-9][0-9]{0,2})){3}")

_METADATA = frozenset(
    map(ip_address, ("169.254.169.254", "169.254.170.2", "100.100.100.200", "168.63.129.16",
                     "192.0.0.192", "fd00:ec2::254", "fd20:ce::254"))
)  # fmt: skip
"""Where clouds tell a machine its secrets: nothing goes there, whatever the settings allow."""

_REFUSED: tuple[tuple[Network, str], ...] = tuple(
    (ip_network(network), word)
    for network, word in (
        ("0.0.0.0/8", "unspecified"), ("10.0.0.0/8", "private"), ("100.64.0.0/10", "shared (CGNAT)"),
        ("127.0.0.0/8", "loopback"), ("169.254.0.0/16", "link-local"), ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "reserved"), ("192.0.2.0/24", "reserved"), ("192.88.99.0/24", "reserved"),
        ("192.168.0.0/16", "private"), ("198.18.0.0/15", "reserved"), ("198.51.100.0/24", "reserved"),
        ("203.0.113.0/24", "reserved"), ("224.0.0.0/4", "multicast"), ("240.0.0.0/4", "reserved"),
        ("::/128", "unspecified"), ("::1/128", "loopback"), ("::ffff:0:0/96", "IPv4-mapped"),
        ("::/96", "IPv4-compatible"), ("64:ff9b::/96", "NAT64"), ("64:ff9b:1::/48", "NAT64"),
        ("2001::/32", "Teredo"), ("2001::/23", "reserved"), ("2001:db8::/32", "reserved"),
        ("2002::/16", "6to4"), ("3fff::/20", "reserved"), ("fc00::/7", "private"),
        ("fe80::/10", "link-local"), ("fec0::/10", "site-local"), ("ff00::/8", "multicast"),
    )
)  # fmt: skip
"""The special-purpose registries of IANA, 2026. Written out: what `ipaddress` says differs by version."""
_GLOBAL_6 = IPv6Network("2000::/3")


class Refused(InvalidValue):
    """Nothing is sent to this address."""


@dataclass(frozen=True, slots=True)
class Target:
    """A checked address of the web, and the addresses of its host that may be connected to."""

    scheme: str
    host: str
    port: int
    path: str
    addresses: tuple[Address, ...]

    @property
    def host_header(self) -> str:
        """The host as the receiver knows itself."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == _PORTS[self.scheme] else f"{name}:{self.port}"


_PORTS = {"http": 80, "https": 443}


def resolved(host: str, port: int) -> Sequence[str]:
    """The addresses of a name, as this machine finds them out."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return [str(one[4][0]) for one in found]


def networks_of(written: str) -> tuple[Network, ...]:
    """Networks with commas between them. Raises InvalidValue."""
    try:
        return tuple(ip_network(one.strip()) for one in written.split(",") if one.strip())
    except ValueError as error:
        raise InvalidValue(
            "is no list of networks", expected="networks such as 10.1.0.0/16,192.168.7.5"
        ) from error


def checked_url(url: str, allowed: Sequence[Network] = ()) -> str:
    """The address as it was written, if it can be sent to as far as it tells by itself. Raises Refused.

    No name is looked up: what a name leads to is looked at whenever something is sent.
    """
    host = _parts(url).hostname or ""
    if _is_literal(host):
        _check(ip_address(host), allowed)
    return url


def target_of(url: str, allowed: Sequence[Network] = (), resolve: Resolve = resolved) -> Target:
    """The address, its host's name looked up once and every answer checked. Raises Refused; OSError for no answer.

    Whoever connects takes one of these addresses and asks no name server again: a name whose second
    answer is another would lead inside (DNS rebinding). One answer that is refused refuses the name.
    """
    parts = _parts(url)
    host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
    found = [host] if _is_literal(host) else list(resolve(host, port))
    addresses = tuple(dict.fromkeys(map(ip_address, found)))
    for address in addresses:
        _check(address, allowed)
    if not addresses:
        raise Refused("has no address", expected=EXPECTED)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, host, port, path, addresses)


def refusal(address: Address, allowed: Sequence[Network] = ()) -> str:
    """Why nothing is sent to an address, in a word or two; empty for one that may be sent to."""
    inner = _inside(address)
    if address in _METADATA or inner in _METADATA:
        return "where a cloud keeps the secrets of its machines"
    if any(address in network for network in allowed):
        return refusal(inner, allowed) if inner is not None else ""
    for network, word in _REFUSED:
        if address in network:
            return word
    if isinstance(address, IPv6Address) and (address not in _GLOBAL_6 or address.scope_id):
        return "reserved"
    return ""


def _check(address: Address, allowed: Sequence[Network]) -> None:
    why = refusal(address, allowed)
    if why:
        raise Refused(
            f"leads to {address}, which is {why}",
            expected="a public address, or one in KINTSUGI_ALLOWED_NETWORKS",
        )


def _inside(address: Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 address stands for; None where it stands for none."""
    if isinstance(address, IPv4Address):
        return None
    embedded = address.ipv4_mapped or address.sixtofour
    if embedded is None and address in IPv6Network("64:ff9b::/96"):
        embedded = IPv4Address(int(address) & 0xFFFF_FFFF)
    return embedded


def _parts(url: str) -> SplitResult:
    """The parts of an address that is written as one is. What readers understand in two ways is refused."""
    if len(url) > LONGEST_URL or not _PRINTABLE.fullmatch(url) or "\\" in url:
        raise Refused("is no address of the web", expected=f"{EXPECTED}, in ASCII")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise Refused("is no address of the web", expected=EXPECTED) from error
    if parts.scheme not in _PORTS:
        raise Refused("begins with neither https:// nor http://", expected=EXPECTED)
    if "@" in parts.netloc:
        raise Refused("has a user in it", expected=f"{EXPECTED}; what is sent is signed instead")
    if parts.fragment or port == 0:
        raise Refused("is no address to send to", expected=EXPECTED)
    host = parts.hostname or ""
    if "[" in parts.netloc:
        if not _is_literal(host) or "%" in host:
            raise Refused("has a host that is no address", expected=EXPECTED)
    elif not _is_written_plainly(host):
        raise Refused("has a host that is no name", expected=EXPECTED)
    return parts


def _is_written_plainly(host: str) -> bool:
    """A name, or an IPv4 address as four decimal numbers: not 2130706433, 0x7f.1 or 0177.0.0.1, the same elsewhere."""
    if not _NAME.fullmatch(host) or len(host) > 253:
        return False
    last = host.rstrip(".").rpartition(".")[2]
    return not _NUMBER.fullmatch(last) or bool(_QUAD.fullmatch(host) and _is_literal(host))


def _is_literal(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
