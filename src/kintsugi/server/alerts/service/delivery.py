"""What one request brought: read, on its way to the disk, and back to who waits for the answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from kintsugi.core.alerts.event import AlertEvent, ChangeEvent
from kintsugi.core.alerts.fingerprint import content_hash, fingerprint
from kintsugi.server.alerts.source import Source

_EACH = 24
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class Message(NamedTuple):
    """An event with what it is known by: its fingerprint, and the hash of what it says; as bytes, and as text."""

    fingerprint: bytes
    content: bytes
    event: AlertEvent
    fingerprint_text: str
    content_text: str


class Echo(NamedTuple):
    """What a body says, in short: 24 bytes for each event, its fingerprint and content; and the key of the first."""

    said: bytes
    key: str

    @property
    def size(self) -> int:
        """How many events it has."""
        return len(self.said) // _EACH

    def messages(self) -> Iterator[tuple[bytes, bytes]]:
        """The fingerprint and content of each event."""
        said = self.said
        for start in range(0, len(said), _EACH):
            yield said[start : start + 16], said[start + 16 : start + _EACH]


@dataclass(eq=False, slots=True)
class Delivery:
    """A body that was read, or that could not be (`problem`: it is kept as a dead letter).

    `headers` is what is kept of them, as JSON. `waiter` is whoever waits until it is on disk; `error` says
    why it could not be put there, and then the sender is to come again. `at` is when it came to the
    writer; `body_id` stays empty for a body that is not kept, because it only repeats. A body that came
    before has an `echo` and no events, until it turns out that it has to be read after all; `name` is what
    it is known by, if it may come again. `confirm_url` is an address that its sender wants fetched once.
    """

    source: Source
    headers: str
    body: bytes
    events: Sequence[AlertEvent] = ()
    changes: Sequence[ChangeEvent] = ()
    problem: str = ""
    waiter: Any = None
    error: str = ""
    at: datetime = NEVER
    body_id: str = ""
    name: bytes = b""
    echo: Echo | None = None
    confirm_url: str = ""
    _messages: list[Message] | None = None

    @property
    def count(self) -> int:
        """How many events it has."""
        return self.echo.size if self.echo else len(self.events)

    @property
    def first_key(self) -> str:
        """The key of its first event; empty if it has none."""
        if self.echo:
            return self.echo.key
        return self.events[0].key if self.events else ""

    def fingerprints(self) -> Iterator[tuple[bytes, str]]:
        """What its events are known by, as bytes and as text."""
        if self.echo:
            return ((fingerprint, fingerprint.hex()) for fingerprint, _ in self.echo.messages())
        return ((one.fingerprint, one.fingerprint_text) for one in self.messages)

    @property
    def messages(self) -> list[Message]:
        """Its events, each with its fingerprint; made once."""
        if self._messages is None:
            source_id, raw = self.source.id, bytes.fromhex
            self._messages = [
                Message(
                    raw(known_by := fingerprint(source_id, event.key)),
                    raw(said := content_hash(event)),
                    event,
                    known_by,
                    said,
                )
                for event in self.events
            ]
        return self._messages
