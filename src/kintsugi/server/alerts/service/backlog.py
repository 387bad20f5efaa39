"""What is on disk and answered, and not recorded as alerts yet: deliveries in their order, and what they leave."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable
from itertools import islice

from kintsugi.server.alerts.service.delivery import Delivery


class Backlog:
    """Deliveries that wait to be recorded, the oldest first. Used by one thread."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[Delivery, float]] = deque()
        self._last: dict[bytes, tuple[int, bytes]] = {}
        self._first = 0
        self.events = 0
        """How much there is to do: their events, or one for a delivery without."""

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def since(self) -> float | None:
        """Since when the oldest waits, by the monotonic clock; None when there is none."""
        return self._waiting[0][1] if self._waiting else None

    def add(self, delivery: Delivery, said: Iterable[tuple[bytes, bytes]] = ()) -> None:
        """One more; `said` is what it leaves of each of its alerts, by fingerprint."""
        number = self._first + len(self._waiting)
        self._waiting.append((delivery, time.monotonic()))
        self.events += len(delivery.events) or 1
        for fingerprint, left in said:
            self._last[fingerprint] = (number, left)

    def left(self, fingerprint: bytes) -> bytes | None:
        """What the last delivery that waits leaves of an alert; None when none is about it."""
        found = self._last.get(fingerprint)
        return found[1] if found is not None and found[0] >= self._first else None

    def first(self, events: int) -> list[Delivery]:
        """The oldest, with at least so many events together if there are as many."""
        count = 0
        for delivery, _ in self._waiting:
            if events <= 0:
                break
            events -= len(delivery.events) or 1
            count += 1
        return [delivery for delivery, _ in islice(self._waiting, count)]

    def remove(self, count: int) -> None:
        """So many of the oldest are recorded."""
        for _ in range(count):
            delivery, _at = self._waiting.popleft()
            self.events -= len(delivery.events) or 1
        self._first += count
        if not self._waiting:
            self._last.clear()

    def has(self, body_id: str) -> bool:
        """Whether this body is among them."""
        return any(delivery.body_id == body_id for delivery, _ in self._waiting)
