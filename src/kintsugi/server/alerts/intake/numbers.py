"""What /metrics tells of intake."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Protocol

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric

from kintsugi.server.alerts.service.tally import Tally


class Answered:
    """How requests were answered, and why some were not taken. The event loop counts."""

    def __init__(self) -> None:
        self.statuses: Counter[int] = Counter()
        self.refusals: Counter[str] = Counter()
        self.waiting = 0
        self.waiting_bytes = 0


class Counted(Protocol):
    """What has these numbers: an intake."""

    @property
    def answered(self) -> Answered: ...

    @property
    def tally(self) -> Tally: ...


class IntakeNumbers:
    """A collector for the registry of /metrics; `of` gives the numbers of the intake that is open now."""

    def __init__(self, of: Callable[[], Counted | None]) -> None:
        self._of = of

    def describe(self) -> list[Metric]:
        """Nothing: the numbers are asked for when they are wanted."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Every number."""
        found = self._of()
        if found is None:
            return
        answered, tally = found.answered, found.tally
        requests = CounterMetricFamily(
            "kintsugi_intake_requests",
            "Requests to intake, by how they were answered.",
            labels=["status"],
        )
        for status, count in sorted(answered.statuses.items()):
            requests.add_metric([str(status)], count)
        yield requests
        refused = CounterMetricFamily(
            "kintsugi_intake_refused", "Requests that intake did not take.", labels=["reason"]
        )
        for reason, count in sorted(answered.refusals.items()):
            refused.add_metric([reason], count)
        yield refused
        events = CounterMetricFamily(
            "kintsugi_intake_events",
            "Events of alerts and changes, by what they did.",
            labels=["did"],
        )
        counts = tally.counts
        for did in ("new", "changed", "repeated", "late", "changes"):
            events.add_metric([did], getattr(counts, did))
        yield events
        dead = CounterMetricFamily(
            "kintsugi_intake_dead_letters", "Bodies that could not be decoded."
        )
        dead.add_metric([], counts.dead)
        yield dead
        waiting = GaugeMetricFamily("kintsugi_intake_waiting", "Requests that wait for the disk.")
        waiting.add_metric([], answered.waiting)
        yield waiting
        yield from tally.batches.collect()
        yield from tally.seconds.collect()
        yield from tally.folded.collect()
