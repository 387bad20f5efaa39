"""How long services run between failures, and how often they fail: MTBF, the mean gap, frequency."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from kintsugi.core.analytics.facts import IncidentFact, Period
from kintsugi.core.analytics.statistics import Frequency, Summary, frequency, summary
from kintsugi.core.shared.distributions import Interval, count_interval

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Reliability:
    """How one service, or all of them taken as one, ran in a period; hours.

    `mtbf_hours` is operating time over failures, None where nothing failed; `mtbf_interval` is exact for
    failures that come independently, its `high` infinite where nothing failed. `down` is the union of the
    incidents' impact, so that what overlaps counts once. Open incidents are down to the end of the period;
    `without_end` are those that have lost theirs, and add no downtime. `between_starts` is of the gaps from one
    beginning to the next; their mean, `mean_gap_hours`, has repairs in it and is what the guide calls MTBF.
    """

    period: Period
    failures: Frequency
    down: timedelta
    mtbf_hours: float | None
    mtbf_interval: Interval
    availability: float | None
    without_end: int
    between_starts: Summary
    mean_gap_hours: float | None


def reliability(
    facts: Iterable[IncidentFact], period: Period, now: datetime, level: float = 0.95
) -> Reliability:
    """MTBF by operating time (total less downtime, over failures), and what the guide has for it (notes B4).

    Failures are the incidents that began in the period; downtime is of any incident, clipped to it.
    """
    given = [fact for fact in facts if not fact.is_drill and fact.began is not None]
    end = min(period.until, now)
    observed = max(end - period.since, timedelta(0))
    starts = sorted(
        fact.began for fact in given if fact.began is not None and period.holds(fact.began)
    )
    spans: list[tuple[datetime, datetime]] = []
    without_end = 0
    for fact in given:
        began = fact.began
        if began is None or began >= end:
            continue
        ended = fact.ended
        if ended is None and not fact.is_open:
            without_end += 1
            continue
        spans.append((max(began, period.since), min(ended or end, end)))
    down = union_length(spans)
    working = (observed - down) / HOUR
    count = len(starts)
    bounds = count_interval(count, level)
    gaps = [(second - first) / HOUR for first, second in pairwise(starts)]
    return Reliability(
        period=period,
        failures=frequency(count, observed / DAY, level),
        down=down,
        mtbf_hours=working / count if count else None,
        mtbf_interval=Interval(
            working / bounds.high, working / bounds.low if bounds.low else float("inf"), level
        ),
        availability=1 - down / observed if observed else None,
        without_end=without_end,
        between_starts=summary(gaps),
        mean_gap_hours=(starts[-1] - starts[0]) / HOUR / len(gaps) if gaps else None,
    )


def union_length(spans: Iterable[tuple[datetime, datetime]]) -> timedelta:
    """How long at least one of the spans lasts; spans that run backwards last no time."""
    total = timedelta(0)
    reached: datetime | None = None
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        begins = start if reached is None or start > reached else reached
        if end > begins:
            total += end - begins
            reached = end
    return total
