"""Repeats that are counted in memory, and the sources that were heard of: written behind, now and then."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime

from kintsugi.server.alerts.service.known import KnownAlerts, Pending, pending_of, written
from kintsugi.server.alerts.store.recording import Recorder

COUNTS_AT_ONCE = 5000
"""Counts that are written in one transaction, so that nobody waits long for it."""
FLUSH_SECONDS = 15.0
"""How long repeats are counted before that is written. A change of their alert takes its count along at once."""
HEAR_SECONDS = 1.0
"""The same for a source that was not heard of before: its page waits for the first event."""


class Counting:
    """What is counted and not yet written. Used by one thread."""

    def __init__(self, recorder: Recorder, alerts: KnownAlerts) -> None:
        self._recorder = recorder
        self._alerts = alerts
        self._due_at: float | None = None
        self._fingerprints: list[bytes] = []
        self._heard: dict[str, datetime] = {}
        self._ever_heard: set[str] = set()

    def hear(self, source_id: str, at: datetime) -> None:
        """A source has sent something."""
        self._heard[source_id] = at
        self.wait(FLUSH_SECONDS if source_id in self._ever_heard else HEAR_SECONDS)
        self._ever_heard.add(source_id)

    def wait(self, seconds: float) -> None:
        """There is something to write, in so many seconds at most."""
        at = time.monotonic() + seconds
        if self._due_at is None or self._due_at > at:
            self._due_at = at

    @property
    def seconds_left(self) -> float | None:
        """In how many seconds `flush` has something to do; None when there is nothing."""
        return None if self._due_at is None else max(0.0, self._due_at - time.monotonic())

    def flush(self, now: datetime) -> None:
        """Write some of it; afterwards `seconds_left` is 0 when there is more. Raises what the database raises."""
        if not self._fingerprints:
            self._fingerprints = self._alerts.unwritten()
        some = self._fingerprints[:COUNTS_AT_ONCE]
        left = self._alerts.left[:COUNTS_AT_ONCE]
        self._due_at = time.monotonic() + FLUSH_SECONDS  # if it fails
        with self._recorder.writing():
            self._write([*left, *self._counts(some)], now)
        del self._fingerprints[: len(some)]
        del self._alerts.left[: len(left)]
        self._heard.clear()
        for fingerprint in some:
            record = self._alerts.get(fingerprint)
            if record is not None:
                self._alerts.put(fingerprint, written(record))
        is_more = bool(self._fingerprints or self._alerts.left)
        self._due_at = time.monotonic() if is_more else None

    def _counts(self, fingerprints: Sequence[bytes]) -> list[Pending]:
        records = [self._alerts.get(fingerprint) for fingerprint in fingerprints]
        counts = [pending_of(record) for record in records if record is not None]
        return [one for one in counts if one is not None]

    def _write(self, counts: Sequence[Pending], now: datetime) -> None:
        stored = self._recorder.stored
        # In one order, so that two nodes never wait for each other.
        self._recorder.count_repeats(
            [(one.events, stored(now), stored(one.ends_at), one.alert_id) for one in sorted(counts)]
        )
        self._recorder.hear([(stored(at), one) for one, at in sorted(self._heard.items())])
