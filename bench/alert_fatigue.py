"""Figure 6: alert fatigue on a million alerts, against the guide's own class on the same alerts in the same run."""

from __future__ import annotations

import random
import statistics
import time
from bisect import bisect_left
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from kintsugi.core.alerts.fatigue import (
    AlertLog,
    Fatigue,
    Raised,
    Rollup,
    Tally,
    alert_fatigue,
    by_day,
    fatigue_of,
    parts,
    rollups_of,
)
from kintsugi.core.alerts.listed import ListedAlert
from kintsugi.core.alerts.quality import ACTIONABLE_FROM, quality_score
from tests.core.alerts.guide_analyzer import GuideAnalyzer

COUNT = 1_000_000
DAYS = 30
SERVICES = 60
ROUNDS = 5
NOW = datetime(2025, 1, 31, tzinfo=UTC)
WHOLE = timedelta(days=DAYS)

Answer = dict[str, Fatigue]
Work = tuple[str, int, Callable[[], object]]


def make_alerts() -> list[ListedAlert]:
    """Alerts of a month, in the order in which they came, about half of them noise; the same in every run."""
    chance = random.Random(6)
    texts = ("Disk is full", "The share of failed requests is above 5% for five minutes in the EU")
    metrics: tuple[dict[str, object], ...] = ({}, {"p99_ms": 900, "rps": 40, "error_rate": 0.07})
    services = [f"service-{number}" for number in range(SERVICES)]
    seconds = sorted(chance.randrange(DAYS * 86_400) for _ in range(COUNT))
    return [
        ListedAlert(
            "a",
            chance.choice(("Disk", "ALERT: disk")),
            chance.choice(texts),
            service=chance.choice(services),
            timestamp=NOW - WHOLE + timedelta(seconds=second),
            metrics=chance.choice(metrics),
            runbook_url=chance.choice((None, "https://runbooks.example/disk")),
        )
        for second in seconds
    ]


class RollupTables:
    """What a database holds: rollups by bucket, and alerts by time with the score they were given when they came."""

    def __init__(self, raised: list[Raised]) -> None:
        self.raised = raised
        self.times = [at for _, at, _ in raised]
        rollups = rollups_of(raised)
        self.buckets = [rollup.bucket for rollup in rollups]
        self.rollups = rollups
        self.daily = by_day(rollups)
        self.days = [rollup.bucket for rollup in self.daily]

    def fatigue(self, now: datetime, window: timedelta) -> Answer:
        """Whole buckets from the rollups, the ends of the window alert by alert."""
        cut = parts(now, window)
        tallies: list[Tally | Rollup] = []
        for spans, rows, starts in (
            (cut.days, self.daily, self.days),
            (cut.quarters, self.rollups, self.buckets),
        ):
            for begins, ends in spans:
                tallies += rows[bisect_left(starts, begins) : bisect_left(starts, ends)]
        for begins, ends in cut.ends:
            alone = self.raised[bisect_left(self.times, begins) : bisect_left(self.times, ends)]
            tallies += [Tally(service, 1, is_noisy) for service, _, is_noisy in alone]
        return fatigue_of(tallies, window)


def random_windows(count: int) -> list[tuple[datetime, timedelta]]:
    """Windows of an hour to a week, ending at any second of the month."""
    chance = random.Random(7)
    return [
        (
            NOW - timedelta(seconds=chance.randrange(20 * 86_400)),
            timedelta(seconds=chance.randrange(3600, 7 * 86_400)),
        )
        for _ in range(count)
    ]


def check(alerts: list[ListedAlert], log: AlertLog, tables: RollupTables) -> None:
    """All ways give one answer; where the window holds everything, it is the guide's."""
    guide = GuideAnalyzer().calculate_alert_fatigue(alerts, DAYS * 24)
    ours = alert_fatigue(alerts, now=NOW, window=WHOLE)
    assert {service: one.as_guide() for service, one in ours.items()} == guide
    for now, window in [(NOW, WHOLE), *random_windows(3)]:
        asked = alert_fatigue(alerts, now=now, window=window)
        assert log.fatigue(now, window) == asked
        assert tables.fatigue(now, window) == asked


def cpu(work: Callable[[], object], times: int) -> float:
    """CPU seconds of doing it once."""
    began = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - began) / times


def measured(works: list[Work]) -> list[float]:
    """The median of each, measured in turn over several rounds."""
    runs: list[list[float]] = [[] for _ in works]
    for _ in range(ROUNDS):
        for place, (_, times, work) in enumerate(works):
            runs[place].append(cpu(work, times))
    return [statistics.median(one) for one in runs]


def figure_6() -> None:
    """Each way in turn with the guide's class, which counts all alerts whatever its window."""
    alerts = make_alerts()
    began = time.process_time()
    log = AlertLog.of(alerts)
    log_cost = time.process_time() - began
    raised: list[Raised] = [
        (one.service, one.timestamp, quality_score(one) < ACTIONABLE_FROM)
        for one in alerts
        if one.timestamp is not None
    ]
    began = time.process_time()
    tables = RollupTables(raised)
    rollup_cost = time.process_time() - began
    check(alerts, log, tables)
    windows = iter(random_windows(20_000))
    day = timedelta(hours=24)
    works: list[Work] = [
        ("the guide's class", 1, lambda: GuideAnalyzer().calculate_alert_fatigue(alerts, DAYS * 24)),
        ("a scan that scores each, all 30 days", 1, lambda: alert_fatigue(alerts, now=NOW, window=WHOLE)),
        ("a scan that scores each, the last 24 hours", 1, lambda: alert_fatigue(alerts, now=NOW, window=day)),
        ("a log, any window of an hour to a week", 300, lambda: log.fatigue(*next(windows))),
        ("a log, all 30 days", 300, lambda: log.fatigue(NOW, WHOLE)),
        ("rollups, any window of an hour to a week", 20, lambda: tables.fatigue(*next(windows))),
        ("rollups, the last 24 hours", 100, lambda: tables.fatigue(NOW, day)),
        ("rollups, all 30 days", 3, lambda: tables.fatigue(NOW, WHOLE)),
    ]  # fmt: skip
    found = measured(works)
    print(f"\n6. Alert fatigue on {COUNT:,} alerts of {SERVICES} services in {DAYS} days, CPU ms")
    print("   (pass: 8x for any window, 300x from rollups; stretch: 100x for any window)")
    for (what, _, _), seconds in zip(works, found, strict=True):
        print(f"  {seconds * 1000:>10.2f}  {found[0] / seconds:>9,.0f}x  {what}")
    print(f"  once: scoring and ordering the log {log_cost:.2f} s, rolling up {rollup_cost:.2f} s")


if __name__ == "__main__":
    figure_6()
