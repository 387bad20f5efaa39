"""What intake's writer has done since it began, for /metrics."""

from __future__ import annotations

from dataclasses import dataclass

from prometheus_client import Histogram


@dataclass(slots=True)
class Counts:
    """Plain numbers: one thread adds, any may read."""

    new: int = 0
    changed: int = 0
    repeated: int = 0
    late: int = 0
    changes: int = 0
    dead: int = 0
    refused: int = 0

    def add(self, more: Counts) -> None:
        """What a batch has come to."""
        self.new += more.new
        self.changed += more.changed
        self.repeated += more.repeated
        self.late += more.late
        self.changes += more.changes


class Tally:
    """The counts, how many requests share a commit, and how long it takes until they are on disk."""

    def __init__(self) -> None:
        self.counts = Counts()
        self.batches = Histogram(
            "kintsugi_intake_batch_requests",
            "Requests put on disk by one commit.",
            buckets=(1, 2, 4, 8, 16, 32, 64, 128, 256),
            registry=None,
        )
        self.seconds = Histogram(
            "kintsugi_intake_commit_seconds",
            "Time until a batch of requests is on disk.",
            registry=None,
        )
        self.folded = Histogram(
            "kintsugi_intake_recorded_events",
            "Events recorded as alerts in one transaction, after they were answered.",
            buckets=(1, 4, 16, 64, 256, 1024),
            registry=None,
        )
