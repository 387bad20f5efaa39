"""How long somebody who guessed passwords wrong waits for the next try. Pure: counts and times come in.

Counted is per e-mail and client address, and per client address; never per e-mail alone, or a
stranger could keep anyone out from anywhere by guessing wrong on purpose. A try that comes too early
is not counted and moves nothing, so hammering makes no wait longer.
"""

from __future__ import annotations

import hashlib
import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta

from kintsugi.server.accounts.people import Guesses

FORGOTTEN = timedelta(hours=24)
"""Wrong guesses older than this count no longer."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How many wrong guesses are free, and the longest wait after them; the wait doubles from one second."""

    free: int
    longest: timedelta

    def wait(self, guesses: Guesses | None, now: datetime) -> timedelta:
        """How long until the next try is looked at; zero when it is now."""
        if guesses is None or guesses.failures < self.free or now - guesses.last_at >= FORGOTTEN:
            return timedelta(0)
        doublings = min(guesses.failures - self.free, 20)
        delay = min(timedelta(seconds=2**doublings), self.longest)
        return max(guesses.last_at + delay - now, timedelta(0))


PAIR = Patience(5, timedelta(minutes=15))
"""For one e-mail from one address."""
ADDRESS = Patience(50, timedelta(seconds=30))
"""For all e-mails from one address. An office shares one, so it is long-suffering and never waits long."""


def pair_key(email: str, address: str) -> str:
    """What guesses at one e-mail from one address are counted under."""
    return _hashed("pair", email, network(address))


def address_key(address: str) -> str:
    """What guesses from one address are counted under."""
    return _hashed("address", network(address))


def network(address: str) -> str:
    """An IPv4 address, or the /64 of an IPv6 one: whoever has one of its addresses has them all."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((int(parsed), 64), strict=False))


def _hashed(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
