"""Bodies that came before, byte for byte: what they say is remembered, so that they need not be read again."""

from __future__ import annotations

from hashlib import blake2b

from kintsugi.core.alerts.event import Happening
from kintsugi.server.alerts.service.delivery import Delivery, Echo
from kintsugi.server.alerts.source import Source

MOST_BYTES = 4 * 1024 * 1024
"""So much in each of two generations; the older one goes when the younger is full."""
_BESIDE = 300
"""What an entry takes beside what it says."""


def echo_of(delivery: Delivery) -> Echo | None:
    """What to remember of a body: nothing of one that time may change, or that does more than trigger alerts."""
    events = delivery.events
    if delivery.changes or not events:
        return None
    if any(one.happening is not Happening.TRIGGER or one.ends_at is not None for one in events):
        return None
    said = b"".join([one.fingerprint + one.content for one in delivery.messages])
    return Echo(said, events[0].key)


def name_of(source: Source, kept: str, body: bytes) -> bytes:
    """What a body is known by: its source as it is now, the headers that may change what it says, and its bytes."""
    found = blake2b(f"{source.id}\0{source.version}\0{kept}\0".encode(), digest_size=16)
    found.update(body)
    return found.digest()


class Echoes:
    """The echoes of the bodies that came again lately. One thread puts, any may get."""

    def __init__(self, most: int = MOST_BYTES) -> None:
        self._most = most
        self._young: dict[bytes, Echo] = {}
        self._old: dict[bytes, Echo] = {}
        self._bytes = 0

    def get(self, name: bytes) -> Echo | None:
        """What the body of this name says, if it is remembered."""
        return self._young.get(name) or self._old.get(name)

    def put(self, name: bytes, echo: Echo) -> None:
        """Remember one that only repeated what is known."""
        if name in self._young:
            return
        if self._bytes > self._most:
            self._old, self._young, self._bytes = self._young, {}, 0
        self._young[name] = echo
        self._bytes += len(echo.said) + _BESIDE
