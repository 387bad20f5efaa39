"""What /metrics tells of deliveries, read when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import sqlalchemy as sa
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from kintsugi.kernel.auth import Role, Viewer
from kintsugi.kernel.observability import log
from kintsugi.kernel.unit_of_work import Works
from kintsugi.server.comms.service import delivering

ANYBODY = Viewer("", "Anybody", "", Role.VIEWER)
"""Who asks for /metrics: nobody is known, so what is about a private incident is not counted."""


class DeliveryNumbers(Collector):
    """How many deliveries of each way are in each state, and how long the oldest waits."""

    def __init__(self, works: Callable[[], Works]) -> None:
        self._works = works

    def describe(self) -> list[Metric]:
        """Nothing: so that registering reads no database."""
        return []

    def collect(self) -> Iterator[Metric]:
        """The numbers."""
        try:
            with self._works().reading(ANYBODY) as work:
                counted, now = delivering.counts(work), work.now
                oldest = delivering.oldest_waiting(work)
        except sa.exc.DBAPIError:
            log.warning("the database does not answer for /metrics")
            return
        counts = GaugeMetricFamily(
            "kintsugi_deliveries",
            "Deliveries that are kept, by way and state; none about private incidents.",
            labels=["way", "state"],
        )
        for (way, state), count in counted.items():
            counts.add_metric([way.value, state.value.replace(" ", "_")], count)
        yield counts
        waits = max((now - oldest).total_seconds(), 0.0) if oldest else 0.0
        yield GaugeMetricFamily(
            "kintsugi_delivery_waiting_seconds",
            "How long ago the delivery was written that waits the longest.",
            waits,
        )
