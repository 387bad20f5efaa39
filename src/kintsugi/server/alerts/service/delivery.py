"""What one request brought: read, on its way to the disk, and back to who waits for the answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from kintsugi.core.alerts.event import AlertEvent, ChangeEvent
from kintsugi.core.alerts.fingerprint import content_hash, fingerprint
from kintsugi.server.alerts.source import Source

NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class Message(NamedTuple):
    """An event with what it is known by: its fingerprint, and the hash of what it says."""

    fingerprint: bytes
    content: bytes
    event: AlertEvent


@dataclass(eq=False, slots=True)
class Delivery:
    """A body that was read, or that could not be (`problem`: it is kept as a dead letter).

    `headers` is what is kept of them, as JSON. `waiter` is whoever waits until it is on disk; `error` says
    why it could not be put there, and then the sender is to come again. `at` is when it came to the
    writer; `body_id` stays empty for a body that is not kept, because it only repeats.
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
    _messages: list[Message] | None = None

    @property
    def messages(self) -> list[Message]:
        """Its events, each with its fingerprint; made once."""
        if self._messages is None:
            source_id = self.source.id
            self._messages = [
                Message(
                    bytes.fromhex(fingerprint(source_id, event.key)),
                    bytes.fromhex(content_hash(event)),
                    event,
                )
                for event in self.events
            ]
        return self._messages
