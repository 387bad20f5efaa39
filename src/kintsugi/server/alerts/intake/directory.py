"""The sources by their keys, in memory: at most a second old, and read anew at once when this process changes one."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from datetime import datetime

from kintsugi.formats.alerts import FORMATS, Format
from kintsugi.kernel.unit_of_work import Works
from kintsugi.server.alerts.intake.buckets import Bucket
from kintsugi.server.alerts.service import sources
from kintsugi.server.alerts.source import Source

FRESH_SECONDS = 1.0
UNKNOWN_SECONDS = 0.1
"""An unknown key has the sources read anew when they are older than this: it may just have been made elsewhere."""


@dataclass(slots=True)
class Entry:
    """A key's source and format, until when it holds, and what it may still send (None: without limit)."""

    source: Source
    format: Format
    expires_at: datetime | None
    bucket: Bucket | None


class Directory:
    """Finds the source of a key.

    A key is found by its hash, in a dictionary: how long that takes tells nothing of any other key, so
    there is no comparison whose time would have to be constant.
    """

    def __init__(self, works: Works) -> None:
        self._works = works
        self._entries: dict[str, Entry] = {}
        self._version = -1
        self._read_at = float("-inf")
        self._changes = 0
        self._reading = threading.Lock()

    def expire(self) -> None:
        """Somebody in this process changed a source or a key; from any thread."""
        self._changes += 1
        self._read_at = float("-inf")

    def is_fresh(self, within: float = FRESH_SECONDS) -> bool:
        """Whether the sources were looked at within these seconds."""
        return time.monotonic() - self._read_at < within

    def find(self, key: str) -> Entry | None:
        """The entry of a key, if it holds."""
        found = self._entries.get(sources.hash_of(key))
        if found is None or found.expires_at is None:
            return found
        return found if self._works.clock.now() < found.expires_at else None

    def refresh(self, within: float = FRESH_SECONDS) -> None:
        """Read what has changed. Asks the database, so it runs in a thread; one at a time does."""
        with self._reading:
            if self.is_fresh(within):
                return
            at, changes = time.monotonic(), self._changes
            fresh = sources.keys_since(self._works, self._version)
            if fresh is not None:
                self._take(*fresh)
            if changes == self._changes:
                self._read_at = at

    def _take(self, version: int, keys: sources.LiveKeys) -> None:
        self._entries = {
            key_hash: self._entry(self._entries.get(key_hash), source, expires_at)
            for key_hash, (source, expires_at) in keys.items()
            if source.format in FORMATS
        }
        self._version = version

    def _entry(self, before: Entry | None, source: Source, expires_at: datetime | None) -> Entry:
        bucket = before.bucket if before else None
        if source.max_per_minute == 0:
            bucket = None
        elif bucket is None:
            bucket = Bucket(source.max_per_minute, time.monotonic())
        else:
            bucket.change(source.max_per_minute)
        return Entry(source, FORMATS[source.format], expires_at, bucket)
